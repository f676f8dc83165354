import type { Recorded } from '@tributary/kernel';

import type { OpenedPack } from '../pack/check-pack';
import {
  type Given,
  type Level,
  eventsLevel,
  foundLevel,
  levelOf,
  rebuildLevel,
  signatureLevel,
  sinceLevel,
  sizesOf,
} from './levels';
import { LogVerifier } from './log-verifier';
import { Postings } from './postings';
import { Reconciliation } from './reconciliation';
import type { Report } from './report';
import type { Sealed } from './sealed-leaves';

/** A whole log, in the order of its leaves. */
export async function verifyLog(
  events: AsyncIterable<Recorded>,
  files: Given,
  sealed: Sealed,
  dense: boolean,
): Promise<Report> {
  const given = { ...files, checkpoint: files.checkpoint ?? sealed.checkpoint };
  const verifier = new LogVerifier({
    dense,
    rootsAt: sizesOf(given),
    sealed: (index) => sealed.leaf(index),
  });
  const meaning = new Meaning();
  for await (const event of events) {
    verifier.take(event);
    meaning.take(event, verifier);
  }
  const levels = [
    signatureLevel(given),
    eventsLevel(verifier),
    sinceLevel(verifier, given),
    rebuildLevel(verifier, given),
  ];
  return meaning.report(levels, verifier, []);
}

/** The events of one tenant in the tree that was signed. What lies between them is of others, and stays so. */
export async function verifyPack(pack: OpenedPack, files: Given): Promise<Report> {
  const { manifest, checkpoint, ownKey, wrong, tiles } = pack;
  const verifier = new LogVerifier({ dense: false, sealed: (index) => tiles.leaf(index) });
  const meaning = new Meaning();
  for await (const { index, event } of pack.events()) {
    verifier.take(event, index);
    meaning.take(event, verifier);
  }
  const signed = signatureLevel({ ...files, checkpoint });
  const own = `the key lies in the pack itself; give the one that you know (--key): ${ownKey}`;
  const { size, root } = manifest;
  const levels = [
    files.key === undefined ? levelOf('L0', 'open', own) : signed,
    eventsLevel(verifier),
    tiles.wrong.length > 0
      ? levelOf('L3', 'broken', `${tiles.wrong.length} tiles do not lead to the root`)
      : levelOf(
          'L3',
          'intact',
          `each of ${verifier.events} leads to root ${root} of ${size} events`,
        ),
    wrong.length > 0
      ? levelOf('pack', 'broken', `${wrong.length} files`)
      : levelOf('pack', 'intact', `${Object.keys(manifest.files).length} files`),
  ];
  return meaning.report(levels, verifier, [...wrong, ...tiles.wrong]);
}

/** What the events mean, beyond that they are as they were written. */
class Meaning {
  private readonly postings = new Postings();
  private readonly reconciliation = new Reconciliation();

  /** What is not as it was written means nothing, and its decider may not be able to read it. */
  take(event: Recorded, { findings }: Pick<LogVerifier, 'findings'>): void {
    if (findings.length > 0) return;
    this.postings.take(event);
    this.reconciliation.take(event);
  }

  report(written: readonly Level[], verifier: LogVerifier, wrong: readonly string[]): Report {
    if (verifier.findings.length > 0) {
      const why = 'the events are not as they were written (L1)';
      const levels = [...written, levelOf('L4', 'open', why), levelOf('L6', 'open', why)];
      return { levels, verifier, findings: verifier.findings, wrong };
    }
    this.postings.finish();
    this.reconciliation.finish();
    const { postings, reconciliation } = this;
    const findings = [...postings.findings, ...reconciliation.findings];
    return {
      levels: [...written, this.postingsLevel(), this.bankLevel()],
      verifier,
      findings,
      wrong,
    };
  }

  private postingsLevel(): Level {
    const { findings, ofOtherEngines, count, streams } = this.postings;
    const looked = `${count} postings in ${streams} streams`;
    if (findings.length > 0 || ofOtherEngines.length === 0)
      return foundLevel('L4', findings, looked);
    const [first] = ofOtherEngines;
    const why = `${ofOtherEngines.length} of ${looked} differ and were computed by an engine that this program has not, the first at position ${String(first?.position)}`;
    return levelOf('L4', 'open', why);
  }

  private bankLevel(): Level {
    const { findings, looked } = this.reconciliation;
    return foundLevel('L6', findings, looked);
  }
}

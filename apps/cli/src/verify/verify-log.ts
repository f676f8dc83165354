import type { Recorded } from '@tributary/kernel';

import type { OpenedPack } from '../pack/check-pack';
import {
  type Given,
  type Level,
  type Looked,
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
import { NOTHING_SEALED, type Sealed } from './sealed-leaves';
import { skimArchive } from './skim/skim-archive';

/** `L3`: only that everything is as it was written, and not what it means. */
export type UpTo = 'L3' | 'L6';

/** The same of an archive of a whole log, and with `L3` as fast as it goes as long as nothing is wrong. */
export async function verifyArchive(
  file: string,
  read: () => Promise<AsyncIterable<Recorded>>,
  given: Given,
  upTo: UpTo,
): Promise<Report> {
  const skimmed = upTo === 'L3' ? await skimArchive(file, sizesOf(given)) : undefined;
  if (skimmed === undefined)
    return await verifyLog(await read(), given, NOTHING_SEALED, false, upTo);
  return { levels: writtenLevels(skimmed, given), verifier: skimmed, findings: [], wrong: [] };
}

const writtenLevels = (looked: Looked, given: Given): readonly Level[] => [
  signatureLevel(given),
  eventsLevel(looked),
  sinceLevel(looked, given),
  rebuildLevel(looked, given),
];

/** A whole log, in the order of its leaves. */
export async function verifyLog(
  events: AsyncIterable<Recorded>,
  files: Given,
  sealed: Sealed,
  dense: boolean,
  upTo: UpTo = 'L6',
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
    if (upTo === 'L6') meaning.take(event, verifier);
  }
  const levels = writtenLevels(verifier, given);
  if (upTo === 'L3') return { levels, verifier, findings: verifier.findings, wrong: [] };
  return meaning.report(levels, verifier, []);
}

/** The events of one tenant in the tree that was signed. What lies between them is of others, and stays so. */
export async function verifyPack(pack: OpenedPack, files: Given): Promise<Report> {
  const { manifest, checkpoint, ownKey, wrong, missing, tiles } = pack;
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
      : verifier.events === 0
        ? levelOf('L3', 'open', `there is no event that could lead to root ${root}`)
        : levelOf(
            'L3',
            'intact',
            `each of ${verifier.events} leads to root ${root} of ${size} events`,
          ),
    wrong.length > 0
      ? levelOf('pack', 'broken', `${wrong.length} findings`)
      : missing.length > 0
        ? levelOf('pack', 'open', missing.join('; '))
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
    const { findings, ofOtherEngines, count, releases, streams } = this.postings;
    const looked = `${count} postings and ${releases} releases in ${streams} streams`;
    if (findings.length > 0 || ofOtherEngines.length === 0)
      return foundLevel('L4', findings, looked);
    const [first] = ofOtherEngines;
    const why = `${looked}; ${ofOtherEngines.length} differ or are missing, of an engine that this program has not, the first at position ${String(first?.position)}`;
    return levelOf('L4', 'open', why);
  }

  private bankLevel(): Level {
    const { findings, looked, unheard } = this.reconciliation;
    if (findings.length > 0 || unheard === 0) return foundLevel('L6', findings, looked);
    const why = `${looked}; of ${unheard} the line was taken back, and the account has not heard of it up to there`;
    return levelOf('L6', 'open', why);
  }
}

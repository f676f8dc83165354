import {
  CodedError,
  type JsonObject,
  type Recorded,
  type StreamName,
  categoryOf,
  tenantOf,
} from '@tributary/kernel';
import { type Digest, Frontier } from '@tributary/proofs';

import { sizeOf } from '../../files';
import type { Law } from '../law';
import type { Looked } from '../levels';
import { OnceOnly } from '../once-only';
import { RunTotals } from '../run-totals';
import { bySizeOf } from '../sizes';
import { seenIn } from './look';
import { type SliceSeen, type ToldEvent, isAbove } from './slice';
import { Slices } from './slices';

/**
 * Levels L0 to L3 of an archive that is as it should be, in slices on all processors: what was hashed is hashed as it stands, and
 * parsed only where some law needs it. Undefined where anything else is there than we would have written: this one only says yes.
 */
export async function skimArchive(
  file: string,
  rootsAt: readonly number[],
  /** From so many bytes on it is worth starting threads. */
  enoughBytes?: number,
): Promise<Looked | undefined> {
  const slices = new Slices(file);
  const skim = new Skim(rootsAt);
  const size = await sizeOf(file);
  for await (const seen of seenIn(slices.read(), size, rootsAt, enoughBytes))
    if (seen === undefined || !skim.take(seen)) return undefined;
  if (slices.header?.tenant !== null) return undefined;
  try {
    slices.assertEnd(skim.events);
  } catch (error) {
    if (error instanceof CodedError) return undefined;
    throw error;
  }
  return skim;
}

/** What has to be seen in the order of the log: streams go on, sums stay above zero, and all leaves make one tree. */
class Skim implements Looked {
  readonly findings = [];
  readonly roots = new Map<number, Digest>();
  private readonly frontier = new Frontier();
  private readonly revisions = new Map<string, number>();
  private readonly balances = new Map<string, bigint>();
  private readonly laws: readonly Law[] = [new OnceOnly(), new RunTotals()];
  private lastPosition = '0';

  constructor(private readonly rootsAt: readonly number[]) {}

  get events(): number {
    return this.frontier.size;
  }

  get streams(): number {
    return this.revisions.size;
  }

  get head(): bigint {
    return BigInt(this.lastPosition);
  }

  get bySize(): readonly (readonly [string, number])[] {
    const categories = new Map<string, number>();
    for (const [stream, last] of this.revisions) {
      const category = categoryOf(stream as StreamName);
      categories.set(category, (categories.get(category) ?? 0) + last + 1);
    }
    return bySizeOf(categories);
  }

  take(seen: SliceSeen): boolean {
    if (seen.index !== this.events || !isAbove(seen.firstPosition, this.lastPosition)) return false;
    this.lastPosition = seen.lastPosition;
    for (const [stream, first, last] of seen.stretches) {
      if (first !== (this.revisions.get(stream) ?? -1) + 1) return false;
      this.revisions.set(stream, last);
    }
    for (const { level, index, hash } of seen.subtrees) {
      // What a thread has sent is no Buffer any more.
      this.frontier.join({ level, index, hash: Buffer.from(hash) });
      if (this.rootsAt.includes(this.events)) this.roots.set(this.events, this.frontier.root());
    }
    for (const [account, sum, least] of seen.moved) {
      const before = this.balances.get(account) ?? 0n;
      if (before + least < 0n) return false;
      this.balances.set(account, before + sum);
    }
    return seen.told.every((told) => this.isLawful(told));
  }

  private isLawful({ content, stream, position, revision }: ToldEvent): boolean {
    const { type, data } = JSON.parse(content) as { type: string; data: JsonObject };
    const name = stream as StreamName;
    const place = { stream: name, tenant: tenantOf(name), revision: BigInt(revision) };
    // The laws look at nothing else of an event.
    const event = { type, data, ...place, position: BigInt(position) } as Recorded;
    return this.laws.every((law) => law.take(event) === undefined);
  }
}

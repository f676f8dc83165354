import { categoryOf, leafText, type Recorded, type StreamName } from '@tributary/kernel';
import { type Digest, Frontier, leafHashOf } from '@tributary/proofs';
import { Books } from './books';
import { wrongIn } from './check-event';
import { type Finding, type Judge, MOST_FINDINGS, findingAt } from './finding';
import type { Law } from './law';
import { OnceOnly } from './once-only';
import type { Looked } from './levels';
import { RunTotals } from './run-totals';
import { bySizeOf } from './sizes';

export interface Expectations {
  readonly dense: boolean;
  /** Sizes at which the root is wanted. */
  readonly rootsAt?: readonly number[];
  /** The leaf as it was sealed, where that is at hand: it names the event that was changed together with its hash. */
  readonly sealed?: (index: number) => Digest | undefined;
}

/** Reads a whole log again, event by event, and computes everything that can be computed from it alone. */
export class LogVerifier implements Judge, Looked {
  readonly findings: Finding[] = [];
  readonly roots = new Map<number, Digest>();
  private readonly revisions = new Map<StreamName, bigint>();
  private readonly categories = new Map<string, number>();
  private readonly frontier = new Frontier();
  private readonly laws: readonly Law[] = [new Books(), new OnceOnly(), new RunTotals()];
  private lastPosition = 0n;

  constructor(private readonly expected: Expectations) {}

  get events(): number {
    return this.frontier.size;
  }

  get streams(): number {
    return this.revisions.size;
  }

  get head(): bigint {
    return this.lastPosition;
  }

  get isFull(): boolean {
    return this.findings.length >= MOST_FINDINGS;
  }

  get bySize(): readonly (readonly [string, number])[] {
    return bySizeOf(this.categories);
  }

  /** `index`: of its leaf, where events of others are left out between. */
  take(event: Recorded, index = this.frontier.size): void {
    const { dense, rootsAt, sealed } = this.expected;
    const { stream, revision, position } = event;
    const previous = this.revisions.get(stream);
    this.find(wrongIn(event, { head: this.lastPosition, previous, dense }));
    this.revisions.set(stream, revision);
    this.lastPosition = position;
    const category = categoryOf(stream);
    this.categories.set(category, (this.categories.get(category) ?? 0) + 1);

    const leaf = leafHashOf(leafText(event));
    const was = sealed?.(index);
    if (was !== undefined && !was.equals(leaf)) {
      this.find(findingAt(event, 'leaf', `leaf ${index} is not the one that was sealed`));
    }
    this.frontier.push(leaf);
    const { size } = this.frontier;
    if (rootsAt?.includes(size)) this.roots.set(size, this.frontier.root());
    for (const law of this.laws) this.find(law.take(event));
  }

  finish(): void {
    // Nothing here waits for the end: each law is judged where it is broken.
  }

  private find(finding: Finding | undefined): void {
    if (finding !== undefined && !this.isFull) this.findings.push(finding);
  }
}

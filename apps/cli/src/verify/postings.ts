import { type Recorded, type StreamName, categoryOf } from '@tributary/kernel';
import { type Difference, WindowRecheck } from '@tributary/standalone';

import { type Finding, type Judge, MOST_FINDINGS, findingAt } from './finding';

/** Every posting and every release, decided again from the facts of its own stream, a posting by its engine. */
export class Postings implements Judge {
  readonly findings: Finding[] = [];
  /** Differences of postings, also of missing ones, that are of another engine than the one in this program. */
  readonly ofOtherEngines: Finding[] = [];
  private readonly windows = new Map<StreamName, WindowRecheck>();
  private last: StreamName | undefined;

  get count(): number {
    let count = 0;
    for (const { postings } of this.windows.values()) count += postings;
    return count;
  }

  get releases(): number {
    let releases = 0;
    for (const window of this.windows.values()) releases += window.releases;
    return releases;
  }

  get streams(): number {
    return this.windows.size;
  }

  take(event: Recorded): void {
    const { stream } = event;
    this.last = stream;
    if (categoryOf(stream) !== 'earnings') return;
    let window = this.windows.get(stream);
    if (window === undefined) this.windows.set(stream, (window = new WindowRecheck()));
    this.note(window.take(event));
  }

  finish(): void {
    for (const [stream, window] of this.windows) this.note(window.finish(stream === this.last));
  }

  private note(differences: readonly Difference[]): void {
    for (const { at, detail, engineHash } of differences) {
      const isOurs = engineHash === null || engineHash === WindowRecheck.engineHash;
      const found = isOurs ? this.findings : this.ofOtherEngines;
      if (found.length < MOST_FINDINGS)
        found.push(findingAt(at, OF_RELEASES.has(at.type) ? 'release' : 'posting', detail));
    }
  }
}

const OF_RELEASES: ReadonlySet<string> = new Set(['CommissionReleased', 'ReleaseTakenBack']);

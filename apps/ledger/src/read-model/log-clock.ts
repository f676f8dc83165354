import type { Instant } from '@tributary/kernel';
import type { ClockMeans, LogClock, LogPoint, PointAsked } from '@tributary/platform';
import { known as moments } from './known.projection';
import { knownAt, laterThan } from './moments';
import { restingAt } from './resting';

/** The one place that turns a moment into a place in the log, for every service. */
export const logClock = (means: ClockMeans): LogClock => {
  const clock = new ReadLog(means);
  return (asked) => clock.at(asked);
};

class ReadLog {
  constructor(private readonly means: ClockMeans) {}

  async at({ known, position, timeoutMs }: PointAsked): Promise<LogPoint | undefined> {
    if (position !== undefined && !(await this.shows(position, timeoutMs))) return undefined;
    const through = known === undefined ? position : await this.knownBy(known, timeoutMs);
    if (through === undefined) return undefined;
    const cut = position !== undefined && position < through ? position : through;
    return {
      known: known ?? (await knownAt(this.means.database, cut)),
      position: cut,
      ...(await restingAt(this.means, cut)),
    };
  }

  /**
   * Known at a moment is what stands before the first event that was recorded later. Where that has been read already, nothing can
   * change the answer any more; otherwise all that stands in the log has to be read first, or the same question would be answered
   * with more a moment later.
   */
  private async knownBy(moment: Instant, timeoutMs: number): Promise<bigint | undefined> {
    const { database, log } = this.means;
    const found = await laterThan(database, moment);
    if (found.position !== undefined) return found.position - 1n;
    if (!(await this.shows(await log.head(), timeoutMs))) return undefined;
    const { position, shown } = await laterThan(database, moment);
    return position === undefined ? shown : position - 1n;
  }

  private shows(position: bigint, timeoutMs: number): Promise<boolean> {
    return this.means.feeds.waitUntil([moments.name], position, timeoutMs);
  }
}

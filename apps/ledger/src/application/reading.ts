import { Injectable } from '@nestjs/common';
import { type Day, instant } from '@tributary/kernel';
import { type LogClock, type LogPoint, ServiceRuntime, notYetVisible } from '@tributary/platform';
import { positionOfCursor } from '../read-model/cursor';
import { journal } from '../read-model/journal.projection';
import { logClock } from '../read-model/log-clock';
import { type Resting, restingAt } from '../read-model/resting';
import { type Standpoint, Standpoints } from '../read-model/standpoints';

export interface Question {
  readonly effective?: Day | undefined;
  readonly known?: string | undefined;
  readonly position?: string | undefined;
  readonly after?: string | undefined;
  readonly timeoutMs: number;
}

/** A standpoint, and what in the signed log it rests on. */
export type Rested = Resting & Standpoint;

/** What every answer says of itself: the same three give the same answer again, once its leaf is sealed and signed. */
export type Told = Pick<
  Rested,
  'checkpoint' | 'effective' | 'known' | 'leaf' | 'parked' | 'position'
>;

export const told = ({ effective, known, position, parked, leaf, checkpoint }: Rested): Told => ({
  effective,
  known,
  position,
  leaf,
  checkpoint,
  parked,
});

/** Finds out from where somebody wants to look at the books, once they show as much. */
@Injectable()
export class Reading {
  private readonly clock: LogClock;

  constructor(
    private readonly runtime: ServiceRuntime,
    private readonly standpoints: Standpoints,
  ) {
    this.clock = logClock(runtime);
  }

  async standpoint(tenant: string, question: Question): Promise<Rested> {
    const { effective, timeoutMs } = question;
    const point = await this.pointAsked(question);
    if (point) await this.untilBooked(point.position, timeoutMs);
    const standpoint = await this.standpoints.of({ tenant, effective, ...point });
    // What was waited for shows, also where only positions without an event lie between it and the checkpoints.
    return { ...standpoint, ...(point ?? (await restingAt(this.runtime, standpoint.position))) };
  }

  /** The place in the log that a question names; undefined where it is about everything that is known. */
  private async pointAsked(question: Question): Promise<LogPoint | undefined> {
    const { known, position, after, timeoutMs } = question;
    if (known === undefined && position === undefined && after === undefined) return undefined;
    // All pages of one reading stand at the position of the first.
    const asked = after === undefined ? position : String(positionOfCursor(after));
    const point = await this.clock({
      known: known === undefined ? undefined : instant(known),
      position: asked === undefined ? undefined : BigInt(asked),
      timeoutMs,
    });
    if (point === undefined) throw notYetVisible(asked === undefined ? 'known' : 'position');
    return point;
  }

  private async untilBooked(position: bigint, timeoutMs: number): Promise<void> {
    if (await this.runtime.feeds.waitUntil([journal.name], position, timeoutMs)) return;
    throw notYetVisible('position');
  }
}

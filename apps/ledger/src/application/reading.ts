import { Injectable } from '@nestjs/common';
import { type Day, instant } from '@tributary/kernel';
import { Refusal, ServiceRuntime } from '@tributary/platform';
import { journal } from '../read-model/journal.projection';
import { known as knownProjection } from '../read-model/known.projection';
import { positionOfCursor } from '../read-model/cursor';
import { type Resting, SealedLog } from '../read-model/sealed-log.queries';
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
  constructor(
    private readonly runtime: ServiceRuntime,
    private readonly standpoints: Standpoints,
    private readonly sealed: SealedLog,
  ) {}

  async standpoint(tenant: string, question: Question): Promise<Rested> {
    const { effective, known, after, timeoutMs } = question;
    // All pages of one reading stand at the position of the first.
    const asked = after === undefined ? question.position : String(positionOfCursor(after));
    const position = asked === undefined ? undefined : BigInt(asked);
    if (position !== undefined) await this.untilVisible(position, timeoutMs);
    const standpoint = await this.standpoints.of({
      tenant,
      effective,
      known: known === undefined ? undefined : instant(known),
      position,
    });
    return { ...standpoint, ...(await this.sealed.resting(standpoint.position)) };
  }

  private async untilVisible(position: bigint, timeoutMs: number): Promise<void> {
    const names = [journal.name, knownProjection.name];
    if (await this.runtime.feeds.waitUntil(names, position, timeoutMs)) return;
    const detail = 'The books do not show this position yet; ask again, or raise timeoutMs.';
    const errors = [{ parameter: 'position', code: 'not_yet_visible', detail }];
    const headers = { 'retry-after': '1' };
    throw new Refusal(503, 'not_yet_visible', detail, { errors, headers });
  }
}

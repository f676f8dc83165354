import { PERIOD_CERTIFIED, PERIOD_CLOSED, type PeriodCertifiedData } from '@tributary/contracts';
import type { PeriodKey, Recorded, StreamName } from '@tributary/kernel';
import { type JournalLeg, RowsDigest } from '@tributary/standalone';

interface Closed {
  readonly entity: string;
  readonly month: PeriodKey;
  readonly position: bigint;
}

interface Certified extends Closed, Pick<PeriodCertifiedData, 'digest' | 'rows' | 'since'> {
  readonly found: RowsDigest;
}

/**
 * Whether each month that was certified still comes to the rows that were certified. It is what shows that an end of a stream was
 * left out: such an event misses no neighbour, but it is missed in the digest of its month.
 */
export class CertifiedMonths {
  private readonly closed = new Map<StreamName, Closed>();
  private readonly certified = new Map<StreamName, Certified>();

  /** The first reading. */
  learn({ type, stream, position, data }: Recorded): void {
    if (type === PERIOD_CLOSED) {
      const { entity, period } = data as PeriodCertifiedData;
      this.closed.set(stream, { entity, month: period.key, position });
    }
    const closed = this.closed.get(stream);
    if (type !== PERIOD_CERTIFIED || closed === undefined) return;
    const { digest, rows, since } = data as PeriodCertifiedData;
    this.certified.set(stream, { ...closed, digest, rows, since, found: new RowsDigest() });
  }

  /** The second one, in the order of the log. */
  take(leg: JournalLeg): void {
    // Positions differ between two stores of one log, so the cut is where it stands here, and not where the certificate says.
    for (const { entity, month, since, position, found } of this.certified.values())
      if (
        leg.entity === entity &&
        leg.position < position &&
        leg.period <= month &&
        (since === null || leg.period > since)
      )
        found.add(leg);
  }

  /** After the second reading, once. */
  wrong(): string[] {
    return [...this.certified.values()].flatMap(({ entity, month, digest, rows, found }) => {
      const count = String(found.rows);
      if (found.hex() === digest) return [];
      const why =
        count === rows
          ? `${rows} legs were certified, and other ones are there`
          : `${rows} legs were certified, ${count} are there`;
      return [`events.ndjson: of ${month} of ${entity} ${why}`];
    });
  }

  /** Entities whose month was closed, and whose certificate is not there. */
  uncertified(of: PeriodKey): string[] {
    return [...this.closed]
      .filter(([stream, { month }]) => month === of && !this.certified.has(stream))
      .map(
        ([, { entity, month }]) => `${month} of ${entity} was closed, its certificate is missing`,
      );
  }
}

import { Injectable } from '@nestjs/common';
import { type Instant, instantOfMs } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import type { FactKey } from '../domain/sale/events';

interface Row extends FactKey, Record<string, unknown> {
  readonly waitsUntil: Date;
  readonly stream: string;
}

/** After which fact the next page begins. */
export type AheadCursor = readonly [waitsUntil: Instant, stream: string];

const DUE = `
select source, id, waits_until as "waitsUntil", stream from fact_ahead
where tenant = $1 and taken_up is null and waits_until <= $2
  and ($3::timestamptz is null or (waits_until, stream) > ($3, $4))
order by waits_until, stream limit $5`;

/** Facts that lay ahead when they came. */
@Injectable()
export class FactsAhead {
  constructor(private readonly runtime: ServiceRuntime) {}

  /** Those whose time has come by then and that were not taken up; the one that waited for the earliest time first. */
  async due(asked: {
    readonly tenant: string;
    readonly asOf: Instant;
    readonly after: AheadCursor | null;
    readonly limit: number;
  }): Promise<{ readonly facts: readonly FactKey[]; readonly next: AheadCursor | null }> {
    const { tenant, asOf, after, limit } = asked;
    const { rows } = await this.runtime.database.query<Row>(DUE, [
      ...[tenant, asOf, ...(after ?? [null, null])],
      limit + 1,
    ]);
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    return {
      facts: page.map(({ source, id }) => ({ source, id })),
      next: last ? [instantOfMs(last.waitsUntil.getTime()), last.stream] : null,
    };
  }
}

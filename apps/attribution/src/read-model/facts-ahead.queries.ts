import { Injectable } from '@nestjs/common';
import type { Instant } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import type { FactKey } from '../domain/sale/events';

interface Row extends FactKey, Record<string, unknown> {
  readonly waitsUntil: Date;
  readonly stream: string;
}

const DUE = `
select source, id, waits_until as "waitsUntil", stream from fact_ahead
where tenant = $1 and taken_up is null and waits_until <= $2
  and ($3::timestamptz is null or (waits_until, stream) > ($3, $4))
order by waits_until, stream limit $5`;

const AT_ONCE = 500;

/** Facts that lay ahead when they came. */
@Injectable()
export class FactsAhead {
  constructor(private readonly runtime: ServiceRuntime) {}

  /** Those whose time has come by then and that were not taken up, a page at a time; the one that waited for the earliest time first. */
  async *due(tenant: string, asOf: Instant): AsyncGenerator<readonly FactKey[]> {
    let last: Row | undefined;
    do {
      const after = [last?.waitsUntil ?? null, last?.stream ?? null];
      const asked = [tenant, asOf, ...after, AT_ONCE];
      const { rows } = await this.runtime.database.query<Row>(DUE, asked);
      if (rows.length > 0) yield rows.map(({ source, id }) => ({ source, id }));
      last = rows.length < AT_ONCE ? undefined : rows.at(-1);
    } while (last);
  }
}

import { Injectable } from '@nestjs/common';
import { type Asset, type Instant, formatMinor } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import { utc } from './reading';

/** What is held until one moment. */
export interface HeldUntil {
  readonly until: Instant;
  readonly amount: string;
  readonly partners: number;
  /** Whether it would be released by the time of the run. */
  readonly isBeforeRun: boolean;
}

const HELD = `
select ${utc('until')} as until,
  sum(amount)::text as amount, count(*)::int as partners
from payout_held where tenant = $1 and entity = $2 and asset = $3 and amount <> 0
  and ($4::text[] is null or partner = any($4))
group by payout_held.until order by payout_held.until`;

@Injectable()
export class HeldAhead {
  constructor(private readonly runtime: ServiceRuntime) {}

  async of(
    { tenant, entity, asset }: { tenant: string; entity: string; asset: Asset },
    payAt: Instant,
    only: readonly string[] | null = null,
  ): Promise<{ readonly total: string; readonly items: readonly HeldUntil[] }> {
    const { rows } = await this.runtime.database.query<{
      until: Instant;
      amount: string;
      partners: number;
    }>(HELD, [tenant, entity, asset, only]);
    const total = rows.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
    const items = rows.map((row) => ({ ...row, isBeforeRun: row.until <= payAt }));
    return { total: formatMinor(total), items };
  }
}

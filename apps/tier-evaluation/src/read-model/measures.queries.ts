import { Injectable } from '@nestjs/common';
import { waitFor } from '@tributary/feeds';
import { ServiceRuntime } from '@tributary/platform';

export interface MeasureTotal {
  readonly measure: string;
  readonly count: bigint;
  readonly amount: bigint;
}

/** What was measured of a partner, added up. */
@Injectable()
export class Measures {
  constructor(private readonly runtime: ServiceRuntime) {}

  async ofPartner(tenant: string, partner: string): Promise<MeasureTotal[]> {
    const { rows } = await this.runtime.database.pool.query<{
      measure: string;
      count: string;
      amount: string;
    }>(
      `select measure, sum(count) as count, sum(amount) as amount from measure
       where tenant = $1 and partner = $2 group by measure order by measure`,
      [tenant, partner],
    );
    return rows.map(({ measure, count, amount }) => ({
      measure,
      count: BigInt(count),
      amount: BigInt(amount),
    }));
  }

  /** Whether something that follows from this correlation id has arrived here. */
  async waitFor(tenant: string, correlationId: string, timeoutMs: number): Promise<boolean> {
    const { database, feeds } = this.runtime;
    const look = async (): Promise<true | undefined> => {
      const { rows } = await database.pool.query(
        'select 1 from measure_arrival where tenant = $1 and correlation_id = $2',
        [tenant, correlationId],
      );
      return rows.length > 0 ? true : undefined;
    };
    return (await waitFor(look, { timeoutMs, wake: feeds.progress.moved })) ?? false;
  }
}

import type { Instant } from '@tributary/kernel';
import { type StageReached, waitForStage } from '@tributary/feeds';
import type { ServiceRuntime } from '@tributary/platform';

/** The stages of a fact that this service can see. */
export const STAGES = ['measured'] as const;
export type Stage = (typeof STAGES)[number];

export interface FactOutcome {
  readonly source: string;
  readonly id: string;
  readonly type: string;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
  readonly correlationId: string;
  readonly position: bigint;
  /** How often other content came under the same identity. */
  readonly conflicts: number;
  readonly stages: readonly string[];
}

interface Row extends Omit<FactOutcome, 'conflicts' | 'occurredAt' | 'position' | 'recordedAt'> {
  readonly occurredAt: Date;
  readonly recordedAt: Date;
  readonly position: string;
  readonly conflicts: string;
}

const FIND = `
select f.source, f.id, f.type, f.occurred_at as "occurredAt", f.recorded_at as "recordedAt",
  f.correlation_id as "correlationId", f.position, f.conflicts,
  array(select s.stage from fact_stage s
    where s.tenant = f.tenant and s.correlation_id = f.correlation_id order by s.position) as stages
from fact_outcome f where f.stream = $1`;

/** What became of a fact. */
export class FactOutcomes {
  constructor(private readonly runtime: ServiceRuntime) {}

  async find(stream: string): Promise<FactOutcome | undefined> {
    const { rows } = await this.runtime.database.pool.query<Row>(FIND, [stream]);
    const [row] = rows;
    if (!row) return undefined;
    return {
      ...row,
      occurredAt: row.occurredAt.toISOString() as Instant,
      recordedAt: row.recordedAt.toISOString() as Instant,
      position: BigInt(row.position),
      conflicts: Number(row.conflicts),
    };
  }

  /** Until the fact has reached this stage or is parked on the way; undefined when neither happened in time. */
  wait(
    tenant: string,
    correlationId: string,
    stage: Stage,
    timeoutMs: number,
  ): Promise<StageReached | undefined> {
    const { database, feeds } = this.runtime;
    const stagesOf = () => this.stagesOf(tenant, correlationId);
    return waitForStage(database, correlationId, [stage], stagesOf, {
      timeoutMs,
      wake: feeds.progress.moved,
    });
  }

  private async stagesOf(tenant: string, correlationId: string): Promise<string[]> {
    const { rows } = await this.runtime.database.pool.query<{ stage: string }>(
      'select stage from fact_stage where tenant = $1 and correlation_id = $2',
      [tenant, correlationId],
    );
    return rows.map(({ stage }) => stage);
  }
}

import { Injectable } from '@nestjs/common';
import type { Instant, StreamName } from '@tributary/kernel';
import { type StageReached, waitForStage } from '@tributary/feeds';
import { ServiceRuntime } from '@tributary/platform';
import type { FactContent } from '../domain/fact/events';

/** The stages of a fact that this service can see. */
export const STAGES = ['measured'] as const;
export type Stage = (typeof STAGES)[number];

export interface FactOutcome {
  readonly factId: string;
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
select f.fact_id as "factId", f.source, f.id, f.type, f.occurred_at as "occurredAt", f.recorded_at as "recordedAt",
  f.correlation_id as "correlationId", f.position, f.conflicts,
  array(select s.stage from fact_stage s where s.fact_id = f.fact_id order by s.position) as stages
from fact_outcome f where f.stream = $1`;

/** What became of a fact. */
@Injectable()
export class FactOutcomes {
  constructor(private readonly runtime: ServiceRuntime) {}

  /** What the read model does not show is asked of the log: only the log may say that a fact was never taken. */
  async find(stream: StreamName): Promise<FactOutcome | undefined> {
    const { rows } = await this.runtime.database.pool.query<Row>(FIND, [stream]);
    const [row] = rows;
    if (!row) return await this.recordedIn(stream);
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
    { factId, correlationId }: FactOutcome,
    stage: Stage,
    timeoutMs: number,
  ): Promise<StageReached | undefined> {
    const { database, feeds } = this.runtime;
    const reached = () => this.stagesOf(factId);
    return waitForStage(database, { tenant, correlationId }, [stage], reached, {
      timeoutMs,
      wake: feeds.progress.moved,
    });
  }

  private async recordedIn(stream: StreamName): Promise<FactOutcome | undefined> {
    let found: FactOutcome | undefined;
    for await (const { type: kind, ...event } of this.runtime.log.read(stream)) {
      if (found) {
        found = { ...found, conflicts: found.conflicts + (kind === 'FactConflicted' ? 1 : 0) };
        continue;
      }
      const { source, id, type } = event.data as unknown as FactContent;
      const { id: factId, occurredAt, recordedAt, correlationId, position } = event;
      const stages = await this.stagesOf(factId);
      const known = { factId, source, id, type, occurredAt, recordedAt, correlationId, position };
      found = { ...known, conflicts: 0, stages };
    }
    return found;
  }

  private async stagesOf(factId: string): Promise<string[]> {
    const { rows } = await this.runtime.database.pool.query<{ stage: string }>(
      'select stage from fact_stage where fact_id = $1 order by position',
      [factId],
    );
    return rows.map(({ stage }) => stage);
  }
}

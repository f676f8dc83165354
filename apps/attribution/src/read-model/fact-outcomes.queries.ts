import { Injectable } from '@nestjs/common';
import { OF_OLD_VERSION, type StageReached, waitForStage } from '@tributary/feeds';
import { type Instant, invariant } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import type { FactRef } from '../domain/evidence';
import { factStreamNamed, factStreamOf } from '../domain/fact/events';
import { type Consequences, FactConsequences, NOTHING_YET } from './fact-consequences';
import { type FactFile, factFile } from './fact-file';
import { factOutcomes } from './fact-outcomes.projection';
import { positionSql } from './position';

/** How far a fact can be seen to have come: measured, known at whomever it names, or in a decision or a line. */
export const STAGES = ['measured', 'identified', 'credited'] as const;
export type Stage = (typeof STAGES)[number];

/** Of a fact itself. How it was received does not change: that it conflicted with another content is counted beside it. */
export type Outcome = 'accepted' | 'future_dated' | 'parked' | 'retracted' | 'superseded';

export interface Parked {
  readonly subscription: string;
  readonly stream: string;
  readonly eventType: string;
  readonly code: string;
}

export interface FactOutcome extends Consequences {
  readonly outcome: Outcome;
  readonly factId: string;
  readonly hash: string;
  readonly source: string;
  readonly id: string;
  readonly type: string;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
  readonly correlationId: string;
  /** Of the fact. */
  readonly position: bigint;
  /** How far the stages have been looked at. */
  readonly standsAt: bigint;
  readonly conflicts: number;
  /** When it will be handed on; null where it was. */
  readonly waitsUntil: Instant | null;
  readonly stages: readonly string[];
  readonly retraction: FactFile['retractions'][number] | null;
  readonly parked: readonly Parked[];
}

const STAGES_OF = `
select ${positionSql(factOutcomes)} as position,
  (select coalesce(json_agg(s.stage order by s.position, s.stage), '[]') from (
    select u.stage, min(u.position) as position from (
      select f.stage, f.position from fact_stage f where f.fact_id = $1
      union all
      select 'credited', d.position from credit_decision d where d.facts @> jsonb_build_array($1::text)) u
    group by u.stage) s) as stages`;

const PARKED = `
select subscription, stream, event_type as "eventType", code from parked
where tenant = $1 and status = 'parked' and not ${OF_OLD_VERSION} and (stream = $2 or correlation_id = $3) order by id limit 5`;

/** What became of a fact. */
@Injectable()
export class FactOutcomes {
  constructor(
    private readonly runtime: ServiceRuntime,
    private readonly consequences: FactConsequences,
  ) {}

  /** Only the log may say that a fact was never taken, so the fact itself is read there. */
  async find(tenant: string, source: string, id: string): Promise<FactFile | undefined> {
    const file = await factFile(this.runtime.log.read(factStreamOf(tenant, source, id)));
    if (!file) return undefined;
    // What was superseded by a fact that is retracted itself has its place back, unless another one supersedes it.
    const holding = [];
    for (const word of file.retractions)
      if (word.why === 'retracted' || !(await this.isRetracted(tenant, word.by)))
        holding.push(word);
    return { ...file, retractions: holding };
  }

  private async isRetracted(tenant: string, { factId }: FactRef): Promise<boolean> {
    const file = await factFile(this.runtime.log.read(factStreamNamed(tenant, factId)));
    return file?.retractions[0]?.why === 'retracted';
  }

  async outcomeOf(file: FactFile, now: Instant): Promise<FactOutcome> {
    const { fact, recordedAt, correlationId, position, conflicts, waitsUntil } = file;
    const [retraction = null] = file.retractions;
    const { tenant, source, id, type, at: occurredAt } = fact;
    const stream = factStreamOf(tenant, source, id);
    const { stages, standsAt } = await this.stagesOf(fact.fact.factId);
    const { rows: parked } = await this.runtime.database.query<Parked & Record<string, unknown>>(
      PARKED,
      [tenant, stream, correlationId],
    );
    const isAhead = waitsUntil !== null;
    const isParked = parked.some((each) => each.stream === stream);
    const outcome =
      retraction?.why ?? (isParked ? 'parked' : isAhead ? 'future_dated' : 'accepted');
    const identity = { ...fact.fact, source, id, type };
    const when = { occurredAt, recordedAt, correlationId, position, standsAt };
    const consequences = isAhead ? NOTHING_YET : await this.consequences.of(fact, now);
    return {
      outcome,
      ...identity,
      ...when,
      conflicts,
      waitsUntil,
      stages,
      retraction,
      parked,
      ...consequences,
    };
  }

  /** Until the fact has reached this stage or is parked on the way; undefined when neither happened in time, and at once of what waits for its own. */
  wait(
    { fact: { tenant, fact }, correlationId, waitsUntil }: FactFile,
    stage: Stage,
    timeoutMs: number,
  ): Promise<StageReached | undefined> {
    const { database, feeds } = this.runtime;
    const reached = async () => (await this.stagesOf(fact.factId)).stages;
    return waitForStage(database, { tenant, correlationId }, [stage], reached, {
      timeoutMs: waitsUntil === null ? timeoutMs : 0,
      wake: feeds.progress.moved,
    });
  }

  private async stagesOf(
    factId: string,
  ): Promise<{ readonly stages: readonly string[]; readonly standsAt: bigint }> {
    const { rows } = await this.runtime.database.query<{ position: string; stages: string[] }>(
      STAGES_OF,
      [factId],
    );
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    return { stages: row.stages, standsAt: BigInt(row.position) };
  }
}

import { Injectable } from '@nestjs/common';
import type { StandingValue, Track } from '@tributary/contracts';
import type { Instant, Recorded } from '@tributary/kernel';
import { type LogPoint, ServiceRuntime, upTo } from '@tributary/platform';
import { rulesAt } from '../domain/evaluation/entitled';
import { type Progress, progressOf } from '../domain/evaluation/progress';
import { type Scorecard, scorecardOf } from '../domain/evaluation/scorecard';
import { type HeldBenefit, benefitsAt } from '../domain/rules/benefits';
import { standing } from '../domain/standing/decide';
import { entitledIn, scheduleIn } from '../domain/standing/entitlement';
import { type StandingEvent, standingStreamOf } from '../domain/standing/events';
import type { Start } from '../domain/standing/starts';
import { type Standing, factsOf } from '../domain/standing/state';
import { governing } from '../domain/standing/timeline';

/** All evidence of a figure would be a list of every customer; this many tell most of it. */
const LISTED = 50;

export interface Asked {
  readonly tenant: string;
  readonly partner: string;
  readonly track: Track;
  readonly at: Instant;
  /** Where the log is cut; undefined: everything that is known. */
  readonly point: LogPoint | undefined;
}

export interface ScorecardShown extends Scorecard {
  /** What applies and what is entitled, for a payment of that time. */
  readonly value: StandingValue | null;
  readonly progress: Progress | null;
  /** What the evidence and grants entitle to, at every time until then. */
  readonly history: readonly Start[];
  /** Of the log: the last event of this standing that it was computed from. */
  readonly position: bigint;
}

export interface BenefitsShown {
  readonly value: StandingValue | null;
  readonly benefits: readonly HeldBenefit[];
  readonly position: bigint;
}

/** Computed when it is asked for, from the standing's own stream, at any time of both clocks. */
@Injectable()
export class Scorecards {
  constructor(private readonly runtime: ServiceRuntime) {}

  async at({ at: asOf, ...asked }: Asked): Promise<ScorecardShown> {
    const { partner, track } = asked;
    const { state, position } = await this.read(asked);
    const schedule = scheduleIn(track, state);
    const facts = factsOf(state);
    const card = scorecardOf({ partner, track, facts, schedule, asOf, listed: LISTED });
    const value = governing(state.steps, asOf);
    const { content } = rulesAt(schedule, asOf);
    const progress = progressOf(card, content, value?.applied ?? null);
    return { ...card, value, progress, history: entitledIn(track, state, asOf), position };
  }

  /** What comes with the tier that applies. */
  async benefits({ at, ...asked }: Asked): Promise<BenefitsShown> {
    const { state, position } = await this.read(asked);
    const value = governing(state.steps, at);
    const { content } = rulesAt(scheduleIn(asked.track, state), at);
    return { value, benefits: benefitsAt(content, value?.applied ?? null, at), position };
  }

  private async read({
    tenant,
    partner,
    track,
    point,
  }: Omit<Asked, 'at'>): Promise<{ readonly state: Standing; readonly position: bigint }> {
    let [state, position] = [standing.initial, 0n];
    const stream = standingStreamOf(tenant, partner, track);
    for await (const event of upTo(this.runtime.log.read(stream), point)) {
      state = standing.evolve(state, eventOf(event));
      ({ position } = event);
    }
    return { state, position };
  }
}

const eventOf = ({ type, data, occurredAt }: Recorded): StandingEvent =>
  ({ type, data, occurredAt }) as unknown as StandingEvent;

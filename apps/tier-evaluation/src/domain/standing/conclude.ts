import { TRACKS, type Track } from '@tributary/contracts';
import {
  type Instant,
  type Json,
  canonicalJson,
  instantOfMs,
  laterOf,
  msOf,
} from '@tributary/kernel';
import { monthsAfter, quarterOf } from '../evaluation/quarters';
import { rulesAt } from '../evaluation/entitled';
import { type Scorecard, scorecardOf } from '../evaluation/scorecard';
import { risksByTallies } from '../evaluation/tallies';
import { appliedAfter, entitledIn, lostTiers, scheduleIn } from './entitlement';
import type { OfStanding, ScorecardIssued, StandingEvent } from './events';
import { evolve } from './evolve';
import { type Start, type Tier, highest, isLower, rank, spliced, tierAt } from './starts';
import { type Notice, type Standing, factsOf } from './state';
import { tasksAfter } from './tasks';
import { type Pair, bounded, pairIn, toldAgain } from './timeline';

export interface Occasion extends OfStanding {
  readonly asOf: Instant;
  readonly reason: ScorecardIssued['data']['reason'];
}

/** Evidence that is listed with each figure of a stored scorecard; an event has 60 KiB. */
const LISTED = 3;
const MONTHS_OF_QUARTER = 3;
/** A scorecard looks back over four quarters, and no calendar of ours has one before 1970. What is dated before is known all the same. */
const EARLIEST = '1971-01-02T00:00:00.000Z' as Instant;

/** What was decided, and everything that follows from it as things then stand. */
export function concluding(
  state: Standing,
  events: readonly StandingEvent[],
  occasion: Occasion,
): readonly StandingEvent[] {
  const next = events.reduce(evolve, state);
  return [...events, ...conclusions(next, occasion)];
}

function conclusions(state: Standing, occasion: Occasion): readonly StandingEvent[] {
  const { partner, track, reason } = occasion;
  const seen = state.clock === null ? occasion.asOf : laterOf(state.clock, occasion.asOf);
  const asOf = laterOf(seen, EARLIEST);
  const of = { partner, track };
  const situation = new Situation(of, state, asOf);
  const notices = situation.noticesChanged();
  const { told, applied, at } = situation.told(notices.kept);
  const risks = situation.risksChanged();
  const tasks = tasksAfter(state, of, rulesAt(scheduleIn(track, state), asOf).content, {
    applied,
    at,
  });
  const followed = [...notices.events, ...told, ...risks, ...tasks];
  const quarter = quarterOf(asOf, situation.content.zone).key;
  const isDue = reason === 'quarterly' && quarter !== state.quarter;
  if (followed.length === 0 && !isDue && reason !== 'demand') return [];
  const why = isDue ? 'quarterly' : reason === 'demand' ? 'demand' : 'changed';
  return [
    {
      type: 'ScorecardIssued',
      data: { ...situation.scorecard, reason: why, quarter, applied: tierAt(applied, at) },
      occurredAt: asOf,
    },
    ...followed,
  ];
}

/** A standing at a time, before anything follows. */
class Situation {
  private readonly before: Pair;
  private readonly after: Pair;
  private judged: Scorecard | undefined;

  constructor(
    private readonly of: OfStanding,
    private readonly state: Standing,
    private readonly asOf: Instant,
  ) {
    const { track } = of;
    this.before = pairIn(state.steps);
    const entitled = entitledIn(track, state, asOf);
    const applied = appliedAfter(track, this.before.applied, entitled, asOf);
    this.after = { applied, entitled };
  }

  /** Looks at every fact, and is made only for who asks: most facts change nothing that would have to be written down. */
  get scorecard(): Scorecard {
    return (this.judged ??= scorecardOf({
      ...this.of,
      facts: factsOf(this.state),
      schedule: scheduleIn(this.of.track, this.state),
      asOf: this.asOf,
      listed: LISTED,
    }));
  }

  get content() {
    return rulesAt(scheduleIn(this.of.track, this.state), this.asOf).content;
  }

  /** A tier that falls away is kept for a while from here on; one that is back, or gone already, needs no notice. */
  noticesChanged(): {
    readonly events: readonly StandingEvent[];
    readonly kept: readonly Notice[];
  } {
    const { of, state, asOf } = this;
    const lost = lostTiers(of.track, this.after, TRACKS[of.track], asOf);
    const known = state.notices.filter(({ tier }) => lost.includes(tier));
    const over = state.notices.filter(({ tier }) => !lost.includes(tier));
    const least = tierAt(this.after.entitled, asOf);
    const fresh = lost.filter((tier) => !known.some((notice) => notice.tier === tier));
    const { graceQuarters, zone } = this.content;
    const endsAt = monthsAfter(asOf, graceQuarters * MONTHS_OF_QUARTER, zone);
    const events: StandingEvent[] = [
      // It is entitled to again, or people have taken it away before its time was over.
      ...over.map(({ tier }): StandingEvent => ({
        type: 'NoticeEnded',
        data: {
          ...of,
          tier,
          outcome: isLower(of.track, least, tier) ? 'demoted' : 'entitled_again',
        },
        occurredAt: asOf,
      })),
      ...fresh.map((tier): StandingEvent => ({
        type: 'DemotionNoticed',
        data: { ...of, tier, noticedAt: asOf, endsAt, missing: this.missingFor(tier) },
        occurredAt: asOf,
      })),
    ];
    const noticed = fresh.map((tier) => ({ tier, endsAt, appealedBy: null }));
    return { events, kept: [...known, ...noticed] };
  }

  /** The timeline with what has risen, and without the tiers whose time is over. */
  told(notices: readonly Notice[]): {
    readonly told: readonly StandingEvent[];
    readonly applied: readonly Start[];
    readonly at: Instant;
  } {
    const { of, state, asOf, after, before } = this;
    const { track } = of;
    const at = afterTheLast(asOf, state.toldAt);
    const now = tierAt(after.applied, asOf);
    const least = tierAt(after.entitled, asOf);
    const kept = notices
      .filter(({ endsAt, appealedBy }) => appealedBy !== null || endsAt > asOf)
      .reduce<Tier>((most, { tier }) => (isLower(track, most, tier) ? tier : most), least);
    // Nobody loses what is paid already: a tier falls from this decision on.
    const applied = isLower(track, kept, now)
      ? spliced(after.applied, at, highest(track, after.entitled, [{ from: at, tier: kept }]))
      : after.applied;
    const pair = { applied, entitled: after.entitled };
    const again = toldAgain(state.steps, before, pair, at);
    if (again === state.steps) return { told: [], applied, at };
    const steps = bounded(again);
    const valueAt = (of: Pair) => ({
      applied: tierAt(of.applied, at),
      entitled: tierAt(of.entitled, at),
    });
    const data = { ...of, at, now: valueAt(pair), before: valueAt(before), steps };
    const type = typeOf(track, before, pair);
    const ended = notices.filter(
      ({ tier }) => rank(track, tier) > rank(track, tierAt(applied, at)),
    );
    return {
      told: [
        { type, data, occurredAt: at },
        ...ended.map(({ tier }): StandingEvent => ({
          type: 'NoticeEnded',
          data: { ...of, tier, outcome: 'demoted' },
          occurredAt: at,
        })),
      ],
      applied,
      at,
    };
  }

  risksChanged(): readonly StandingEvent[] {
    const { of, state, asOf } = this;
    const risks = risksByTallies(state.tallies, this.content, asOf);
    if (canonicalJson(risks as unknown as Json) === canonicalJson(state.risks as unknown as Json))
      return [];
    return [{ type: 'RiskAssessed', data: { ...of, risks }, occurredAt: asOf }];
  }

  private missingFor(tier: string): readonly string[] {
    const judged = this.scorecard.tiers.find((each) => each.tier === tier);
    return (judged?.criteria ?? []).filter(({ met }) => !met).map(({ criterion }) => criterion.id);
  }
}

function typeOf(
  track: Track,
  before: Pair,
  after: Pair,
): 'EntitlementChanged' | 'TierLowered' | 'TierRaised' {
  const froms = [...before.applied, ...after.applied].map(({ from }) => from);
  const changes = froms.map((from) => [tierAt(before.applied, from), tierAt(after.applied, from)]);
  if (changes.some(([was = null, is = null]) => isLower(track, was, is))) return 'TierRaised';
  if (changes.some(([was = null, is = null]) => isLower(track, is, was))) return 'TierLowered';
  return 'EntitlementChanged';
}

/** What is told follows one another, because the timeline is ordered by it. */
export const afterTheLast = (at: Instant, toldAt: Instant | null): Instant =>
  toldAt !== null && toldAt >= at ? instantOfMs(msOf(toldAt) + 1) : at;

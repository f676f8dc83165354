import type { Instant } from '@tributary/kernel';
import { BEGINNING } from '../policy/standard';
import { END_OF_TIME, causesOf } from './causes';
import type { Credit, CreditDecision, CreditTimelines } from './credit';
import type { Adjudication, CustomerView } from './customer-view';
import { type Hearing, creditIn, decideByPerson, decideByPolicy, hearingOf } from './decision';
import { type Identity, type Known, identityAt, knownOf } from './known';
import { situationAt } from './situation';
import { type Epoch, type Governed, Telling, sameEffect, scheduleOf } from './timelines';

/**
 * Deals of one customer that can have a credit of their own, as far as one event has room for them; of more, those that a person has
 * decided, then those opened last.
 */
export const MOST_DEALS = 64;

export interface Decided {
  /** Each once, in the order of their causes; also those that changed no credit, because they show what was put aside. */
  readonly decisions: readonly CreditDecision[];
  readonly timelines: CreditTimelines;
  /** By everything that is known now. */
  readonly identity: Identity;
}

/** Who is credited with this customer's sales: a function of what is known of it, whatever the order in which it was learned. */
export function creditOf(view: CustomerView): Decided {
  const known = knownOf(view);
  const court = new Court(known);
  const { deciding, showing } = causesOf(known);
  const causes = court.withoutPrelude(deciding);
  const start = causes[0] ?? BEGINNING;
  const general = court.epochsOf(null, inOrder([...causes, ...showing.filter((at) => at > start)]));
  const telling = new Telling(general);
  court.tellDeals(causes, general, telling);
  return {
    decisions: court.decisions(),
    timelines: telling.timelines(),
    identity: identityAt(known, END_OF_TIME),
  };
}

/** Remembers what it has looked at: several timelines ask about the same moments. */
class Court {
  private readonly hearings = new Map<Instant, Hearing>();
  private readonly credits = new Map<string, Credit>();
  private readonly decided = new Map<string, CreditDecision>();
  private readonly adjudications: readonly Adjudication[];

  constructor(private readonly known: Known) {
    this.adjudications = [...known.view.adjudications].sort(byDecision);
  }

  decisions(): CreditDecision[] {
    return [...this.decided.values()];
  }

  /** Another customer's sign-up says nothing of this one before the two are linked. Where nothing is known of it, that is said once. */
  withoutPrelude(causes: readonly Instant[]): readonly Instant[] {
    const first = causes.findIndex(
      (t) =>
        this.hearingAt(t).situation.identity.conversionAt !== null ||
        this.adjudications.some(({ at }) => at <= t),
    );
    return first < 0 ? [BEGINNING] : causes.slice(first);
  }

  epochsOf(deal: string | null, causes: readonly Instant[]): Epoch[] {
    return causes.map((at) => ({
      at,
      schedule: scheduleOf(this.byPolicy(deal, at), this.byPeople(deal, at)),
    }));
  }

  /** A deal whose credit never differs from the rest has no history of its own. */
  tellDeals(causes: readonly Instant[], general: readonly Epoch[], telling: Telling): void {
    const start = causes[0] ?? BEGINNING;
    for (const { deal, times } of this.latestDeals()) {
      const later = times.filter((at) => at > start);
      const before = new Map(this.decided);
      const epochs = this.epochsOf(deal, inOrder([...causes, ...later]));
      const differs = epochs.some(({ at, schedule }) => {
        const rest = general.findLast((epoch) => epoch.at <= at)?.schedule ?? [];
        return !isSameSchedule(schedule, rest);
      });
      if (!differs || !telling.takes(deal, epochs)) this.forgetSince(before);
    }
  }

  private latestDeals(): { readonly deal: string; readonly times: Instant[] }[] {
    const found = new Map<string, { openedAt: Instant; times: Instant[] }>();
    const adjudicated = new Set(this.adjudications.map(({ deal }) => deal));
    const note = (deal: string, at: Instant, openedAt: Instant) => {
      const held = found.get(deal) ?? { openedAt, times: [] };
      held.times.push(at);
      if (openedAt < held.openedAt) held.openedAt = openedAt;
      found.set(deal, held);
    };
    for (const { deals } of this.known.evidence.values())
      for (const { at, body } of deals) note(body.deal, at, body.openedAt);
    for (const { deal, at } of this.adjudications) if (deal !== null) note(deal, at, at);
    return [...found]
      .map(([deal, { openedAt, times }]) => {
        const order = `${adjudicated.has(deal) ? 1 : 0} ${openedAt} ${deal}`;
        return { deal, times, order };
      })
      .sort((a, b) => (a.order > b.order ? -1 : 1))
      .slice(0, MOST_DEALS);
  }

  private hearingAt(t: Instant): Hearing {
    const held = this.hearings.get(t);
    if (held) return held;
    const { view, evidence } = this.known;
    const isCrowd = evidence.get(view.customer)?.isCrowd ?? false;
    const hearing = hearingOf(view.customer, situationAt(this.known, t), view.terms, isCrowd);
    this.hearings.set(t, hearing);
    return hearing;
  }

  private byPolicy(deal: string | null, at: Instant): Credit {
    const hearing = this.hearingAt(at);
    const state = deal === null ? null : (hearing.situation.deals.get(deal) ?? null);
    const key = `${state?.deal ?? ''} ${at}`;
    return this.once(key, () => decideByPolicy(hearing, state));
  }

  /** What was said of a deal stands above what was said of everything; decided once, at its own time. */
  private byPeople(deal: string | null, t: Instant): Governed[] {
    const until = this.adjudications.filter(({ at }) => at <= t);
    const general = until.filter((each) => each.deal === null);
    const own = deal === null ? [] : until.filter((each) => each.deal === deal);
    return [...general, ...own].map((each) => {
      const credit = this.once(`adjudication ${each.adjudication}`, () =>
        decideByPerson(this.hearingAt(each.at), each),
      );
      return { from: each.from, credit };
    });
  }

  private once(key: string, decide: () => CreditDecision): Credit {
    const held = this.credits.get(key);
    if (held) return held;
    const decided = decide();
    const credit = creditIn(decided);
    this.credits.set(key, credit);
    this.decided.set(decided.decision, decided);
    return credit;
  }

  /** What was said of such a deal is said by the rest as well, except that its shares could not be used. */
  private forgetSince(before: ReadonlyMap<string, CreditDecision>): void {
    for (const [id, decision] of this.decided)
      if (!before.has(id) && !hasUnusedShares(decision)) this.decided.delete(id);
  }
}

const hasUnusedShares = ({ discarded }: CreditDecision): boolean =>
  discarded.some(
    ({ item, reason }) => item.startsWith('deal.') && reason !== 'lost_to_stronger_evidence',
  );

const inOrder = (times: readonly Instant[]): Instant[] => [...new Set(times)].sort();

function isSameSchedule(a: readonly Governed[], b: readonly Governed[]): boolean {
  if (a.length !== b.length) return false;
  return a.every(({ from, credit }, i) => {
    const other = b[i];
    return other !== undefined && from === other.from && sameEffect(credit, other.credit);
  });
}

const byDecision = (a: Adjudication, b: Adjudication): number =>
  `${a.at} ${a.adjudication}` < `${b.at} ${b.adjudication}` ? -1 : 1;

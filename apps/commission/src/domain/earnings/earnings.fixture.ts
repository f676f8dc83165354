import type {
  AgreementData,
  LineCreditedData,
  PartnerData,
  StandingData,
} from '@tributary/contracts';
import {
  type Decision,
  type Instant,
  type JsonObject,
  type Step,
  assertBalanced,
  instant,
  prepare,
  sha256Hex,
  uuidV5,
} from '@tributary/kernel';
import type { PlanVersion, Rule } from '../../../engines/v1/plan';
import { topicOfPlan } from '../plan/events';
import type { EarningsCommand, EarningsRejected, LearnTerm } from './commands';
import { earnings } from './decide';
import type { EarningsEvent } from './events';
import { type Earnings, initialEarnings } from './state';
import { topicOfAgreements, topicOfPartner, topicOfProgramme, topicOfStanding } from './topics';
import { type WindowId, windowAt } from './window';

export const ZONE = 'America/Sao_Paulo';
export const PLAN = 'brcommercial';
export const SIGNED = instant('2026-01-01T00:00:00-03:00');
export const at = (text: string): Instant => instant(text);
/** 12:00 in São Paulo of a day of 2026. */
export const noon = (day: string): Instant => instant(`2026-${day}T12:00:00-03:00`);

export const WHOLE: Rule = { id: 'base', group: 'base', pay: { kind: 'percent', bp: 2500 } };

export const planOf = (
  rules: readonly Rule[] = [WHOLE],
  more: Partial<PlanVersion> = {},
): PlanVersion => ({
  planId: PLAN,
  version: 1,
  programId: 'main',
  asset: 'BRL/2',
  window: 'calendar_quarter',
  timezone: ZONE,
  effective: { from: SIGNED, to: null },
  rounding: { mode: 'half_up', scope: 'line' },
  basis: { use: 'lines.net', excludeTax: true },
  hold: { days: 14, from: 'paidAt' },
  rules,
  ...more,
});

export const windowOf = (partner = 'p1', window = '2026-q1'): WindowId => ({
  partner,
  plan: PLAN,
  window,
});

interface Told {
  readonly id?: WindowId;
  readonly revision?: number;
}

const term = (
  topic: string,
  key: string,
  data: object,
  { id = windowOf(), revision = 1 }: Told,
): LearnTerm => ({
  type: 'LearnTerm',
  id,
  told: { topic, key, revision, data: data as JsonObject },
  at: SIGNED,
});

export const published = (
  plan: PlanVersion = planOf(),
  since = SIGNED,
  told: Told = {},
): LearnTerm => {
  const hash = sha256Hex(JSON.stringify(plan));
  const value = {
    version: plan.version,
    hash,
    engine: 'v1',
    engineHash: sha256Hex('engine'),
    plan,
  };
  const steps = [{ at: since, value }];
  return term(topicOfPlan(PLAN), String(plan.version), { steps }, told);
};

type AgreementStep = AgreementData['steps'][number];
export const agreed = (
  more: Partial<AgreementStep['value']> = {},
  { since = SIGNED, from = since, ...told }: Told & { since?: Instant; from?: Instant } = {},
): LearnTerm => {
  const value: AgreementStep['value'] = {
    partner: 'p1',
    programme: 'main',
    plan: PLAN,
    splits: [],
    parent: null,
    exclusivity: null,
    status: 'active',
    currency: null,
    ...more,
  };
  const agreement = `a${value.partner}`;
  const steps = [from === since ? { at: since, value } : { at: since, from, value }];
  return term(topicOfAgreements(value.partner), agreement, { agreement, steps }, told);
};

export const partnerIs = (
  statuses: readonly (readonly [Instant, PartnerData['steps'][number]['value']['status']])[] = [
    [SIGNED, 'active'],
  ],
  told: Told & { partner?: string; kind?: 'agency' | 'reseller' } = {},
): LearnTerm => {
  const { partner = 'p1', kind = 'agency' } = told;
  const steps = statuses.map(([since, status]) => ({
    at: since,
    value: {
      name: partner,
      type: 'channel',
      kind,
      category: 'other',
      status,
      territories: [],
      verticals: [],
      integrationLevel: 'none',
      benefits: { toPartner: [], fromPartner: [] },
      initiatives: [],
    },
  }));
  return term(topicOfPartner(partner), partner, { partner, steps }, told);
};

export const tiers = (
  steps: readonly (readonly [at: Instant, from: Instant, tier: string])[],
  told: Told = {},
): LearnTerm => {
  const data: StandingData = {
    partner: 'p1',
    track: 'commercial',
    steps: steps.map(([since, from, applied]) => {
      const value = { applied, entitled: applied };
      return since === from ? { at: since, value } : { at: since, from, value };
    }),
  };
  return term(topicOfStanding('p1'), 'commercial', data, told);
};

/** The books in São Paulo, where they would be in UTC. */
export const programme = (told: Told = {}): LearnTerm =>
  term(
    topicOfProgramme('main'),
    'main',
    {
      programme: 'main',
      steps: [
        {
          at: SIGNED,
          value: {
            name: 'Main',
            entity: 'main',
            zone: ZONE,
            sources: [],
            bookFrom: null,
            claims: {},
          },
        },
      ],
    },
    told,
  );

type CreditedLine = LineCreditedData['steps'][number]['value'];

export interface LineText extends Partial<CreditedLine> {
  readonly sale?: string;
  readonly line?: string;
}

export const left = (net: number | string, partner = 'p1'): Partial<CreditedLine> => ({
  net: String(net),
  parts: [{ partner, role: 'sourced', basis: String(net) }],
});

/** A line of p1 alone, unless it says otherwise; further steps change it. */
export function line(
  paidAt: Instant,
  net: number | string,
  more: LineText = {},
  ...later: readonly (readonly [at: Instant, change: Partial<CreditedLine>])[]
): LineCreditedData {
  const { sale = `s${paidAt}`, line: name = 'l1', ...value } = more;
  const first: CreditedLine = {
    ...(left(net) as Pick<CreditedLine, 'net' | 'parts'>),
    influenced: [],
    gross: String(net),
    discount: '0',
    tax: '0',
    asset: 'BRL/2',
    product: 'suite',
    productGroup: null,
    quantity: '1',
    listPrice: null,
    billing: 'monthly',
    usage: null,
    marketplace: null,
    paidAt,
    ordinal: 1,
    customer: {
      pseudonym: 'c1',
      type: 'enterprise',
      country: 'BR',
      segment: null,
      firstPaidAt: paidAt,
      active: true,
      reactivated: false,
    },
    deal: null,
    disputed: false,
    decision: null,
    ...value,
  };
  const steps: Step<CreditedLine>[] = [{ at: paidAt, value: first }];
  for (const [when, change] of later)
    steps.push({ at: when, value: { ...(steps.at(-1) as Step<CreditedLine>).value, ...change } });
  const payment = `${sale}p`;
  const factId = uuidV5('fact', payment);
  return {
    sale,
    payment,
    line: name,
    programme: 'main',
    steps,
    decisions: [],
    facts: [{ factId, hash: sha256Hex(factId) }],
    problems: [],
  };
}

/** The line as it is told for the n-th time. */
export const learned = (
  data: LineCreditedData,
  { id, revision = data.steps.length, child = null }: Told & { child?: string | null } = {},
): EarningsCommand => ({
  type: 'LearnLines',
  id:
    id ??
    windowOf(
      'p1',
      windowAt((data.steps[0] as Step<CreditedLine>).value.paidAt, ZONE, 'calendar_quarter'),
    ),
  zone: ZONE,
  child,
  lines: [{ revision, data }],
});

/** Each revision of a line that its steps would have been told in. */
export const revisionsOf = (data: LineCreditedData): readonly EarningsCommand[] =>
  data.steps.map((_, i) =>
    learned({ ...data, steps: data.steps.slice(0, i + 1) }, { revision: i + 1 }),
  );

const CAUSE = {
  commandId: uuidV5('spec', 'earnings'),
  fingerprint: 'spec',
  actor: 'spec',
  causationId: null,
  correlationId: 'spec',
  traceParent: null,
};

/** A window of a partner, and everything that was appended to it. */
export class Window {
  state: Earnings = initialEarnings;
  readonly events: EarningsEvent[] = [];
  /** The same, append by append. */
  readonly appends: (readonly EarningsEvent[])[] = [];
  /** What came before there was a window; it would be told again. */
  private waiting: LearnTerm[] = [];

  static after(...commands: readonly EarningsCommand[]): Window {
    const window = new Window();
    for (const command of commands) window.run(command);
    return window;
  }

  run(command: EarningsCommand): Decision<EarningsEvent, EarningsRejected> {
    if (command.type === 'LearnTerm' && this.state.opened === null) {
      this.waiting.push(command);
      return { events: [] };
    }
    const decision = earnings.decide(command, this.state);
    if ('events' in decision) this.append(decision.events);
    const { waiting } = this;
    if (this.state.opened !== null) this.waiting = [];
    if (this.waiting.length === 0) for (const each of waiting) this.run(each);
    this.step();
    return decision;
  }

  /** As the runner does it, until there is nothing left. */
  step(): void {
    for (let events = this.next(); events.length > 0; events = this.next()) this.append(events);
  }

  private next(): readonly EarningsEvent[] {
    return earnings.step?.(this.state) ?? [];
  }

  private append(events: readonly EarningsEvent[]): void {
    if (events.length > 0) this.appends.push(events);
    for (const event of events) {
      const { data } = prepare(event, CAUSE, 0, CAUSE.commandId);
      if (data['entry'] !== undefined) assertBalanced(data['entry']);
      this.state = earnings.evolve(this.state, event);
      this.events.push(event);
      this.assertNothingBelowZero();
    }
  }

  private assertNothingBelowZero(): void {
    if (this.balance('Liabilities:Commission:Held') < 0n) throw new Error('Held fell below zero.');
    if (this.balance('Liabilities:Commission:Released') < 0n)
      throw new Error('Released fell below zero.');
  }

  private readonly balances = new Map<string, bigint>();
  private counted = 0;

  /** Credit less debit, of all that was appended. */
  balance(account: string): bigint {
    for (; this.counted < this.events.length; this.counted++) {
      const { data } = this.events[this.counted] as EarningsEvent;
      if (!('entry' in data) || data.entry === undefined) continue;
      for (const leg of data.entry.legs) {
        const signed = leg.side === 'credit' ? BigInt(leg.amount) : -BigInt(leg.amount);
        this.balances.set(leg.account, (this.balances.get(leg.account) ?? 0n) + signed);
      }
    }
    return this.balances.get(account) ?? 0n;
  }

  /** What is posted, by month. */
  months(): Record<string, number> {
    const months: Record<string, number> = {};
    for (const event of this.events)
      if (event.type === 'CommissionPosted')
        months[event.data.month] = (months[event.data.month] ?? 0) + Number(event.data.amount);
    return Object.fromEntries(
      Object.entries(months)
        .filter(([, amount]) => amount !== 0)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  }

  /** What is posted, by line, rule and month: what has to be the same in any order. */
  books(): Record<string, string> {
    const books: Record<string, bigint> = {};
    for (const event of this.events) {
      if (event.type !== 'CommissionPosted') continue;
      const name = `${JSON.stringify(event.data.key)} ${event.data.entity} ${event.data.month}`;
      books[name] = (books[name] ?? 0n) + BigInt(event.data.amount);
    }
    return Object.fromEntries(
      Object.entries(books)
        .filter(([, amount]) => amount !== 0n)
        .map(([name, amount]) => [name, String(amount)] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  }

  held(): number {
    return Number(this.balance('Liabilities:Commission:Held'));
  }

  released(): number {
    return Number(this.balance('Liabilities:Commission:Released'));
  }
}

export function permutations<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}

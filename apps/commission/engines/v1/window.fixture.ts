import {
  type Instant,
  type Step,
  instant,
  periodOf,
  resolvePeriod,
  monthKeysOf,
  zoneOffsets,
  addMonths,
} from '@tributary/kernel';
import { due } from './due';
import type {
  AgreementValue,
  ChildFacts,
  CreditedLine,
  DueKey,
  LineFact,
  MeasureFact,
  OverrideFact,
  PartnerTerms,
  PartnerValue,
  PostedFact,
  WindowFacts,
} from './facts';
import type { LineDue } from './line-due';
import type { PlanVersion, Rule, WindowLength } from './plan';

const ZONE = 'America/Sao_Paulo';
export const PLAN = 'brcommercial';
export const LATE = instant('2027-12-31T00:00:00Z');
const SIGNED = instant('2026-01-01T00:00:00-03:00');

export const at = (text: string): Instant => instant(text);

/** 12:00 in São Paulo of a day of 2026: `03-05`. */
export const noon = (day: string): Instant => instant(`2026-${day}T12:00:00-03:00`);

const WHOLE: Rule = { id: 'base', group: 'base', pay: { kind: 'percent', bp: 2500 } };

export const plan = (
  rules: readonly Rule[] = [WHOLE],
  more: Partial<PlanVersion> = {},
): PlanVersion => ({
  planId: PLAN,
  version: 1,
  programId: 'prg',
  asset: 'BRL/2',
  window: 'calendar_quarter',
  timezone: ZONE,
  effective: { from: '2026-01-01T00:00:00-03:00', to: null },
  rounding: { mode: 'half_up', scope: 'line' },
  basis: { use: 'lines.net', excludeTax: true },
  hold: { days: 14, from: 'paidAt' },
  rules,
  ...more,
});

export const percent = (id: string, bp: number, more: Partial<Rule> = {}): Rule => ({
  id,
  group: 'base',
  pay: { kind: 'percent', bp },
  ...more,
});

export const agreed = (more: Partial<AgreementValue> = {}): AgreementValue => ({
  partner: 'p1',
  programme: 'prg',
  plan: PLAN,
  splits: [],
  parent: null,
  status: 'active',
  ...more,
});

export const partner = (more: Partial<PartnerValue> = {}): PartnerValue => ({
  type: 'channel',
  kind: 'agency',
  category: 'other',
  status: 'active',
  territories: ['BR'],
  verticals: ['retail'],
  integrationLevel: 'none',
  ...more,
});

export const terms = (more: Partial<PartnerTerms> = {}): PartnerTerms => ({
  agreements: [{ agreement: 'a1', steps: [{ at: SIGNED, value: agreed() }] }],
  partner: [{ at: SIGNED, value: partner() }],
  standings: {},
  measures: [],
  ...more,
});

/** Since when which tier applies on the commercial track. */
export const tiers = (...steps: readonly (readonly [since: Instant, tier: string])[]) => ({
  standings: {
    commercial: steps.map(([since, applied]) => ({ at: since, value: { applied } })),
  },
});

export interface LineText extends Partial<CreditedLine> {
  readonly sale?: string;
  readonly payment?: string;
  readonly line?: string;
}

/** A line of `net` minor units for p1 alone, unless `parts` says otherwise; further steps change it. */
export function line(
  paidAt: Instant,
  net: number | string,
  more: LineText = {},
  ...later: readonly (readonly [at: Instant, change: Partial<CreditedLine>])[]
): LineFact {
  const { sale = `s${paidAt}`, payment = `${sale}p`, line: name = 'l1', ...value } = more;
  const first: CreditedLine = { ...credited(paidAt, String(net)), ...value };
  const steps: Step<CreditedLine>[] = [{ at: paidAt, value: first }];
  for (const [when, change] of later)
    steps.push({ at: when, value: { ...(steps.at(-1) as Step<CreditedLine>).value, ...change } });
  return { sale, payment, line: name, factId: `fact ${payment}`, steps };
}

/** What is left for p1 alone. */
export const left = (net: number | string, partnerId = 'p1'): Partial<CreditedLine> => ({
  net: String(net),
  parts: [{ partner: partnerId, role: 'sourced', basis: String(net) }],
});

const credited = (paidAt: Instant, net: string): CreditedLine => ({
  parts: [{ partner: 'p1', role: 'sourced', basis: net }],
  gross: net,
  discount: '0',
  tax: '0',
  net,
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
});

export interface Told {
  readonly plan?: PlanVersion;
  readonly versions?: readonly Step<PlanVersion>[];
  readonly lines?: readonly LineFact[];
  readonly terms?: PartnerTerms;
  readonly children?: readonly ChildFacts[];
  readonly overrides?: readonly OverrideFact[];
  readonly partner?: string;
  /** A moment of the window; its quarter unless the plan says otherwise. */
  readonly inside?: Instant;
}

const LENGTHS = {
  calendar_month: 'month',
  calendar_quarter: 'quarter',
  calendar_year: 'year',
} as const satisfies Record<WindowLength, string>;

export function told(facts: Told): WindowFacts {
  const versions = facts.versions ?? [{ at: SIGNED, value: facts.plan ?? plan() }];
  const length = LENGTHS[versions[0]?.value.window ?? 'calendar_quarter'];
  const inside = facts.inside ?? facts.lines?.[0]?.steps[0]?.value.paidAt ?? noon('03-15');
  const window = periodOf(inside, ZONE, length);
  const months = length === 'month' ? [window.key] : monthKeysOf(window.key);
  const nothing = { lines: [], children: [], overrides: [] };
  const { partner: id = 'p1', terms: agreedTerms = terms() } = facts;
  return {
    ...nothing,
    ...facts,
    partner: id,
    terms: agreedTerms,
    plan: PLAN,
    window,
    months: months.map((key) => resolvePeriod(ZONE, key)),
    offsets: zoneOffsets(ZONE, addMonths(window.from, -24, ZONE), addMonths(window.until, 6, ZONE)),
    versions,
  };
}

export const counted = (measure: string, subject: string, since: Instant): MeasureFact => ({
  measure,
  subject,
  steps: [{ at: since, value: { count: 1, amount: 0 } }],
});

export const posted = (of: LineFact, rule: string, since: Instant, amount: string): PostedFact => ({
  sale: of.sale,
  payment: of.payment,
  line: of.line,
  rule,
  steps: [{ at: since, value: { amount } }],
});

export const keyOf = (of: LineFact, rule = 'base'): DueKey => ({
  sale: of.sale,
  payment: of.payment,
  line: of.line,
  rule,
});

/** What each line is worth, by line and rule, as numbers that a reader can compare with a table. */
export const worth = (facts: Told | WindowFacts, t: Instant = LATE): number[] =>
  dues(facts, t).map(({ rounded }) => Number(rounded));

export const dues = (facts: Told | WindowFacts, t: Instant = LATE): readonly LineDue[] =>
  due('months' in facts ? facts : told(facts), t);

export const total = (facts: Told | WindowFacts, t: Instant = LATE): bigint =>
  dues(facts, t).reduce((sum, { rounded }) => sum + rounded, 0n);

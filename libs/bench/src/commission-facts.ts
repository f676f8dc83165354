import type { AgreementData, LineCreditedData, PartnerData } from '@tributary/contracts';
import {
  type Decider,
  type DomainEvent,
  type Instant,
  type JsonObject,
  type Rejected,
  type StreamName,
  addMonths,
  instant,
  instantOfMs,
  monthKeysOf,
  msOf,
  periodOf,
  periodPartOf,
  resolvePeriod,
  sha256Hex,
  streamOf,
  uuidV5,
  zoneOffsets,
} from '@tributary/kernel';
import { resolve } from 'node:path';

/** Deciders and engines are nobody's business but their service's, which lets no project in; a bench looks at what was built. */
const BUILT = resolve(__dirname, '../../../apps/commission/dist');

export type EarningsEvent = DomainEvent<string, object>;
export type EarningsDecider = Decider<object, EarningsEvent, object, Rejected>;

export interface Due {
  readonly rounded: bigint;
}

export interface Engine {
  due(facts: object, t: Instant): readonly Due[];
  dueOfLine(facts: object, line: object, t: Instant): readonly Due[];
}

/** From a window's state, what its engine is told. */
export interface WindowReader {
  knownIn(state: object): object;
  wholeFacts(state: object, known: object): object;
}

export const builtFile = (file: string): string => resolve(BUILT, file);

const built = async (file: string): Promise<unknown> => import(builtFile(file));

export const loadEngine = async (): Promise<Engine> => (await built('engines/v1/due.js')) as Engine;

export const loadEarnings = async (): Promise<EarningsDecider> =>
  ((await built('src/domain/earnings/decide.js')) as { readonly earnings: EarningsDecider })
    .earnings;

export const loadWindowReader = async (): Promise<WindowReader> =>
  (await built('src/domain/earnings/window-facts.js')) as WindowReader;

export const TENANT = 'bench';
const PLAN = 'brcommercial';
const ZONE = 'America/Sao_Paulo';
const SIGNED = instant('2026-01-01T00:00:00-03:00');
/** Everything is known by then. */
export const LATE = instant('2027-12-31T00:00:00Z');
const QUARTER = periodOf(instant('2026-02-15T15:00:00Z'), ZONE, 'quarter');
const PERCENT_BP = 2_500;
const TYPES = ['enterprise', 'midmarket', 'smb'] as const;
const COUNTRIES = ['BR', 'MX', 'PT'] as const;
const MATRIX_BP = {
  enterprise: { BR: 2_500, MX: 2_000, '*': 1_500 },
  midmarket: { BR: 2_000, MX: 1_500, '*': 1_000 },
  '*': { BR: 1_250, '*': 750 },
};

/** A line is paid to its partner in full, and every fourth for six tenths of it. */
const netOf = (i: number): number => 1_000 + ((i * 7_919) % 100_000);
const basisOf = (i: number): number => (i % 4 === 3 ? Math.floor((netOf(i) * 6) / 10) : netOf(i));
const typeOf = (i: number) => TYPES[i % TYPES.length] as (typeof TYPES)[number];
const countryOf = (i: number) => COUNTRIES[((i * 5) % 7) % COUNTRIES.length] as string;

const halfUp = (basis: number, bp: number): bigint =>
  (BigInt(basis) * BigInt(bp) * 2n + 10_000n) / 20_000n;

/** Reckoned here, and nowhere else, so that what was measured can be held against it. */
export const percentOf = (i: number): bigint => percentOfBasis(basisOf(i));
export const percentOfBasis = (basis: number): bigint => halfUp(basis, PERCENT_BP);

export function matrixOf(i: number): bigint {
  const rates: Readonly<Record<string, number>> =
    typeOf(i) === 'smb' ? MATRIX_BP['*'] : MATRIX_BP[typeOf(i) as 'enterprise' | 'midmarket'];
  return halfUp(basisOf(i), rates[countryOf(i)] ?? rates['*'] ?? 0);
}

export type RuleKind = 'matrix' | 'percent';

const planOf = (kind: RuleKind) => ({
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
  rules: [
    {
      id: 'base',
      group: 'base',
      pay:
        kind === 'percent'
          ? { kind, bp: PERCENT_BP }
          : { kind, by: ['customer.type', 'customer.country'], bp: MATRIX_BP },
    },
  ],
});

/** The i-th line of the quarter, as attribution publishes it. */
export function lineOf(partner: string, i: number): LineCreditedData {
  const sale = `${partner}s${i}`;
  const paidAt = instantOfMs(msOf(QUARTER.from) + 3_600_000 + (i % 80_000) * 90_000);
  const net = netOf(i);
  const basis = basisOf(i);
  const decision = uuidV5('decision', sale);
  const [payment, click] = [uuidV5('payment', sale), uuidV5('click', sale)];
  const other = { partner: 'another', role: 'referred', basis: String(net - basis) };
  return {
    sale,
    payment: `${sale}p`,
    line: 'l1',
    programme: 'main',
    steps: [
      {
        at: paidAt,
        value: {
          parts: [
            { partner, role: 'sourced', basis: String(basis) },
            ...(basis === net ? [] : [other]),
          ],
          influenced: [],
          gross: String(net),
          discount: '0',
          tax: '0',
          net: String(net),
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
            pseudonym: `c${i}`,
            type: typeOf(i),
            country: countryOf(i),
            segment: null,
            firstPaidAt: paidAt,
            active: true,
            reactivated: false,
          },
          deal: null,
          disputed: false,
          decision,
        },
      },
    ],
    decisions: [
      {
        decision,
        policy: { id: 'default', version: 1, hash: sha256Hex('policy') },
        rung: 'last_touch',
        unattributed: null,
        evidence: [{ factId: click, hash: sha256Hex(click) }],
      },
    ],
    facts: [{ factId: payment, hash: sha256Hex(payment) }],
    problems: [],
  };
}

const PARTNER_VALUE: PartnerData['steps'][number]['value'] = {
  name: 'Partner',
  type: 'channel',
  kind: 'agency',
  category: 'other',
  status: 'active',
  territories: ['BR'],
  verticals: [],
  integrationLevel: 'none',
  benefits: { toPartner: [], fromPartner: [] },
  initiatives: [],
};

const agreementOf = (partner: string): AgreementData['steps'][number]['value'] => ({
  partner,
  programme: 'main',
  plan: PLAN,
  splits: [],
  parent: null,
  exclusivity: null,
  status: 'active',
  currency: null,
});

const since = <V>(value: V) => [{ at: SIGNED, value }];

/** What the engine is told about one partner's quarter, without lines. */
export function windowFacts(partner: string, kind: RuleKind) {
  return {
    partner,
    plan: PLAN,
    window: QUARTER,
    months: monthKeysOf(QUARTER.key).map((key) => resolvePeriod(ZONE, key)),
    offsets: zoneOffsets(
      ZONE,
      addMonths(QUARTER.from, -60, ZONE),
      addMonths(QUARTER.until, 12, ZONE),
    ),
    versions: since(planOf(kind)),
    terms: {
      agreements: [{ agreement: `a${partner}`, steps: since(agreementOf(partner)) }],
      partner: since(PARTNER_VALUE),
      standings: {},
      measures: [],
    },
    lines: [],
    children: [],
    overrides: [],
  };
}

export const windowStream = (partner: string): StreamName =>
  streamOf('earnings', TENANT, partner, PLAN, periodPartOf(QUARTER.key));

const idOf = (partner: string) => ({ partner, plan: PLAN, window: QUARTER.key });

export const learnLine = (partner: string, i: number) => ({
  type: 'LearnLines',
  id: idOf(partner),
  zone: ZONE,
  child: null,
  lines: [{ revision: 1, data: lineOf(partner, i) }],
});

interface Told {
  readonly topic: string;
  readonly key: string;
  readonly revision: number;
  readonly data: JsonObject;
}

const told = (topic: string, key: string, data: object): Told => ({
  topic,
  key,
  revision: 1,
  data: data as JsonObject,
});

/** What a window asks for when it has been opened: who the partner is, and what was agreed. */
export const termsOf = (partner: string): readonly Told[] => [
  told(`partner:${partner}`, partner, { partner, steps: since(PARTNER_VALUE) }),
  told(`agreement-of:${partner}`, `a${partner}`, {
    agreement: `a${partner}`,
    steps: since(agreementOf(partner)),
  }),
];

/** What every window asks for: whose programme, and the plan. */
export function termsOfPlan(): readonly Told[] {
  const programme = { name: 'Main', entity: 'main', zone: ZONE, sources: [], bookFrom: null };
  const plan = planOf('percent');
  const version = {
    version: 1,
    hash: sha256Hex(JSON.stringify(plan)),
    engine: 'v1',
    engineHash: sha256Hex('engine'),
    plan,
  };
  const shape = { zone: ZONE, length: plan.window, paysParents: false, counts: [] };
  return [
    told('programme:main', 'main', { programme: 'main', steps: since(programme) }),
    told(`plan:${PLAN}`, '1', { steps: since(version) }),
    // Asked for with every line, to know its window.
    told(`shape:${PLAN}`, PLAN, shape),
  ];
}

export const learnTerms = (partner: string): readonly { readonly type: string }[] =>
  [...termsOfPlan(), ...termsOf(partner)]
    .filter(({ topic }) => !topic.startsWith('shape:'))
    .map((term) => ({ type: 'LearnTerm', id: idOf(partner), told: term, at: SIGNED }));

import fc from 'fast-check';
import type { CreditedLine, LineCreditedData } from '@tributary/contracts';
import { type Instant, prepare, uuidV5, valueAt } from '@tributary/kernel';
import type { LearnOrdinals, LearnRanking, SaleCommand, TakeSaleFact } from './commands';
import type { GivenBack, PaymentCount, SaleFactBody } from './events';
import { linesOf } from './line-timeline';
import {
  BILLING,
  CRM,
  SALE,
  type Told,
  after,
  amount,
  arriving,
  credit,
  creditedSince,
  day,
  factRef,
  line,
  lineOf,
  paid,
  paidBody,
  part,
  refunded,
  retracted,
  said,
  tells,
} from './sale.fixture';

const SEED = 20_260_310;
const runs = (numRuns: number) => ({ seed: SEED, numRuns });

const SOURCES = [BILLING, CRM, 'https://store.example/production'];
const anyDay = fc.integer({ min: 5, max: 25 }).map(day);
const anyPayment = fc.constantFrom('p1', 'p2');
const anyName = fc.constantFrom('r1', 'r2', 'r3');

const anyLines = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    net: fc.integer({ min: -60, max: 400 }),
    tax: fc.integer({ min: 0, max: 40 }),
  }),
  { selector: ({ name }) => name, minLength: 1, maxLength: 3 },
);
const anyGivenBack: fc.Arbitrary<GivenBack> = fc.oneof(
  fc.integer({ min: 1, max: 500 }).map((of) => amount(of)),
  fc
    .tuple(fc.integer({ min: 20, max: 500 }), fc.integer({ min: 0, max: 20 }))
    .map(([of, tax]) => amount(of, tax)),
  anyLines.map((lines) => ({
    lines: lines.map(({ name, net, tax }) => ({ line: name, net: String(net), tax: String(tax) })),
  })),
);

const anyPaid: fc.Arbitrary<SaleFactBody> = fc
  .record({
    payment: anyPayment,
    customer: fc.constantFrom('c1', 'c1', 'c1', 'c2'),
    paidAt: anyDay,
    lines: anyLines,
    programme: fc.constantFrom(null, 'main', 'other'),
    fee: fc.constantFrom(null, '7'),
  })
  .map(({ lines, fee, ...more }) =>
    paidBody(
      lines.map(({ name, net, tax }) => line(name, net, tax)),
      { ...more, marketplace: fee === null ? null : { name: 'aws', fee } },
    ),
  );
const asset = fc.constantFrom('BRL/2', 'BRL/2', 'BRL/2', 'USD/2');
const anyBody: fc.Arbitrary<SaleFactBody> = fc.oneof(
  { weight: 4, arbitrary: anyPaid },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('refunded' as const),
      refund: anyName,
      payment: fc.constantFrom('p1', 'p1', 'p2', null),
      asset,
      reason: fc.constant('asked'),
      at: anyDay,
      of: anyGivenBack,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('refund_failed' as const), refund: anyName }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('credited_back' as const),
      creditNote: fc.constantFrom('cn1', 'cn2'),
      payment: fc.constantFrom('p1', null),
      refund: fc.constantFrom('r1', 'r2', null),
      asset,
      of: anyGivenBack,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('disputed' as const),
      dispute: fc.constantFrom('d1', 'd2'),
      payment: fc.constantFrom('p1', 'p2', null),
      state: fc.constantFrom('opened' as const, 'won' as const, 'lost' as const),
      asset,
      amount: fc.integer({ min: 1, max: 300 }).map(String),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('fee_refunded' as const),
      payment: fc.constantFrom('p1', null),
      feeRefund: fc.constantFrom('f1', 'f2'),
      asset,
      fee: fc.integer({ min: 1, max: 5 }).map(String),
      at: anyDay,
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'voided' as const }) },
);

/** A fact has its own identity, whatever it says; some take the place of another one. */
const anyFacts: fc.Arbitrary<TakeSaleFact[]> = fc
  .array(
    fc.record({
      body: anyBody,
      at: anyDay,
      source: fc.constantFrom(...SOURCES),
      supersedes: fc.option(fc.nat(9), { freq: 8 }),
    }),
    { minLength: 1, maxLength: 10 },
  )
  .map((facts) =>
    facts.map(({ body, at, source, supersedes }, i) => {
      const target = facts[supersedes ?? i];
      const other = supersedes !== null && supersedes !== i ? target : undefined;
      return said(`fact-${i}`, at, body, {
        source,
        ...(other && { supersedes: { source: other.source, id: `fact-${supersedes}` } }),
      });
    }),
  );

const credits = (...names: readonly string[]) =>
  names.map((name, i) =>
    creditedSince(
      day(1 + 9 * i),
      credit(name, [part('northwind', 2), part('southwind', 1), part(name, i)]),
    ),
  );
const LEARNED: readonly SaleCommand[] = [
  tells(credits('one'), { revision: 1 }),
  tells(credits('one', 'two'), { revision: 2, programme: 'other' }),
  tells(credits('three'), { customer: 'c2', canonical: 'c2' }),
  ordinals(1, 'p1', 1),
  ordinals(2, 'p1', 2),
  ordinals(2, 'p2', 1),
  ordinals(3, 'p1', null, 'c2'),
  ordinals(4, 'p2', 1, 'c2'),
  ranking('main', 1, CRM),
  ranking('main', 2, BILLING),
  ranking('other', 1, SOURCES[2] ?? ''),
];

/** Facts of other sales that supersede one of this sale, of which some are retracted. */
const anyHeirs = fc.array(fc.record({ of: fc.nat(9), isRetracted: fc.boolean() }), {
  maxLength: 2,
});

const elsewhereIn =
  (facts: readonly TakeSaleFact[]) =>
  ({ of, isRetracted }: { of: number; isRetracted: boolean }, i: number): SaleCommand[] => {
    const target = facts[of];
    if (target === undefined) return [];
    const id = `heir-${i}`;
    const heir = factRef(CRM, id);
    const superseded = { ...retracted(target, day(20 + i)), by: heir, why: 'superseded' } as const;
    if (!isRetracted) return [superseded];
    const { factId } = heir;
    const end = { ...retracted(target), retracted: { source: CRM, id }, factId } as const;
    return [superseded, end];
  };

/** The same history twice: as it happened, and shuffled with some of it said again. */
const anyHistory = fc
  .tuple(anyFacts, fc.array(fc.nat(9), { maxLength: 2 }), anyHeirs)
  .map(([facts, takenBack, heirs]): SaleCommand[] => {
    const retractions = takenBack.flatMap((i) => (facts[i] ? [retracted(facts[i])] : []));
    // The stream of the fact that is superseded says so too.
    const replaced = facts.flatMap(({ fact, supersedes }): SaleCommand[] =>
      supersedes === null
        ? []
        : [
            {
              type: 'RetractSaleFact',
              sale: SALE,
              retracted: supersedes,
              by: fact.fact,
              why: 'superseded',
              at: fact.at,
            },
          ],
    );
    return [
      ...facts,
      ...retractions,
      ...replaced,
      ...heirs.flatMap(elsewhereIn(facts)),
      ...LEARNED,
    ];
  })
  .chain((history) =>
    fc.tuple(
      fc.constant(history),
      fc.shuffledSubarray(history).chain((again) => {
        const all = [...history, ...again];
        return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
      }),
    ),
  );

describe('any history of a sale', () => {
  it('ends in the same last telling of every line, whatever the order of arrival', () => {
    fc.assert(
      fc.property(anyHistory, ([history, shuffled]) => {
        const [a, b] = [
          arriving(...history).state.published,
          arriving(...shuffled).state.published,
        ];
        for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
          const [one, other] = [a[key], b[key]];
          // What was never told and what was told to be nothing are one.
          if (one && other) expect(other).toEqual(one);
          else expect(isNothing(one ?? other)).toBe(true);
        }
      }),
      runs(120),
    );
  });

  it('has one value at every instant, whatever the order of arrival', () => {
    fc.assert(
      fc.property(anyHistory, anyDay, ([history, shuffled], t) => {
        const [a, b] = [arriving(...history), arriving(...shuffled)];
        expect(earnedAt(b, t)).toEqual(earnedAt(a, t));
      }),
      runs(120),
    );
  });

  it('counts the same payments of the same customers', () => {
    fc.assert(
      fc.property(anyHistory, ([history, shuffled]) => {
        expect(countedIn(arriving(...shuffled))).toEqual(countedIn(arriving(...history)));
      }),
      runs(120),
    );
  });

  it('has told everything that it knows, in events that can be stored', () => {
    fc.assert(
      fc.property(anyHistory, ([, shuffled]) => {
        const { state, events } = arriving(...shuffled);
        for (const [key, now] of linesOf(state)) expect(state.published[key]).toEqual(now);
        for (const event of events) prepare(event, CAUSE, 0, CAUSE.commandId);
      }),
      runs(60),
    );
  });

  it('shares exactly the net of a line, and never takes it below nothing', () => {
    fc.assert(
      fc.property(anyHistory, ([history]) => {
        for (const { steps } of Object.values(arriving(...history).state.published)) {
          for (const { value } of steps) expectSound(value, steps[0]?.value);
        }
      }),
      runs(120),
    );
  });
});

describe('giving a payment back whole', () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 0, maxLength: 6 });
  const shares = fc.array(
    fc.record({ net: fc.integer({ min: 0, max: 3_000 }), tax: fc.integer({ min: 0, max: 300 }) }),
    { minLength: 1, maxLength: 5 },
  );

  it('leaves nothing, however it was cut and in whatever order it was told', () => {
    fc.assert(
      fc.property(shares, cuts, fc.nat(4), (lines, places, exact) => {
        const paidLines = lines.map(({ net, tax }, i) => line(`l${i}`, net, tax));
        const total = lines.reduce((sum, { net, tax }) => sum + net + tax, 0);
        const first = lines[exact];
        const exactPart = first ? first.net + first.tax : 0;
        const marks = [
          ...places.map((place) => place % (total - exactPart + 1)),
          0,
          total - exactPart,
        ];
        marks.sort((a, b) => a - b);
        const refunds = marks
          .slice(1)
          .map((mark, i) => mark - (marks[i] ?? 0))
          .filter((of) => of > 0)
          .map((of, i) => refunded(`r${i}`, day(12 + (i % 3)), amount(of)));
        if (first && exactPart > 0)
          refunds.unshift(
            refunded('exact', day(11), {
              lines: [{ line: `l${exact}`, net: String(first.net), tax: String(first.tax) }],
            }),
          );
        const told = after(paid(paidLines), ...refunds, tells());
        for (const { line: name } of paidLines) {
          const value = lineOf(told, name).steps.at(-1)?.value;
          expect([value?.net, value?.tax]).toEqual(['0', '0']);
          expect(value?.parts.every(({ basis }) => basis === '0')).toBe(true);
        }
      }),
      runs(120),
    );
  });
});

const CAUSE = {
  commandId: uuidV5('spec'),
  fingerprint: 'spec',
  actor: 'spec',
  causationId: null,
  correlationId: 'spec',
  traceParent: null,
};

const isNothing = (told: LineCreditedData | undefined): boolean =>
  told?.steps.every(({ value }) => value.net === '0' && value.parts.length === 0) === true;

/** By line, partner and role; what is nothing is left out. */
function earnedAt({ state }: Told, t: Instant): Readonly<Record<string, string>> {
  const earned: Record<string, string> = {};
  for (const [key, { steps }] of Object.entries(state.published)) {
    for (const { partner, role, basis } of valueAt({ revision: 1, steps }, t)?.parts ?? [])
      if (basis !== '0') earned[`${key} ${partner} ${role}`] = basis;
  }
  return earned;
}

/** As a customer folds what it is told: the highest version of each payment. */
function countedIn({ events }: Told): Readonly<Record<string, object>> {
  const last = new Map<string, PaymentCount>();
  for (const { type, data } of events) {
    if (type !== 'PaymentsCounted') continue;
    for (const payment of data.payments) {
      const key = `${payment.customer} ${payment.payment}`;
      if ((last.get(key)?.version ?? 0) < payment.version) last.set(key, payment);
    }
  }
  const counting = [...last].filter(([, { counts }]) => counts);
  return Object.fromEntries(counting.map(([key, { paidAt, fact }]) => [key, { paidAt, fact }]));
}

function expectSound(value: CreditedLine, first: CreditedLine | undefined): void {
  const sum = value.parts.reduce((all, { basis }) => all + BigInt(basis), 0n);
  if (value.parts.length > 0) expect(String(sum)).toBe(value.net);
  expect(BigInt(value.gross) - BigInt(value.discount) - BigInt(value.tax)).toBe(BigInt(value.net));
  if (first && BigInt(first.net) >= 0n) expect(BigInt(value.net)).toBeGreaterThanOrEqual(0n);
  if (value.marketplace)
    expect(BigInt(value.marketplace.fee)).toBeLessThanOrEqual(
      BigInt(value.net) > 0n ? BigInt(value.net) : 0n,
    );
}

function ordinals(
  revision: number,
  payment: string,
  ordinal: number | null,
  customer = 'c1',
): LearnOrdinals {
  const payments = [{ payment, ordinal }];
  return { type: 'LearnOrdinals', sale: SALE, customer, revision, payments, at: day(1) };
}

function ranking(programme: string, revision: number, ...sources: readonly string[]): LearnRanking {
  return { type: 'LearnRanking', sale: SALE, programme, revision, sources, at: day(1) };
}

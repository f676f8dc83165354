import { type Instant, allocate, stepAt } from '@tributary/kernel';
import fc from 'fast-check';
import type { Credit, CreditTimelines } from './credit';
import { creditOf } from './decide-credit';
import {
  type Known,
  ME,
  type Told,
  adjudged,
  claim,
  customer,
  day,
  deal,
  link,
  owned,
  paid,
  policy,
  signUp,
  touch,
  viewOf,
  visitor,
  withdrawn,
} from './view.fixture';

const RUNS = { numRuns: 150 };

describe('laws of credit', () => {
  it('is the same whatever the order in which evidence was learned', () => {
    fc.assert(
      fc.property(histories.chain(inTwoOrders), terms, ([pieces, permuted], known) => {
        expect(creditOf(viewOf(permuted, known))).toEqual(creditOf(viewOf(pieces, known)));
      }),
      RUNS,
    );
  });

  it('has a value at any time that knows nothing of what happened later', () => {
    fc.assert(
      fc.property(histories, terms, moments, (pieces, known, t) => {
        const until = pieces.filter(({ piece }) => piece.at <= t);
        const adjudications = known.adjudications?.filter((each) => each.at <= t) ?? [];
        const policies = known.policies?.filter((each) => each.at <= t) ?? [];
        const seen = creditOf(viewOf(until, { ...known, adjudications, policies })).timelines;
        const whole = creditOf(viewOf(pieces, known)).timelines;
        for (const paidAt of [day(1), day(60), day(130), day(400)])
          for (const about of [null, 'd1', 'd2'])
            expect(effectAt(whole, about, t, paidAt)).toEqual(effectAt(seen, about, t, paidAt));
      }),
      RUNS,
    );
  });

  it('is restored to the letter when a link is undone', () => {
    fc.assert(
      fc.property(histories, terms, (pieces, known) => {
        const before = creditOf(viewOf(pieces, known)).timelines.general.at(-1)?.value;
        const stranger = customer('c9');
        const joined = [
          ...pieces,
          signUp(day(2), stranger),
          touch('t-stranger', day(1), { partner: 'west' }, stranger),
          link('l-joined', day(300), ME, stranger),
        ];
        const apart = [...joined, link('l-apart', day(301), stranger, ME, false)];
        const after = creditOf(viewOf(apart, known)).timelines.general.at(-1)?.value;
        expect(withoutId(after)).toEqual(withoutId(before));
      }),
      RUNS,
    );
  });

  it('M003: never sources more than the revenue, and never counts who sourced as influence', () => {
    const totals = fc.bigInt({ min: -1_000_000n, max: 1_000_000n });
    fc.assert(
      fc.property(histories, terms, totals, (pieces, known, total) => {
        const { general, deals } = creditOf(viewOf(pieces, known)).timelines;
        for (const { value } of [general, ...Object.values(deals)].flat()) {
          const weights = value.parts.map(({ weight }) => BigInt(weight));
          const shares = weights.length === 0 ? [] : allocate(total, weights);
          const sourced = shares.reduce((sum, share) => sum + share, 0n);
          expect(sourced).toBe(weights.length === 0 ? 0n : total);
          const partners = new Set(value.parts.map(({ partner }) => partner));
          expect(value.influenced.filter((partner) => partners.has(partner))).toEqual([]);
        }
      }),
      RUNS,
    );
  });

  it('names every decision that a step rests on, and each only once', () => {
    fc.assert(
      fc.property(histories, terms, (pieces, known) => {
        const { decisions, timelines } = creditOf(viewOf(pieces, known));
        const ids = decisions.map(({ decision }) => decision);
        expect(new Set(ids).size).toBe(ids.length);
        const steps = [timelines.general, ...Object.values(timelines.deals)].flat();
        for (const { value } of steps) expect(ids).toContain(value.decision);
      }),
      RUNS,
    );
  });
});

const PEOPLE = [ME, customer('c2'), visitor('v1'), visitor('v2')] as const;
const person = fc.constantFrom(...PEOPLE);
const partner = fc.constantFrom('north', 'south', 'east', 'nobody');
const moments = fc.integer({ min: 0, max: 200 }).map((n) => day(n));
const modelKinds = fc.constantFrom('first', 'last', 'linear', 'u', 'w', 'full_path');

const pieces: fc.Arbitrary<(item: string) => Told> = fc.oneof(
  fc.tuple(moments, partner, person, fc.boolean()).map(
    ([at, speaks, of, consent]) =>
      (item: string) =>
        touch(item, at, { partner: speaks, consent }, of),
  ),
  fc.tuple(moments, person).map(
    ([at, of]) =>
      (item: string) =>
        touch(item, at, { type: 'coupon', coupon: 'k1' }, of),
  ),
  fc.tuple(moments, person, person, fc.boolean()).map(
    ([at, a, b, linked]) =>
      (item: string) =>
        link(item, at, a, b, linked),
  ),
  fc.tuple(moments, fc.constantFrom(ME, customer('c2'))).map(
    ([at, of]) =>
      (item: string) =>
        signUp(at, of, { segment: item }),
  ),
  fc.tuple(moments, fc.constantFrom(ME, customer('c2'))).map(
    ([at, of]) =>
      (item: string) =>
        paid(item, at, of),
  ),
  fc.tuple(moments, person, fc.constantFrom('protected', 'pending')).map(
    ([at, of, state]) =>
      (item: string) =>
        claim(`claim.${item}`, at, { state }, of),
  ),
  fc
    .tuple(moments, person, fc.constantFrom('d1', 'd2'), fc.boolean())
    .map(([at, of, about, shared]) => (item: string) => {
      const roles = [
        { partner: 'west', role: 'sales', bp: 6_000 },
        { partner: 'east', role: 'delivery', bp: 4_000 },
      ];
      return deal(`deal.${about}.${item}`, at, { deal: about, roles: shared ? roles : [] }, of);
    }),
  fc.tuple(moments, person).map(
    ([at, of]) =>
      (item: string) =>
        withdrawn(item, at, of),
  ),
);

/** Pieces of one kind may share a time; names are what tells them apart, so that each stands for one piece. */
const histories = fc
  .array(pieces, { maxLength: 9 })
  .map((made) => made.map((piece, i) => piece(`f${i}`)))
  .map((told) => [...new Map(told.map((each) => [each.piece.item, each])).values()]);

const inTwoOrders = (made: Told[]) =>
  fc.tuple(fc.constant(made), fc.shuffledSubarray(made, { minLength: made.length }));

const terms: fc.Arbitrary<Known> = fc
  .tuple(
    fc.option(fc.tuple(modelKinds, moments, moments)),
    fc.uniqueArray(fc.tuple(moments, moments, partner, fc.constantFrom(null, 'd1')), {
      maxLength: 2,
      selector: ([at]) => at,
    }),
  )
  .map(([published, words]) => ({
    policies: published
      ? [policy({ model: { kind: published[0] } }, published[1], published[2])]
      : [],
    adjudications: words.map(([at, from, to, about]) => adjudged(at, to, { from, deal: about })),
    coupons: { k1: [owned('east')] },
  }));

/** Who shares how, without the decision that says so: what else was put aside by then may differ. */
function effectAt(
  { general, deals }: CreditTimelines,
  about: string | null,
  t: Instant,
  paidAt: Instant,
) {
  const steps = (about === null ? undefined : deals[about]) ?? general;
  const credit = stepAt({ revision: 1, steps }, t, paidAt)?.value;
  // Before anybody is known there is either no step or one that says so.
  if (!credit || credit.unattributed === 'customer_unknown') return null;
  return { ...withoutId(credit) };
}

function withoutId(credit: Credit | undefined) {
  if (!credit) return undefined;
  const { decision: _, ...effect } = credit;
  return effect;
}

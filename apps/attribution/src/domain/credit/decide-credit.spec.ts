import { creditOf } from './decide-credit';
import {
  ME,
  SIGNED_UP,
  day,
  link,
  paid,
  policy,
  signUp,
  touch,
  viewOf,
  visitor,
} from './view.fixture';
import { last, history, decided, winners } from './decide-credit.fixture';

describe('M002 crediting a signup by a named, versioned policy', () => {
  it('names the policy, the winner with its evidence, and what was put aside', () => {
    const { decisions, timelines } = creditOf(
      viewOf([signUp(), touch('t1', day(90)), touch('t2', day(95), { partner: 'south' })]),
    );
    expect(decisions).toHaveLength(1);
    expect(decisions[0]).toMatchObject({
      deal: null,
      policy: { id: 'standard', version: 1, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      rung: 'touches',
      unattributed: null,
      conversionAt: SIGNED_UP,
      parts: [{ partner: 'south', role: 'source', weight: 1 }],
      influenced: ['north'],
      evidence: [{ item: 't2', partner: 'south' }],
      discarded: [{ item: 't1', partner: 'north', reason: 'lost_to_stronger_evidence' }],
      discardedCounts: { lost_to_stronger_evidence: 1 },
      restDigest: null,
    });
    expect(timelines.general).toEqual([
      {
        at: SIGNED_UP,
        from: '0001-01-01T00:00:00.000Z',
        value: expect.objectContaining({ decision: decisions[0]?.decision }),
      },
    ]);
    expect(timelines.deals).toEqual({});
  });

  it('takes the policy in force at the conversion', () => {
    const policies = [
      policy({ model: { kind: 'first' } }, day(0), day(0)),
      policy({ model: { kind: 'linear' } }, day(0), day(101)),
    ];
    expect(
      winners([touch('t1', day(90)), touch('t2', day(95), { partner: 'south' })], { policies }),
    ).toEqual(['north']);
  });

  it('decides anew when a policy was approved later for conversions of before', () => {
    const policies = [policy({ model: { kind: 'first' } }, day(120), day(50))];
    const { timelines } = creditOf(
      viewOf([signUp(), touch('t1', day(90)), touch('t2', day(95), { partner: 'south' })], {
        policies,
      }),
    );
    expect(history(timelines.general)).toEqual([
      [SIGNED_UP, 'south'],
      [day(120), 'north'],
    ]);
  });

  it('says that nobody is known while nobody has signed up or paid', () => {
    const { decisions, timelines } = creditOf(viewOf([touch('t1', day(90))]));
    expect(decisions).toMatchObject([
      { rung: 'house', unattributed: 'customer_unknown', conversionAt: null, parts: [] },
    ]);
    expect(timelines.general).toHaveLength(1);
  });

  it('takes the first payment for the conversion of who never signed up', () => {
    const decision = decided([paid('p2', day(110)), paid('p1', day(105)), touch('t1', day(104))]);
    expect(decision).toMatchObject({ conversionAt: day(105), parts: [{ partner: 'north' }] });
  });

  it('lets the house have what nobody brought', () => {
    expect(decided([signUp()])).toMatchObject({
      rung: 'house',
      unattributed: 'no_eligible_evidence',
      parts: [],
      influenced: [],
    });
  });
});

describe('telling only what changes a sale', () => {
  it('keeps the decision by which a sale was credited when a later touch changes nothing', () => {
    const before = creditOf(viewOf([signUp(), touch('t1', day(95))]));
    const after = creditOf(viewOf([signUp(), touch('t1', day(95)), touch('t2', day(105))]));
    expect(after.timelines).toEqual(before.timelines);
    expect(after.decisions).toHaveLength(2);
    expect(after.decisions[1]?.discardedCounts).toEqual({ after_conversion: 1 });
  });

  it('does not decide on every one of many later touches', () => {
    const later = Array.from({ length: 500 }, (_, i) => touch(`t${i}`, day(101 + i)));
    const { decisions, timelines } = creditOf(viewOf([signUp(), ...later]));
    expect(decisions.length).toBeLessThanOrEqual(11);
    expect(timelines.general).toHaveLength(1);
  });

  it('keeps the first and the latest of a history that is too long', () => {
    const comings = Array.from({ length: 150 }, (_, i) =>
      link(`l${i}`, day(110 + i), ME, visitor('v1'), i % 2 === 0),
    );
    const { timelines } = creditOf(
      viewOf([signUp(), touch('t1', day(95), {}, visitor('v1')), ...comings]),
    );
    expect(timelines.general.length).toBeLessThanOrEqual(64);
    expect(timelines.general[0]?.at).toBe(SIGNED_UP);
    expect(last(timelines.general).parts).toEqual([]);
    expect(timelines.general.at(-1)?.at).toBe(day(259));
  });
});

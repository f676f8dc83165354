import type { Track } from '@tributary/contracts';
import { type Asset, type Instant, instant } from '@tributary/kernel';
import fc from 'fast-check';
import type { Told } from '../facts/fact';
import { STARTER_RULES } from '../rules/starter';
import {
  PARTNER,
  csat,
  customer,
  factOf,
  measured,
  on,
  qualified,
} from '../standing/standing.fixture';
import { tierAt } from '../standing/starts';
import { entitledByEvidence, scheduleOf } from './entitled';
import { type Scorecard, scorecardOf } from './scorecard';

const NOW = on('06-30');
const OF = { partner: PARTNER, track: 'commercial' } as const;

const cardOf = (facts: readonly Told[], asOf = NOW, track: Track = 'commercial'): Scorecard =>
  scorecardOf({
    partner: PARTNER,
    track,
    facts: facts.map((fact) => factOf(fact)),
    schedule: scheduleOf(track, []),
    asOf,
    listed: 50,
  });

const entitled = (facts: readonly Told[], asOf = NOW, track: Track = 'commercial') =>
  cardOf(facts, asOf, track).entitled;

const figure = (facts: readonly Told[], tier: string, id: string, asOf = NOW) =>
  cardOf(facts, asOf)
    .tiers.find((each) => each.tier === tier)
    ?.criteria.find(({ criterion }) => criterion.id === id)?.figure;

/** Months of revenue that make so much a year, to the cent. */
const arrOf = (annual: bigint): Told[] => {
  const whole = annual / 12n;
  const rest = annual - whole * 12n;
  if (rest === 0n) return [customer('c1', { '01-05': { mrr: String(whole) } })];
  // Twelve times a month is never this many cents; a second customer is credited with a part.
  const shares = { [PARTNER]: Number(rest), house: Number(12n - rest) };
  return [
    customer('c1', { '01-05': { mrr: String(whole) } }),
    customer('c2', { '01-05': { mrr: '1', shares } }),
  ];
};

describe('annual recurring revenue from referred customers (M101)', () => {
  const arr = (facts: readonly Told[], asOf = NOW) =>
    figure(facts, 'preferred', 'arr', asOf)?.value;

  it.each<readonly [what: string, facts: readonly Told[], expected: string]>([
    ['monthly 10,000 is 120,000', [customer('c1', { '01-05': { mrr: '1000000' } })], '12000000'],
    [
      'annual prepaid 120,000 is 120,000',
      [customer('c1', { '01-05': { mrr: '1000000', interval: 'year' } })],
      '12000000',
    ],
    [
      'so is what is paid by the quarter, as long as a month of it is 10,000',
      [customer('c1', { '01-05': { mrr: '1000000', interval: 'quarter' } })],
      '12000000',
    ],
    [
      'an upgrade in the middle of its term counts from then on, whatever was prepaid',
      [
        customer('c1', {
          '01-05': { mrr: '1000000', interval: 'year' },
          '03-20': { mrr: '1500000', interval: 'year' },
        }),
      ],
      '18000000',
    ],
    [
      'and so does a downgrade',
      [
        customer('c1', {
          '01-05': { mrr: '1000000', interval: 'year' },
          '06-29': { mrr: '250000', interval: 'year' },
        }),
      ],
      '3000000',
    ],
    ['one-off and usage bring nothing', [customer('c1', { '01-05': { mrr: null } })], '0'],
    [
      'a credit of 60/40 is 72,000',
      [customer('c1', { '01-05': { mrr: '1000000', shares: { [PARTNER]: 60, eastwind: 40 } } })],
      '7200000',
    ],
    [
      'and 48,000 for the other',
      [customer('c1', { '01-05': { mrr: '1000000', shares: { eastwind: 60, [PARTNER]: 40 } } })],
      '4800000',
    ],
    [
      'another currency counts for nothing until there is a rate',
      [customer('c1', { '01-05': { mrr: '1000000', asset: 'USD/2' } })],
      '0',
    ],
  ])('%s', (_what, facts, expected) => {
    expect(arr(facts)).toBe(expected);
  });

  it('is nothing from the very instant at which a subscription ends', () => {
    const facts = [customer('c1', { '01-05': { mrr: '1000000' }, '04-10': { mrr: '0' } })];
    expect(arr(facts, on('04-10', '11:59:59'))).toBe('12000000');
    expect(arr(facts, on('04-10'))).toBe('0');
  });

  describe('in other money', () => {
    const dollars = (mrr: string, share = 1) =>
      customer('c1', {
        '01-05': { mrr, asset: 'USD/2', shares: { [PARTNER]: share, house: 3 - share } },
      });
    const at = (rate: string, told: Told, asset: Asset = 'USD/2') => {
      const { content } = STARTER_RULES.commercial;
      const value = { version: 1, hash: 'h', content: { ...content, rates: [{ asset, rate }] } };
      const schedule = scheduleOf('commercial', [{ at: on('02-01'), value }]);
      const card = (asOf: Instant) =>
        scorecardOf({ ...OF, facts: [factOf(told)], schedule, asOf, listed: 50 });
      const arrOf = (asOf: Instant) => card(asOf).tiers[1]?.criteria[0]?.figure;
      return { before: arrOf(on('01-31')), since: arrOf(NOW) };
    };

    it('is converted at the rate that two persons have recorded, since they have', () => {
      // 5.4321 times 12 months of US$ 2,000.00, of which a third is the partner's.
      const { before, since } = at('5.4321', dollars('200000'));
      expect(before).toMatchObject({ value: '0', aside: [{ reason: 'no_rate_yet' }] });
      expect(since).toMatchObject({
        value: '4345680',
        aside: [],
        evidence: [{ fact: 'customer/c1', worth: '4345680' }],
      });
    });

    it.each<readonly [rate: string, mrr: string, asset: Asset, expected: string]>([
      ['0.000001', '125000', 'USD/2', '1'],
      ['0.000001', '124999', 'USD/2', '0'],
      ['0.035', '1000', 'JPY/0', '14000'],
      ['5.5', '1000', 'USD/4', '220'],
    ])('is rounded half up, once for each share, and knows places: %s', (rate, mrr, asset, arr) => {
      const told = customer('c1', { '01-05': { mrr, asset, shares: { [PARTNER]: 1, house: 2 } } });
      expect(at(rate, told, asset).since?.value).toBe(arr);
    });
  });

  it('splits a customer so that the shares are the whole, to the cent', () => {
    const shares = { a: 1, b: 1, [PARTNER]: 1 };
    const of = (partner: string) => customer('c1', { '01-05': { mrr: '1', shares } }, partner);
    const parts = ['a', 'b', PARTNER].map((partner) => {
      const told = of(partner);
      return told.kind === 'customer' ? Number(told.steps[0]?.value.annual) : NaN;
    });
    expect(parts.reduce((sum, part) => sum + part, 0)).toBe(12);
  });

  it('lists what counts for nothing, with the reason, and never guesses', () => {
    const found = figure(
      [
        customer('c1', { '01-05': { mrr: '1000000', asset: 'USD/2' } }),
        customer('c2', { '01-05': { mrr: null } }),
      ],
      'preferred',
      'arr',
    );
    expect(found?.aside).toEqual([
      { fact: 'customer/c1', reason: 'no_rate_yet', detail: '12000000 USD/2' },
      { fact: 'customer/c2', reason: 'no_subscription', detail: null },
    ]);
  });

  it('names the evidence, where it was told, and a digest of all of it', () => {
    const found = figure(arrOf(12_000_001n), 'preferred', 'arr');
    expect(found).toMatchObject({
      value: '12000001',
      facts: 2,
      evidence: [
        { fact: 'customer/c1', told: 'told-acme.x@0', worth: '12000000' },
        { fact: 'customer/c2', told: 'told-acme.x@0', worth: '1' },
      ],
      digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
  });
});

describe('certified (M090)', () => {
  const CERTIFIED = [
    qualified('certificate', 'certified', '01-10'),
    measured('implementation.completed', 'i1', '01-20'),
    qualified('commitment', '5', '01-15'),
  ];
  const LEADS = ['l1', 'l2', 'l3', 'l4', 'l5'];
  const leads = (count: number) =>
    LEADS.slice(0, count).map((lead) => measured('lead.accepted', lead, '05-10'));

  it('takes training, one implementation and the commitment to five referrals a quarter', () => {
    expect(entitled(CERTIFIED)).toBe('certified');
    for (const without of CERTIFIED.keys())
      expect(entitled(CERTIFIED.filter((_fact, i) => i !== without))).toBeNull();
  });

  it('is not reached by a commitment to four', () => {
    expect(entitled([...CERTIFIED.slice(0, 2), qualified('commitment', '4', '01-15')])).toBeNull();
  });

  it('four referrals in a quarter put it at risk, and take nothing away', () => {
    const [july, risk] = [
      on('07-02'),
      { criterion: 'referrals', quarter: '2026-q2', committed: 5 },
    ];
    const missed = cardOf([...CERTIFIED, ...leads(4)], july);
    expect(missed).toMatchObject({ entitled: 'certified', risks: [{ ...risk, found: 4 }] });
    expect(cardOf([...CERTIFIED, ...leads(5)], july)).toMatchObject({ risks: [] });
  });

  it('judges no quarter in which the commitment was not in force from its first day', () => {
    expect(cardOf(CERTIFIED, on('04-02')).risks).toEqual([]);
  });

  it('ends the instant a certificate runs out', () => {
    const facts = [qualified('certificate', 'certified', '01-10', '05-01'), ...CERTIFIED.slice(1)];
    expect(entitled(facts, on('05-01', '11:59:59'))).toBe('certified');
    expect(entitled(facts, on('05-01'))).toBeNull();
    expect(
      cardOf(facts, on('05-02')).tiers[0]?.criteria.find(({ met }) => !met)?.figure.aside,
    ).toEqual([expect.objectContaining({ reason: 'expired' })]);
  });
});

describe('preferred (M091) and strategic (M092), as strictly as D12 says', () => {
  const ADVANCED = qualified('certificate', 'advanced', '01-10');
  const PLAN = qualified('jointplan', 'aligned', '01-10');

  it.each<readonly [what: string, facts: readonly Told[], tier: string | null]>([
    [
      '50,000.00, 4.01 and the certificate',
      [...arrOf(5_000_000n), csat('r1', '02-01', '4.01'), ADVANCED],
      'preferred',
    ],
    [
      '49,999.99 is not enough',
      [...arrOf(4_999_999n), csat('r1', '02-01', '4.01'), ADVANCED],
      null,
    ],
    ['4.00 is not above 4.0', [...arrOf(5_000_000n), csat('r1', '02-01', '4.00'), ADVANCED], null],
    ['no certificate', [...arrOf(5_000_000n), csat('r1', '02-01', '4.01')], null],
    ['no answer at all', [...arrOf(5_000_000n), ADVANCED], null],
    [
      'an average of 4.000001 is above',
      [
        ...arrOf(5_000_000n),
        csat('r1', '02-01', '3.000001'),
        csat('r2', '02-01', '5'),
        csat('r3', '02-01', '4.000002'),
        ADVANCED,
      ],
      'preferred',
    ],
    [
      '200,000.00, 4.51 and the aligned plan',
      [...arrOf(20_000_000n), csat('r1', '02-01', '4.51'), PLAN],
      'strategic',
    ],
    [
      '199,999.99 is not strategic',
      [...arrOf(19_999_999n), csat('r1', '02-01', '4.51'), PLAN, ADVANCED],
      'preferred',
    ],
    [
      '4.5 is not above 4.5',
      [...arrOf(20_000_000n), csat('r1', '02-01', '4.5'), PLAN, ADVANCED],
      'preferred',
    ],
    [
      'a plan that is only agreed',
      [
        ...arrOf(20_000_000n),
        csat('r1', '02-01', '4.51'),
        qualified('jointplan', 'agreed', '01-10'),
      ],
      null,
    ],
  ])('%s', (_what, facts, tier) => {
    expect(entitled(facts)).toBe(tier);
  });

  it('never converts an NPS, or another scale, into a satisfaction (D2)', () => {
    const nps = measured('csat', 'r2', '02-01', {
      score: { instrument: 'nps', min: '-100', max: '100', value: '72' },
    });
    const ten = csat('r3', '02-01', '9', { min: '0', max: '10' });
    const found = figure([nps, ten], 'preferred', 'satisfaction');
    expect(found).toMatchObject({
      value: 'none',
      missing: 'an answer',
      aside: [{ reason: 'another_instrument' }, { reason: 'another_instrument' }],
    });
  });

  it('forgets an answer after a year', () => {
    const facts = [...arrOf(5_000_000n), csat('r1', '02-01', '5'), ADVANCED];
    expect(entitled(facts, instant('2027-02-01T14:59:59Z'))).toBe('preferred');
    expect(entitled(facts, instant('2027-02-01T15:00:00Z'))).toBeNull();
  });
});

describe('the integration track (M093)', () => {
  const BASE = ['live', 'mutual_benefit', 'maintenance'].map((level) =>
    qualified('integration', level, '01-10'),
  );
  const of = (facts: readonly Told[], asOf: Instant = NOW) => entitled(facts, asOf, 'integration');

  it('takes a live integration, mutual benefit and maintenance', () => {
    expect(of(BASE)).toBe('self-serve');
    for (const without of BASE.keys()) expect(of(BASE.filter((_f, i) => i !== without))).toBeNull();
    expect(of([...BASE, qualified('integration', 'joint', '03-01')])).toBe('joint');
    expect(of([...BASE, qualified('integration', 'marquee', '03-01')])).toBe('strategic');
  });

  it('has no say in the commercial one, nor the other way round', () => {
    expect(entitled(BASE)).toBeNull();
    expect(of([...arrOf(20_000_000n), csat('r1', '02-01', '5')])).toBeNull();
  });
});

describe('what a scorecard shows besides', () => {
  it('is training, implementations, referrals per quarter, and what runs out when', () => {
    const { overview } = cardOf([
      measured('training.completed', 't1', '01-10', { amount: 239 }),
      measured('training.completed', 't2', '02-10', { amount: 1 }),
      measured('implementation.completed', 'i1', '01-20'),
      measured('implementation.qualified', 'i1', '01-25'),
      measured('lead.accepted', 'l1', '03-31'),
      measured('lead.accepted', 'l2', '04-01'),
      measured('lead.accepted', 'l3', '08-01'),
      measured('csat', 'r1', '02-01', {
        score: { instrument: 'nps', min: '-100', max: '100', value: '-12.5' },
      }),
      csat('r2', '02-02', '4.25'),
      csat('r3', '02-03', '4'),
      qualified('certificate', 'advanced', '01-10', '09-01'),
      qualified('certificate', 'certified', '01-10', '05-01'),
      qualified('commitment', '5', '01-10'),
    ]);
    expect(overview).toEqual({
      trainingMinutes: 240,
      implementations: { completed: 1, qualified: 1 },
      referrals: [
        { quarter: '2026-q2', accepted: 1 },
        { quarter: '2026-q1', accepted: 1 },
        { quarter: '2025-q4', accepted: 0 },
        { quarter: '2025-q3', accepted: 0 },
      ],
      satisfaction: [
        { instrument: 'csat', min: '1', max: '5', answers: 2, average: '4.125' },
        { instrument: 'nps', min: '-100', max: '100', answers: 1, average: '-12.5' },
      ],
      qualifications: [
        { kind: 'certificate', record: 'advanced', level: 'advanced', validUntil: on('09-01') },
        { kind: 'commitment', record: '5', level: '5', validUntil: null },
      ],
    });
  });
});

describe('evaluation as a function of facts and time (M094)', () => {
  const FACTS: readonly Told[] = [
    customer('c1', {
      '01-05': { mrr: '300000' },
      '03-10': { mrr: '600000' },
      '05-10': { mrr: '0' },
    }),
    customer('c2', { '02-05': { mrr: '200000', shares: { [PARTNER]: 1, other: 2 } } }),
    csat('r1', '02-01', '4.4'),
    csat('r2', '03-01', '3.9'),
    csat('r3', '04-01', '4.9'),
    qualified('certificate', 'advanced', '02-20', '06-01'),
    qualified('commitment', '5', '01-15'),
    measured('implementation.completed', 'i1', '01-20'),
  ];

  it('gives the same decision whenever it is asked, and in whatever order facts came', () => {
    const first = cardOf(FACTS).hash;
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...FACTS], { minLength: FACTS.length }),
        (shuffled) => cardOf(shuffled).hash === first,
      ),
    );
  });

  it('has a history whose value at any time is what it would have said then', () => {
    const facts = FACTS.map((fact) => factOf(fact));
    const schedule = scheduleOf('commercial', []);
    const history = entitledByEvidence(facts, schedule, NOW);
    expect(history.map(({ tier }) => tier)).toEqual(['certified', 'preferred', 'certified', null]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 180 * 24 }), (hours) => {
        const t = instant(new Date(Date.UTC(2026, 0, 1, hours)).toISOString());
        const then = tierAt(entitledByEvidence(facts, schedule, t), t);
        expect(tierAt(history, t)).toBe(then);
        expect(cardOf(FACTS, t).entitled).toBe(then);
        // The figures and the history are two computations of one thing.
        const met = cardOf(FACTS, t).tiers.filter((tier) => tier.met);
        expect(met.at(-1)?.tier ?? null).toBe(then);
      }),
    );
  });
});

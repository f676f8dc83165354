import {
  Window,
  agreed,
  at,
  learned,
  left,
  line,
  noon,
  partnerIs,
  planOf,
  programme,
  published,
  revisionsOf,
  tiers,
  windowOf,
  SIGNED,
} from '../earnings/earnings.fixture';
import type { PlanVersion } from '../../../engines/v1/plan';
import type { EarningsCommand } from '../earnings/commands';
import { explained, recordsOf } from './explain.fixture';
import type { LineTree } from './tree';
import { differencesIn, isRecomputed } from './verify';

const TERMS = [programme(), partnerIs(), agreed(), published()];
const PAID = noon('02-10');

const [BEFORE, AFTER] = revisionsOf(line(PAID, 100_001, {}, [noon('04-20'), left(66_667)]));

/** Released in full, and refunded in part afterwards. */
const refunded = () =>
  Window.after(
    ...TERMS,
    BEFORE as EarningsCommand,
    { type: 'ReleaseHolds', id: windowOf(), asOf: noon('03-15'), by: 'finance' },
    AFTER as EarningsCommand,
  );

describe('explaining what a line is worth (M035)', () => {
  it('shows every posting with its event, its hash and its entry, month by month', () => {
    const tree = explained(refunded());
    expect(tree.months.map(({ month, amount }) => [month, amount])).toEqual([
      ['2026-02', '25000'],
      ['2026-04', '-8333'],
    ]);
    const [posting] = tree.months[0]?.postings ?? [];
    expect(posting?.event.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(posting?.entry.legs).toHaveLength(2);
    expect(tree).toMatchObject({
      posted: '16667',
      partner: 'p1',
      window: '2026-q1',
      behind: false,
    });
    expect(BigInt(tree.held) + BigInt(tree.released)).toBe(16_667n);
  });

  it('shows the rule step by step, with the exact amount before it is rounded', () => {
    const { worth, plan } = explained(refunded());
    expect(worth).toMatchObject({ rounded: '16667', exact: '66667/4', rule: 'base', reason: null });
    expect(worth?.steps.map(({ step }) => step)).toEqual([
      'terms',
      'basis',
      'match',
      'percent',
      'round',
      'hold',
    ]);
    expect(plan).toMatchObject({ version: 1, engine: 'v1', event: { type: 'TermLearned' } });
  });

  it('names an event with its hash behind every step', () => {
    const tree = explained(refunded());
    const known = new Map(recordsOf(refunded()).map((record) => [record.id, record.contentHash]));
    for (const { step, events } of tree.worth?.steps ?? []) {
      expect([step, events.length > 0]).toEqual([step, true]);
      for (const { id, hash } of events) expect(known.get(id)).toBe(hash);
    }
    for (const event of [tree.event, tree.plan?.event])
      expect(known.get(event?.id ?? '')).toBe(event?.hash);
  });

  it('shows the decision about credit, its evidence, and the facts of money', () => {
    const told = line(PAID, 1000);
    const decision = '11111111-1111-5111-8111-111111111111';
    const evidence = [{ factId: '22222222-2222-5222-8222-222222222222', hash: 'ab'.repeat(32) }];
    const policy = { id: 'standard', version: 1, hash: 'cd'.repeat(32) };
    const behind = { decision, policy, rung: 'touches', unattributed: null, evidence };
    const steps = told.steps.map((step) => ({ ...step, value: { ...step.value, decision } }));
    const window = Window.after(...TERMS, learned({ ...told, steps, decisions: [behind] }));
    const tree = explained(window);
    expect(tree.credit).toMatchObject({ ...behind, event: { type: 'LineLearned' } });
    expect(tree.facts).toEqual(told.facts);
  });

  it('answers for a month of the books, and for what was known', () => {
    const window = refunded();
    expect(explained(window, { on: at('2026-03-02T00:00:00Z') })).toMatchObject({
      effective: '2026-04-01T02:59:59.999Z',
      posted: '25000',
      released: '25000',
      worth: { rounded: '25000' },
    });
    const posted = window.events.findIndex(({ type }) => type === 'CommissionPosted');
    const before = explained(window, { through: BigInt(posted + 1) });
    expect(before).toMatchObject({ posted: '25000', released: '0' });
    for (const tree of [before, explained(window, { on: PAID })])
      expect(differencesIn(tree)).toEqual([]);
  });

  it('explains a line that earns nothing', () => {
    const window = Window.after(programme(), partnerIs(), published(), learned(line(PAID, 1000)));
    const tree = explained(window);
    expect(tree).toMatchObject({ posted: '0', months: [], worth: { reason: 'no_agreement' } });
    expect(differencesIn(tree)).toEqual([]);
  });
});

describe('doing the arithmetic again from the tree alone', () => {
  const bands = [{ upTo: '1000', bp: 2000 }, { bp: 3333 }];
  const schedule = (mode: string) => ({
    kind: 'schedule',
    mode,
    measure: { sum: 'credited.net', window: 'calendar_quarter' },
    bands,
  });
  const kinds: readonly { name: string; pay: object; more?: Partial<PlanVersion> }[] = [
    { name: 'percent', pay: { kind: 'percent', bp: 2500 } },
    {
      name: 'a matrix',
      pay: { kind: 'matrix', by: 'partner.tier@event', bp: { certified: 2000 } },
    },
    { name: 'a marginal schedule', pay: schedule('marginal') },
    { name: 'a cliff', pay: schedule('cliff') },
    { name: 'a retroactive schedule', pay: schedule('retroactive') },
    { name: 'a flat amount', pay: { kind: 'flat', amount: '5000' } },
    { name: 'an amount for the order', pay: { kind: 'flat', amount: '5000', per: 'order' } },
    { name: 'an amount for each unit', pay: { kind: 'per_unit', amount: '333' } },
    { name: 'a split', pay: { kind: 'split', bp: 3333, by: 'attribution' } },
    {
      name: 'a percentage under a cap',
      pay: { kind: 'percent', bp: 3000 },
      more: { limits: [{ id: 'cap', scope: 'partner', window: 'calendar_month', max: '400' }] },
    },
    {
      name: 'a bonus',
      pay: {
        kind: 'bonus',
        amount: '700',
        once: 'calendar_quarter',
        when: { sum: 'credited.net', gte: '1500' },
      },
    },
  ];

  it.each(kinds)('ends in the line, before and after a refund: $name', ({ pay, more }) => {
    const rules = [{ id: 'base', group: 'base', pay }] as unknown as PlanVersion['rules'];
    const window = Window.after(
      ...TERMS.slice(0, 3),
      published(planOf(rules, more)),
      tiers([[SIGNED, SIGNED, 'certified']]),
      ...revisionsOf(line(PAID, 1001, { quantity: '3' }, [noon('03-20'), left(500)])),
      learned(line(noon('02-11'), 999)),
    );
    const posted = window.events.filter((event) => event.type === 'CommissionPosted');
    expect(posted.length).toBeGreaterThan(0);
    for (const { data } of posted)
      for (const on of [null, noon('02-15')])
        expect(differencesIn(explained(window, { lineId: data.lineId, on }))).toEqual([]);
  });

  it('ends in what two persons decided', () => {
    const window = Window.after(...TERMS, learned(line(PAID, 1000)));
    const { lineId } = explained(window);
    const of = { id: windowOf(), line: lineId, override: 'o1', receivedAt: noon('03-01') };
    window.run({ ...of, type: 'ProposeOverride', amount: '100', reason: 'agreed', by: 'ana' });
    window.run({ ...of, type: 'ApproveOverride', by: 'bea' });
    const tree = explained(window);
    expect(tree).toMatchObject({ posted: '100', worth: { rounded: '100' } });
    expect(differencesIn(tree)).toEqual([]);
    const decided = tree.worth?.steps.find(({ step }) => step === 'override');
    expect(decided?.events).toMatchObject([{ type: 'OverrideDecided' }]);
  });

  const tampered: readonly (readonly [string, (tree: Loose) => void])[] = [
    [
      'an amount that was posted',
      (tree) => {
        first(tree).amount = '25001';
      },
    ],
    [
      'a leg of an entry',
      (tree) => {
        first(tree).entry.legs[0].amount = '24999';
      },
    ],
    [
      'a month that is left out',
      (tree) => {
        tree.months.pop();
      },
    ],
    [
      'a release that is left out',
      (tree) => {
        tree.releases.pop();
      },
    ],
    [
      'the worth',
      (tree) => {
        tree.worth.rounded = '16668';
      },
    ],
    [
      'a rate',
      (tree) => {
        stepOf(tree, 'percent').inputs.rate = '3/10';
      },
    ],
    [
      'a result',
      (tree) => {
        stepOf(tree, 'percent').result = '66668/4';
      },
    ],
    [
      'a step that no longer takes up the one before',
      (tree) => {
        Object.assign(stepOf(tree, 'percent'), {
          inputs: { of: '40000', rate: '1/4' },
          result: '10000',
        });
      },
    ],
    [
      'the held sum',
      (tree) => {
        tree.held = '1';
      },
    ],
  ];

  it.each(tampered)('finds a tree that was tampered with: %s', (_, change) => {
    const tree = JSON.parse(toText(explained(refunded()))) as LineTree;
    expect(isRecomputed(tree)).toBe(true);
    change(tree);
    expect(isRecomputed(tree)).toBe(false);
  });

  it('says that a window is behind instead of claiming a number', () => {
    const tree: LineTree = { ...explained(refunded()), behind: true };
    expect(isRecomputed(tree)).toBe(false);
  });
});

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- A tree that somebody has changed has no shape to rely on.
type Loose = any;

const first = (tree: Loose): Loose => tree.months[0].postings[0];
const stepOf = (tree: Loose, name: string): Loose =>
  tree.worth.steps.find(({ step }: { readonly step: string }) => step === name);

const toText = (tree: LineTree): string =>
  JSON.stringify(tree, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));

import type { LineCreditedData } from '@tributary/contracts';
import { type JsonObject, allocate } from '@tributary/kernel';
import type { Rule } from '../../../engines/v1/plan';
import type { EarningsCommand } from './commands';
import {
  WHOLE,
  Window,
  agreed,
  learned,
  line,
  noon,
  partnerIs,
  permutations,
  planOf,
  programme,
  published,
  revisionsOf,
  windowOf,
} from './earnings.fixture';
import { topicOfPosted } from './topics';
import { Q1_TERMS, inEveryOrder, percent } from './cases.fixture';

describe('E4 and E23: a deal of two partners, and one of them alone after the close', () => {
  const shares = (
    weights: readonly bigint[],
  ): LineCreditedData['steps'][number]['value']['parts'] =>
    allocate(166_667n, weights).map((basis, i) => ({
      partner: `p${String(i + 1)}`,
      role: 'cosell',
      basis: String(basis),
    }));
  const deal = line(noon('03-05'), 166_667, { parts: shares([60n, 40n]) }, [
    noon('05-12'),
    { parts: [{ partner: 'p1', role: 'cosell', basis: '166667' }] },
  ]);
  const rate = (bp: number) => published(planOf([percent('base', bp)]));

  it('pays A 30,000 in March, and 20,000 more in May', () => {
    const months = { '2026-03': 30_000, '2026-05': 20_000 };
    inEveryOrder([...revisionsOf(deal), rate(3000), agreed()], months, Q1_TERMS.slice(1));
  });

  it('pays B 13,333 in March, and takes it back in May', () => {
    const id = windowOf('p2');
    const terms = [
      { ...agreed({ partner: 'p2' }), id },
      { ...partnerIs(undefined, { partner: 'p2' }), id },
      { ...programme(), id },
      { ...rate(2000), id },
    ];
    const revisions = revisionsOf(deal).map((each) => ({ ...each, id }));
    const months = { '2026-03': 13_333, '2026-05': -13_333 };
    for (const order of permutations([...revisions, ...terms.slice(2)]))
      expect(Window.after(...terms.slice(0, 2), ...order).months()).toEqual(months);
  });
});

describe('E9: what the partner above earns', () => {
  const id = windowOf('parent');
  const rules = (of: 'basis' | 'child_commission', bp: number): Rule => ({
    id: 'parent',
    group: 'override',
    stack: true,
    payee: 'partner.parent',
    pay: { kind: 'percent', bp, of, levels: 1 },
  });
  const ofChild = {
    ...learned(line(noon('03-05'), 170_910), { child: 'p1' }),
    id,
  } as EarningsCommand;
  const terms = [
    { ...agreed({ partner: 'parent', plan: null }), id },
    { ...agreed({ parent: 'parent' }), id },
    { ...partnerIs(undefined, { partner: 'parent' }), id },
    { ...partnerIs(), id },
    { ...programme(), id },
  ];

  it('is 5% of the basis: 8,546', () => {
    const plan = { ...published(planOf([WHOLE, rules('basis', 500)])), id };
    const [own, below, ...rest] = terms as [EarningsCommand, EarningsCommand];
    inEveryOrder([ofChild, plan, own, below], { '2026-03': 8_546 }, rest);
  });

  it('is 10% of the commission below: 4,273, whichever is told first', () => {
    const both = published(planOf([WHOLE, rules('child_commission', 1000)]));
    const below = Window.after(...Q1_TERMS, both, learned(line(noon('03-05'), 170_910)));
    const summed = below.events.flatMap((event) =>
      event.type === 'CommissionSummed' ? [event.data] : [],
    );
    expect(summed).toMatchObject([{ steps: [{ at: noon('03-05'), value: { amount: '42728' } }] }]);
    const [posted] = summed as [(typeof summed)[0]];
    const topic = topicOfPosted('p1', `${posted.key.sale} ${posted.key.payment} l1`);
    const told = { topic, key: posted.lineId, revision: 5, data: posted as unknown as JsonObject };
    const learn: EarningsCommand = { type: 'LearnTerm', id, told, at: noon('03-05') };
    inEveryOrder([ofChild, { ...both, id }, learn], { '2026-03': 4_273 }, terms);
  });
});

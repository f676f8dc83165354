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
import type { CommissionSummed } from './events';
import { topicOfPosted } from './topics';
import { Q1_TERMS, inEveryOrder, percent, summedIn } from './cases.fixture';

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

describe('sales paid before the books of the programme begin', () => {
  const { told } = programme();
  const [step] = told.data['steps'] as unknown as [{ at: string; value: JsonObject }];
  const steps = [{ ...step, value: { ...step.value, bookFrom: noon('04-01') } }];
  const fromApril: EarningsCommand = {
    ...programme(),
    told: { ...told, data: { ...told.data, steps } },
  };
  const sale = line(noon('03-05'), 100_000, {}, [
    noon('05-12'),
    { parts: [{ partner: 'p2', role: 'sourced', basis: '100000' }] },
  ]);

  it('are not booked when another partner is adjudged later', () => {
    const facts = [...revisionsOf(sale), published(), agreed()];
    for (const order of permutations(facts)) {
      const window = Window.after(partnerIs(), fromApril, ...order);
      expect(window.events.filter(({ type }) => type === 'CommissionPosted')).toEqual([]);
    }
  });

  it('are not booked when another rule wins later', () => {
    const [first] = revisionsOf(sale) as [EarningsCommand];
    const other = planOf([percent('other', 2000)], { version: 2 });
    const { told: told2, ...rest } = published(other, noon('05-12'));
    const [version] = told2.data['steps'] as unknown as [JsonObject];
    const data = { ...told2.data, steps: [{ ...version, from: noon('03-01') }] };
    const second: EarningsCommand = { ...rest, told: { ...told2, data } };
    for (const order of permutations([first, published(), second, agreed()])) {
      const window = Window.after(partnerIs(), fromApril, ...order);
      expect(window.events.filter(({ type }) => type === 'CommissionPosted')).toEqual([]);
    }
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
  const sumTold = (sum: CommissionSummed['data'], revision: number): EarningsCommand => {
    const { partner, lineId, key } = sum;
    const topic = topicOfPosted(partner, `${key.sale} ${key.payment} ${key.line}`);
    const told = { topic, key: lineId, revision, data: sum as unknown as JsonObject };
    return { type: 'LearnTerm', id, told, at: noon('03-05') };
  };
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
    const summed = summedIn(below);
    expect(summed).toMatchObject([{ steps: [{ at: noon('03-05'), value: { amount: '42728' } }] }]);
    const learn = summed.map((sum) => sumTold(sum, 5));
    inEveryOrder([ofChild, { ...both, id }, ...learn], { '2026-03': 4_273 }, terms);
  });

  it.each([
    ['line by line', undefined],
    [
      'all lines together',
      [{ id: 'cap', scope: 'partner', window: 'calendar_month', max: '9000000' }] as const,
    ],
  ])(
    'is taken back when two persons decide that the line below is worth nothing, %s',
    (_, limits) => {
      const both = published(
        planOf([WHOLE, rules('child_commission', 1000)], limits && { limits }),
      );
      const sale = learned(line(noon('03-05'), 100_000));
      const below = Window.after(...Q1_TERMS, both, sale);
      const decision = {
        line: summedIn(below)[0]?.lineId ?? '',
        override: 'd1',
        amount: '0',
        proposedBy: 'ana',
        by: 'bea',
        receivedAt: noon('05-10'),
      };
      below.run({ type: 'TakeDecision', id: windowOf(), ...decision });
      expect(below.months()).toEqual({ '2026-03': 25_000, '2026-05': -25_000 });

      const ofSale = { ...learned(line(noon('03-05'), 100_000), { child: 'p1' }), id };
      const told = summedIn(below).map((sum, i) => sumTold(sum, i + 1));
      const months = { '2026-03': 2_500, '2026-05': -2_500 };
      const facts = [ofSale as EarningsCommand, { ...both, id }, ...told];
      inEveryOrder(facts, months, terms);
      const above = Window.after(...terms, ...facts);
      expect(above.events.findLast(({ type }) => type === 'CommissionPosted')).toMatchObject({
        occurredAt: noon('05-10'),
      });
    },
  );

  it('is a part of what two persons decide that the line below is worth, where no rule pays it', () => {
    const services = { ...WHOLE, when: { 'line.productGroup': 'services' } };
    const both = published(planOf([services, rules('child_commission', 1000)]));
    const below = Window.after(...Q1_TERMS, both, learned(line(noon('03-05'), 100_000)));
    const explained = below.events.findLast(({ type }) => type === 'EarningExplained');
    expect(explained).toMatchObject({ data: { reason: 'no_rule' } });
    below.run({
      type: 'TakeDecision',
      id: windowOf(),
      line: explained?.type === 'EarningExplained' ? explained.data.lineId : '',
      override: 'd1',
      amount: '20000',
      proposedBy: 'ana',
      by: 'bea',
      receivedAt: noon('05-10'),
    });
    const ofSale = { ...learned(line(noon('03-05'), 100_000), { child: 'p1' }), id };
    const told = summedIn(below).map((sum, i) => sumTold(sum, i + 1));
    const facts = [ofSale as EarningsCommand, { ...both, id }, ...told];
    inEveryOrder(facts, { '2026-05': 2_000 }, terms);
  });

  it('is no part of what the same line earns the partner below under another plan', () => {
    const both = published(planOf([WHOLE, rules('child_commission', 1000)]));
    const below = Window.after(...Q1_TERMS, both, learned(line(noon('03-05'), 100_000)));
    const [sum] = summedIn(below) as [CommissionSummed['data']];
    const elsewhere = { ...sum, plan: 'services', lineId: 'other' };
    const ofSale = { ...learned(line(noon('03-05'), 100_000), { child: 'p1' }), id };
    const told = [sumTold(sum, 1), sumTold(elsewhere, 1)];
    const facts = [ofSale as EarningsCommand, { ...both, id }, ...told];
    inEveryOrder(facts, { '2026-03': 2_500 }, terms);
  });
});

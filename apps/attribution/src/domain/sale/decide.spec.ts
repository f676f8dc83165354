import { MAX_EVENT_BYTES, prepare, uuidV5 } from '@tributary/kernel';
import { specFor } from '@tributary/kernel/testing';
import type { SaleCommand } from './commands';
import { sale } from './decide';
import type { PaymentsCounted } from './events';
import {
  BILLING,
  CRM,
  E10,
  SALE,
  type Told,
  after,
  amount,
  arriving,
  credit,
  creditedSince,
  day,
  exactly,
  factRef,
  line,
  lineOf,
  netsOf,
  paid,
  part,
  refunded,
  tells,
  valueOf,
} from './sale.fixture';

const { given } = specFor(sale);

/** Which lines were told, in the order of telling. */
const linesIn = ({ events }: Told): string[] =>
  events.flatMap((event) => (event.type === 'LineCredited' ? [event.data.line] : []));

describe('taking a payment', () => {
  it('counts it for its customer, and asks who is credited', () => {
    const payment = paid(E10);
    given()
      .when(payment)
      .then(
        {
          type: 'SaleFactTaken',
          data: {
            sale: SALE,
            fact: payment.fact,
            supersedes: null,
            follows: ['told:c1' as never],
          },
          occurredAt: day(10),
        },
        {
          type: 'PaymentsCounted',
          data: {
            sale: SALE,
            payments: [
              {
                payment: 'p1',
                customer: 'c1',
                paidAt: day(10),
                counts: true,
                version: 1,
                fact: factRef(BILLING, 'paid-p1'),
              },
            ],
          },
          occurredAt: day(10),
        },
      );
  });

  it('tells the customer of a payment of nothing, which has no place among the others', () => {
    const counted = after(paid([line('1', 0)])).events.at(-1) as PaymentsCounted;
    expect(counted.data.payments).toMatchObject([{ payment: 'p1', counts: false, version: 1 }]);
  });

  it('tells its lines once the customer has told something', () => {
    const told = after(paid(E10), tells());
    expect(valueOf(told, '1', day(10))).toMatchObject({
      parts: [
        { partner: 'northwind', role: 'sourced', basis: '75000' },
        { partner: 'southwind', role: 'sourced', basis: '75000' },
      ],
      influenced: [{ partner: 'influencer', basis: '150000' }],
      gross: '165000',
      tax: '15000',
      net: '150000',
      paidAt: day(10),
      ordinal: null,
      customer: { pseudonym: 'c1', type: 'smb', country: 'BR', active: true },
    });
    expect(lineOf(told, '2')).toMatchObject({
      sale: SALE,
      payment: 'p1',
      line: '2',
      programme: 'main',
      decisions: [{ policy: { id: 'standard' }, rung: 'touches' }],
      facts: [factRef(BILLING, 'paid-p1')],
      problems: [],
    });
  });

  it('tells its lines once, when their place among the payments is known', () => {
    const place = {
      type: 'LearnOrdinals',
      sale: SALE,
      customer: 'c1',
      revision: 1,
      payments: [{ payment: 'p1', ordinal: 3 }],
      at: day(10),
    } as const;
    const orders: SaleCommand[][] = [
      [paid(E10), tells(), place],
      [tells(), paid(E10), place],
      [{ ...paid(E10), told: tells().told }, place],
    ];
    for (const order of orders) {
      expect(linesIn(arriving(...order.slice(0, -1)))).toEqual([]);
      const told = arriving(...order);
      expect(linesIn(told)).toEqual(['1', '2']);
      expect(valueOf(told, '1', day(10))).toMatchObject({ ordinal: 3, net: '150000' });
    }
  });

  it('waits for no place of a payment of nothing, nor to change what was told', () => {
    expect(linesIn(arriving(paid([line('free', 0)]), tells()))).toEqual(['free']);
    const before = arriving(paid(E10), tells(), refunded('r1', day(11), amount(1)));
    expect(linesIn(before)).toEqual([]);
    const told = after(
      paid(E10),
      tells(),
      paid(E10, { customer: 'c1' }),
      tells([], { revision: 2 }),
    );
    expect(linesIn(told)).toEqual(['1', '2', '1', '2']);
  });

  it('takes what its customer has told together with the payment, and does not ask again', () => {
    const payment = paid(E10);
    const { told } = tells();
    expect(arriving({ ...payment, told }).events).toMatchObject([
      { type: 'CustomerLearned', data: { told, follows: [] } },
      { type: 'SaleFactTaken', data: { fact: payment.fact, follows: [] } },
      { type: 'PaymentsCounted' },
    ]);
    // The same fact again, with what was told since.
    const { events } = arriving(payment, { ...payment, told }, { ...payment, told });
    const types = ['SaleFactTaken', 'PaymentsCounted', 'CustomerLearned'];
    expect(events.map(({ type }) => type)).toEqual(types);
  });

  it('decides nothing when it hears of it again', () => {
    const { events } = after(paid(E10), tells());
    given(...events)
      .when(paid(E10))
      .thenNothing();
    given(...events)
      .when(tells())
      .thenNothing();
  });

  it('tells only lines that changed', () => {
    const before = after(paid(E10), tells());
    const told = after(paid(E10), tells(), refunded('r1', day(12), exactly('2', 900)));
    const lines = told.events
      .slice(before.events.length)
      .filter(({ type }) => type === 'LineCredited');
    expect(lines.map(({ data }) => 'line' in data && data.line)).toEqual(['2']);
  });

  it('adds up what one partner gets in one role, after the cents were given', () => {
    const parts = [part('a', 1), part('b', 1), part('a', 1), part('a', 1, 'closing')];
    const told = after(paid([line('1', 101)]), tells([creditedSince(day(1), credit('x', parts))]));
    expect(valueOf(told, '1', day(10))?.parts).toEqual([
      { partner: 'a', role: 'sourced', basis: '51' },
      { partner: 'b', role: 'sourced', basis: '25' },
      { partner: 'a', role: 'closing', basis: '25' },
    ]);
  });

  it('knows its place among the payments of the customer, as it was told last', () => {
    const ordinals = (revision: number, ordinal: number | null) =>
      ({
        type: 'LearnOrdinals',
        sale: SALE,
        customer: 'c1',
        revision,
        payments: [{ payment: 'p1', ordinal }],
        at: day(10),
      }) as const;
    const told = after(ordinals(2, 3), paid(E10), tells(), ordinals(1, 1));
    expect(valueOf(told, '1', day(10))?.ordinal).toBe(3);
  });

  it('is active as it was when it paid', () => {
    const activity = [
      {
        at: day(5),
        value: { active: true, reactivated: true, mrr: null, asset: null, interval: null },
      },
      {
        at: day(11),
        value: { active: false, reactivated: false, mrr: null, asset: null, interval: null },
      },
    ];
    const told = after(paid(E10), tells(undefined, { activity }));
    expect(valueOf(told, '1', day(30))?.customer).toMatchObject({
      active: true,
      reactivated: true,
    });
  });
});

describe('crediting a line as its credit changes', () => {
  const first = credit('first', [part('a')]);
  const second = credit('second', [part('b')]);
  const partnersAt = (at: number, ...steps: Parameters<typeof tells>[0] & object) =>
    valueOf(after(paid(E10), tells(steps)), '1', day(at))?.parts.map(({ partner }) => partner);

  it.each([
    ['what was known before stands until then', 14, ['a']],
    ['a link that was found after the payment changes it from then on', 15, ['b']],
  ])('%s', (_what, at, partners) => {
    expect(partnersAt(at, creditedSince(day(1), first), creditedSince(day(15), second))).toEqual(
      partners,
    );
  });

  it.each([
    ['paid from then on', 10, ['b']],
    ['paid before', 11, ['a']],
  ])('lets a decision by people govern sales %s', (_what, from, partners) => {
    expect(
      partnersAt(20, creditedSince(day(1), first), creditedSince(day(15), second, day(from))),
    ).toEqual(partners);
  });

  it('credits nobody before the first decision', () => {
    const told = after(paid(E10), tells([creditedSince(day(12), first)]));
    expect(valueOf(told, '1', day(10))).toMatchObject({ parts: [], decision: null, net: '150000' });
    expect(valueOf(told, '1', day(12))?.parts).toHaveLength(1);
  });

  it('credits a deal by its own history', () => {
    const credits = {
      general: [creditedSince(day(1), first)],
      deals: {
        'deal-1': [
          creditedSince(day(2), credit('deal', [part('b', 6, 'seller'), part('c', 4, 'advisor')])),
        ],
      },
    };
    const told = after(paid([line('1', 166_667)], { deal: 'deal-1' }), tells([], { credits }));
    expect(valueOf(told, '1', day(10))).toMatchObject({
      parts: [
        { partner: 'b', role: 'seller', basis: '100000' },
        { partner: 'c', role: 'advisor', basis: '66667' },
      ],
      deal: { id: 'deal-1', roles: ['advisor', 'seller'] },
    });
  });
});

describe('a line with a very long history', () => {
  const CAUSE = {
    commandId: uuidV5('spec'),
    fingerprint: 'spec',
    actor: 'spec',
    causationId: null,
    correlationId: 'spec',
    traceParent: null,
  };
  const bytesOf = (event: Parameters<typeof prepare>[0]) =>
    prepare(event, CAUSE, 0, uuidV5('id')).bytes;

  it('is told at a coarser grain that fits an event, and ends as it should', () => {
    const refunds = Array.from({ length: 300 }, (_, i) =>
      refunded(`r${i}`, day(11 + (i % 60)), amount(3)),
    );
    const told = after(...refunds, paid([line('1', 1_000)]), tells());
    expect(netsOf(told, '1')[0]).toEqual([day(10), '1000']);
    expect(netsOf(told, '1').at(-1)?.[1]).toBe('100');
    const event = { type: 'LineCredited', data: lineOf(told, '1'), occurredAt: day(10) };
    expect(bytesOf(event)).toBeLessThan(MAX_EVENT_BYTES);
  });

  it('is told in several appends where it has very many lines', () => {
    const lines = Array.from({ length: 200 }, (_, i) => line(`line-${i}`, 100 + i));
    const wordy = {
      ...credit('wordy', [part('a')]),
      evidence: Array.from({ length: 50 }, (_, i) => factRef(CRM, `e${i}`)),
    };
    const told = after(paid(lines), tells([creditedSince(day(1), wordy)]));
    expect(told.events.filter(({ type }) => type === 'LinesPostponed').length).toBeGreaterThan(1);
    expect(Object.keys(told.state.published)).toHaveLength(200);
    expect(told.state.isBehind).toBe(false);
  });
});

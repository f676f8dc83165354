import { MAX_EVENT_BYTES, prepare, uuidV5 } from '@tributary/kernel';
import { specFor } from '@tributary/kernel/testing';
import type { SaleCommand } from './commands';
import { sale } from './decide';
import type { PaidLine, PaymentsCounted } from './events';
import {
  BILLING,
  CRM,
  SALE,
  type Told,
  after,
  amount,
  arriving,
  credit,
  creditNote,
  creditedSince,
  day,
  disputed,
  exactly,
  factRef,
  line,
  lineOf,
  netsOf,
  paid,
  part,
  refundFailed,
  refunded,
  retracted,
  said,
  tells,
  valueOf,
  voided,
} from './sale.fixture';

const { given } = specFor(sale);

/** Which lines were told, in the order of telling. */
const linesIn = ({ events }: Told): string[] =>
  events.flatMap((event) => (event.type === 'LineCredited' ? [event.data.line] : []));

/** E10's invoice with tax: 150,000 and services of 49,900. */
const E10: readonly PaidLine[] = [line('1', 150_000, 15_000), line('2', 49_900, 4_990)];

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

describe('giving money back', () => {
  it('E21 shares an amount among the lines, and a refund that fails restores them', () => {
    const told = after(
      paid(E10),
      tells(),
      refunded('r1', day(15), amount(21_989)),
      refundFailed('r1', day(17)),
    );
    const left = (name: string, at: number) => {
      const { gross, net, tax } = valueOf(told, name, day(at)) ?? {};
      return { gross, net, tax };
    };
    expect(left('1', 15)).toEqual({ gross: '148500', net: '135000', tax: '13500' });
    expect(left('2', 15)).toEqual({ gross: '49401', net: '44910', tax: '4491' });
    expect(netsOf(told, '1')).toEqual([
      [day(10), '150000'],
      [day(15), '135000'],
      [day(17), '150000'],
    ]);
    expect(left('2', 17)).toEqual({ gross: '54890', net: '49900', tax: '4990' });
  });

  it.each([
    ['exactly, line by line', [exactly('1', 150_000, 15_000), exactly('2', 49_900, 4_990)]],
    ['as one amount', [amount(219_890)]],
    ['as amounts that do not divide', [amount(1), amount(73_297), amount(146_592)]],
    ['with its tax named', [amount(100_000, 9_091), amount(119_890, 10_899)]],
    ['with its tax named, and then not', [amount(100_000, 9_091), amount(119_890)]],
    ['without its tax, and then with it', [amount(119_890), amount(100_000, 9_091)]],
    ['by line and by amount', [amount(777), exactly('1', 75_001, 7_500), amount(136_612)]],
  ])('leaves nothing of what was given back %s', (_how, parts) => {
    const told = after(
      paid(E10),
      tells(),
      ...parts.map((of, i) => refunded(`r${i}`, day(12 + i), of)),
    );
    for (const name of ['1', '2']) {
      const { net, tax, gross, parts: shares } = valueOf(told, name, day(30)) ?? {};
      expect([net, tax, gross]).toEqual(['0', '0', '0']);
      expect(shares?.map(({ basis }) => basis)).toEqual(['0', '0']);
      expect(lineOf(told, name).problems).toEqual([]);
    }
  });

  it('leaves nothing of a line that its tax had set off', () => {
    const lines = [line('1', 100, -100), line('2', 50)];
    const told = after(paid(lines), tells(), refunded('r1', day(12), amount(50)));
    expect(valueOf(told, '1', day(12))).toMatchObject({ net: '0', tax: '0' });
  });

  it('lets the discount fall with what was paid', () => {
    const discounted = line('1', 90, 0, { gross: '100', discount: '10' });
    const told = after(paid([discounted]), tells(), refunded('r1', day(12), amount(45)));
    expect(valueOf(told, '1', day(12))).toMatchObject({ gross: '50', discount: '5', net: '45' });
  });

  it('takes prorations back together with what they were set off against', () => {
    const lines = [line('new', 20_000), line('old', -5_000)];
    const half = after(paid(lines), tells(), refunded('r1', day(12), amount(7_500)));
    expect([netsOf(half, 'new').at(-1)?.[1], netsOf(half, 'old').at(-1)?.[1]]).toEqual([
      '10000',
      '-2500',
    ]);
    const all = after(paid(lines), tells(), refunded('r1', day(12), amount(15_000)));
    expect([netsOf(all, 'new').at(-1)?.[1], netsOf(all, 'old').at(-1)?.[1]]).toEqual(['0', '0']);
  });

  it('gives back no more than was paid, and says what was left over', () => {
    const told = after(
      paid([line('1', 100)]),
      tells(),
      refunded('r1', day(12), amount(70)),
      refunded('r2', day(13), amount(70)),
    );
    expect(netsOf(told, '1')).toEqual([
      [day(10), '100'],
      [day(12), '30'],
      [day(13), '0'],
    ]);
    const { factId } = factRef(BILLING, 'r2-refunded');
    expect(lineOf(told, '1').problems).toEqual([
      { factId, code: 'refund_exceeds_payment', left: '40' },
    ]);
  });

  it.each([
    [
      'a line that was never paid',
      refunded('r1', day(12), exactly('9', 50)),
      'refund_exceeds_payment',
    ],
    ['another currency', refunded('r1', day(12), amount(50), { asset: 'USD/2' }), 'asset_differs'],
  ])('does not guess at a refund of %s', (_what, refund, code) => {
    const told = after(paid([line('1', 100)]), tells(), refund);
    expect(netsOf(told, '1')).toEqual([[day(10), '100']]);
    expect(lineOf(told, '1').problems).toMatchObject([{ code, left: '50' }]);
  });

  it('keeps a refund that comes before its payment', () => {
    const told = after(refunded('r1', day(9), amount(40)), tells(), paid([line('1', 100)]));
    expect(netsOf(told, '1')).toEqual([[day(10), '60']]);
  });

  it('keeps the refunds of several payments apart', () => {
    const told = after(
      paid([line('1', 100)]),
      paid([line('1', 50)], { payment: 'p2', paidAt: day(11) }),
      tells(),
      refunded('r1', day(12), amount(50), { payment: 'p2' }),
    );
    expect(netsOf(told, '1')).toEqual([[day(10), '100']]);
    expect(netsOf(told, '1', 'p2')).toEqual([
      [day(11), '50'],
      [day(12), '0'],
    ]);
  });

  it('counts a credit note and the refund that paid it out once', () => {
    const note = creditNote('cn1', day(12), amount(30), 'r1');
    const alone = after(paid([line('1', 100)]), tells(), note);
    expect(netsOf(alone, '1').at(-1)).toEqual([day(12), '70']);
    const both = after(paid([line('1', 100)]), tells(), note, refunded('r1', day(13), amount(30)));
    expect(netsOf(both, '1')).toEqual([
      [day(10), '100'],
      [day(13), '70'],
    ]);
  });

  it('counts a credit note besides refunds that it does not name, from the first payment on', () => {
    const told = after(
      paid([line('1', 100)]),
      paid([line('1', 50)], { payment: 'p2', paidAt: day(11) }),
      tells(),
      refunded('r1', day(12), amount(20)),
      creditNote('cn1', day(13), exactly('1', 90)),
    );
    expect(netsOf(told, '1').at(-1)).toEqual([day(13), '0']);
    expect(netsOf(told, '1', 'p2').at(-1)).toEqual([day(13), '40']);
  });

  it('takes everything back when the invoice is voided', () => {
    const told = after(paid(E10), tells(), refunded('r1', day(12), amount(50)), voided(day(14)));
    expect(valueOf(told, '1', day(14))).toMatchObject({ net: '0', tax: '0', gross: '0' });
    expect(netsOf(told, '2').at(-1)).toEqual([day(14), '0']);
  });
});

describe('a payment that is disputed with the bank', () => {
  const netAndDispute = (...facts: readonly SaleCommand[]) =>
    lineOf(after(paid([line('1', 100)]), tells(), ...facts), '1').steps.map(({ at, value }) => [
      at,
      value.net,
      value.disputed,
    ]);

  it('says so until it is won', () => {
    expect(netAndDispute(disputed('opened', day(12), 100), disputed('won', day(14), 100))).toEqual([
      [day(10), '100', false],
      [day(12), '100', true],
      [day(14), '100', false],
    ]);
  });

  it('takes the money back when it is lost, and never below nothing', () => {
    expect(
      netAndDispute(
        disputed('opened', day(12), 100),
        refunded('r1', day(13), amount(40)),
        disputed('lost', day(14), 100),
      ),
    ).toEqual([
      [day(10), '100', false],
      [day(12), '100', true],
      [day(13), '60', true],
      [day(14), '0', false],
    ]);
  });
});

describe('M012: usage that is attributed to integrations', () => {
  const report = (id: string, revenue: number, supersedes?: string) =>
    paid(
      [line('api-calls', revenue, 0, { billing: 'usage', quantity: String(revenue) })],
      { payment: supersedes ?? id, usage: { meter: 'api-calls', quantity: String(revenue) } },
      { id, ...(supersedes !== undefined && { supersedes: { source: BILLING, id: supersedes } }) },
    );
  const basisOf = (...facts: readonly SaleCommand[]): bigint =>
    Object.values(after(tells(), ...facts).state.published)
      .map(({ steps }) => BigInt(steps.at(-1)?.value.net ?? '0'))
      .reduce((sum, net) => sum + net, 0n);
  const reports = [report('u1', 400_000), report('u2', 600_000), report('u3', 234_567)];

  it('E14 adds up the reports of a period', () => {
    expect(basisOf(...reports)).toBe(1_234_567n);
  });

  it('E14 replaces a report by the one that supersedes it, in either order, on the same line', () => {
    const late = report('u4', 234_575, 'u3');
    expect(basisOf(...reports, late)).toBe(1_234_575n);
    expect(basisOf(late, ...reports)).toBe(1_234_575n);
    expect(valueOf(after(tells(), ...reports, late), 'api-calls', day(10), 'u3')?.usage).toEqual({
      meter: 'api-calls',
      quantity: '234575',
    });
  });
});

describe('M015: revenue through a marketplace', () => {
  const order = paid([line('1', 100_000)], { marketplace: { name: 'aws', fee: '3000' } });
  const feeRefunded = (fee: number) =>
    said('fee-back', day(12), {
      kind: 'fee_refunded',
      payment: 'p1',
      feeRefund: 'f1',
      asset: 'BRL/2',
      fee: String(fee),
      at: day(12),
    });

  it('names the fee, and lowers it when it is given back', () => {
    const told = after(order, tells(), feeRefunded(3_000));
    expect(valueOf(told, '1', day(10))).toMatchObject({
      net: '100000',
      marketplace: { name: 'aws', fee: '3000' },
    });
    expect(valueOf(told, '1', day(12))?.marketplace).toEqual({ name: 'aws', fee: '0' });
  });

  it('shares one fee among the lines, and deducts none of what is nothing', () => {
    const lines = [line('1', 100), line('2', 200)];
    const marketplace = { name: 'aws', fee: '10' };
    const told = after(paid(lines, { marketplace }), tells(), refunded('r1', day(12), amount(300)));
    expect(['1', '2'].map((name) => valueOf(told, name, day(10))?.marketplace?.fee)).toEqual([
      '3',
      '7',
    ]);
    expect(valueOf(told, '2', day(12))?.marketplace?.fee).toBe('0');
  });

  it('says so when more of the fee comes back than there was', () => {
    const told = after(order, tells(), feeRefunded(3_001));
    expect(lineOf(told, '1').problems).toMatchObject([
      { code: 'fee_refund_exceeds_fee', left: '1' },
    ]);
  });
});

describe('facts that say the same thing', () => {
  const ofBilling = paid([line('1', 100)], {}, { id: 'b' });
  const ofCrm = paid([line('1', 90)], { paidAt: day(9) }, { id: 'c', source: CRM });
  const ranked = (revision: number, ...sources: readonly string[]) =>
    ({
      type: 'LearnRanking',
      sale: SALE,
      programme: 'main',
      revision,
      sources,
      at: day(1),
    }) as const;

  it('count once, the earliest, until the programme says whom it believes', () => {
    expect(netsOf(after(ofBilling, ofCrm, tells()), '1')).toEqual([[day(9), '90']]);
    const told = after(ofBilling, ofCrm, tells(), ranked(2, BILLING), ranked(1, CRM));
    expect(netsOf(told, '1')).toEqual([[day(10), '100']]);
  });

  it('ask for the ranking only when there are two of them', () => {
    const { events } = after(ofBilling);
    given(...events)
      .when(ofCrm)
      .then(
        {
          type: 'SaleFactTaken',
          data: {
            sale: SALE,
            fact: ofCrm.fact,
            supersedes: null,
            follows: ['programme:main' as never],
          },
          occurredAt: day(9),
        },
        counted({ paidAt: day(9), version: 2, fact: factRef(CRM, 'c') }),
      );
  });

  it('leave the other one when one is taken back, also before it came', () => {
    for (const order of [
      [ofCrm, ofBilling, retracted(ofCrm)],
      [retracted(ofCrm), ofCrm, ofBilling],
    ])
      expect(netsOf(after(tells(), ...order), '1')).toEqual([[day(10), '100']]);
  });

  it('count again when what superseded one of them in another sale is retracted, whatever is said first', () => {
    const heir = factRef(CRM, 'heir');
    const superseded = { ...retracted(paid(E10)), by: heir, why: 'superseded' } as const;
    const end: SaleCommand = {
      type: 'RetractSaleFact',
      sale: SALE,
      retracted: { source: CRM, id: 'heir' },
      factId: heir.factId,
      by: factRef(CRM, 'takes back heir'),
      why: 'retracted',
      at: day(21),
    };
    const said: SaleCommand[] = [paid(E10), superseded, end];
    for (const order of ['012', '021', '102', '120', '201', '210']) {
      const told = after(tells(), ...[...order].map((i) => said[Number(i)] as SaleCommand));
      expect([order, valueOf(told, '1', day(30))?.net]).toEqual([order, '150000']);
    }
    // Whoever retracts the superseded one itself takes it back for good.
    const gone = after(tells(), ...said, retracted(paid(E10)));
    expect(valueOf(gone, '1', day(30))?.net).toBe('0');
  });

  it('end a line with nothing when the payment does not count any more', () => {
    const told = after(ofBilling, tells(), retracted(ofBilling));
    expect(lineOf(told, '1').steps).toMatchObject([
      { at: day(10), value: { net: '0', gross: '0', parts: [], decision: null } },
    ]);
    expect(told.events.at(-2)).toEqual(
      counted({ counts: false, version: 2, fact: factRef(BILLING, 'b') }),
    );
  });

  it('move a payment from one customer to another', () => {
    const other = paid([line('1', 100)], { customer: 'c2', paidAt: day(9) }, { id: 'x' });
    const { events } = after(ofBilling, other);
    const last = events.findLast(({ type }) => type === 'PaymentsCounted') as PaymentsCounted;
    expect(last.data.payments).toMatchObject([
      { customer: 'c1', counts: false, version: 2 },
      { customer: 'c2', counts: true, version: 3 },
    ]);
  });

  const counted = (of: Partial<PaymentsCounted['data']['payments'][number]>): PaymentsCounted => {
    const payment = {
      payment: 'p1',
      customer: 'c1',
      paidAt: day(10),
      counts: true,
      version: 1,
      fact: factRef(BILLING, 'b'),
      ...of,
    };
    const data = { sale: SALE, payments: [payment] };
    return { type: 'PaymentsCounted', data, occurredAt: payment.paidAt };
  };
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

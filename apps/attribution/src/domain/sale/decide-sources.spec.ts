import { specFor } from '@tributary/kernel/testing';
import type { SaleCommand } from './commands';
import { sale } from './decide';
import type { PaymentsCounted } from './events';
import {
  BILLING,
  CRM,
  E10,
  SALE,
  after,
  amount,
  day,
  factRef,
  line,
  lineOf,
  netsOf,
  paid,
  refunded,
  retracted,
  said,
  tells,
  valueOf,
} from './sale.fixture';

const { given } = specFor(sale);

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

  it('count no more while another one of another sale supersedes them, whatever is said first', () => {
    const [one, other] = ['one', 'other'].map((id) => factRef(CRM, id));
    const supersededBy = (by = one, n = 15) =>
      ({ ...retracted(paid(E10), day(n)), by, why: 'superseded' }) as SaleCommand;
    const end = {
      ...retracted(paid(E10)),
      retracted: { source: CRM, id: 'one' },
      factId: one?.factId,
    } as SaleCommand;
    const said = [supersededBy(one), end, supersededBy(other, 16)];
    for (const order of ['012', '021', '102', '120', '201', '210']) {
      const later = [...order].map((i) => said[Number(i)] as SaleCommand);
      const told = after(tells(), paid(E10), ...later);
      expect([order, valueOf(told, '1', day(30))?.net]).toEqual([order, '0']);
    }
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

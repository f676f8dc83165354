import type { SaleCommand } from './commands';
import {
  BILLING,
  E10,
  after,
  amount,
  creditNote,
  day,
  disputed,
  exactly,
  factRef,
  line,
  lineOf,
  netsOf,
  paid,
  refundFailed,
  refunded,
  tells,
  valueOf,
  voided,
} from './sale.fixture';

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

import fc from 'fast-check';
import {
  CURRENCY_EXPONENTS,
  assetOf,
  currencyOf,
  exponentOf,
  isAsset,
  parseAsset,
} from './currencies';
import {
  type Money,
  addMoney,
  compareMoney,
  formatMinor,
  formatMoney,
  money,
  negateMoney,
  parseMinor,
  parseMoney,
  subtractMoney,
  sumMoney,
  zeroOf,
} from './money';

const amount = fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n });
const brl = (minor: bigint): Money => money(minor, 'BRL/2');
const usd = (minor: bigint): Money => money(minor, 'USD/2');

describe('money on the wire', () => {
  it('reads back what was written', () => {
    fc.assert(fc.property(amount, (minor) => parseMinor(formatMinor(minor)) === minor));
    expect(parseMoney(formatMoney(brl(-170_910n)))).toEqual(brl(-170_910n));
    expect(formatMoney(brl(170_910n))).toEqual({ amount: '170910', asset: 'BRL/2' });
  });

  it.each(['0', '7', '-7', '999999999999999999', '-999999999999999999'])('reads %s', (text) => {
    expect(formatMinor(parseMinor(text))).toBe(text);
  });

  it.each<unknown>([
    '',
    '-',
    '-0',
    '00',
    '01',
    '+1',
    '1.0',
    '1e3',
    ' 1',
    '1 ',
    '1\n',
    '0x10',
    '1_000',
    '١',
    '1000000000000000000',
    7,
    7n,
    null,
    undefined,
    ['7'],
  ])('refuses %p as an amount', (text) => {
    expect(() => parseMinor(text)).toThrow(expect.objectContaining({ code: 'invalid_amount' }));
  });

  it.each([10n ** 18n, -(10n ** 18n)])('refuses to write %p, which nobody could read', (minor) => {
    expect(() => formatMinor(minor)).toThrow(
      expect.objectContaining({ code: 'amount_out_of_range' }),
    );
  });
});

describe('adding up money', () => {
  it('is exact and can be taken back', () => {
    fc.assert(
      fc.property(amount, amount, (a, b) => {
        expect(addMoney(brl(a), brl(b))).toEqual(brl(a + b));
        expect(subtractMoney(addMoney(brl(a), brl(b)), brl(b))).toEqual(brl(a));
        expect(addMoney(brl(a), negateMoney(brl(a)))).toEqual(zeroOf('BRL/2'));
        expect(Math.sign(compareMoney(brl(a), brl(b)))).toBe(
          -Math.sign(compareMoney(brl(b), brl(a))) + 0,
        );
      }),
    );
    expect(sumMoney('BRL/2', [brl(42_728n), brl(42_728n), brl(51_273n)])).toEqual(brl(136_729n));
    expect(sumMoney('BRL/2', [])).toEqual(brl(0n));
  });

  it('never mixes two assets, not even two precisions of one currency', () => {
    const mixed = expect.objectContaining({
      code: 'mixed_assets',
      facts: { left: 'BRL/2', right: 'USD/2' },
    });
    for (const combine of [addMoney, subtractMoney, compareMoney]) {
      expect(() => combine(brl(1n), usd(1n))).toThrow(mixed);
    }
    expect(() => sumMoney('BRL/2', [usd(1n)])).toThrow(mixed);
    expect(() => addMoney(money(1n, 'USD/2'), money(1n, 'USD/6'))).toThrow(
      expect.objectContaining({ code: 'mixed_assets' }),
    );
  });
});

describe('naming what an amount counts', () => {
  it.each([
    ['BRL', 'BRL/2'],
    ['JPY', 'JPY/0'],
    ['CLP', 'CLP/0'],
    ['BHD', 'BHD/3'],
    ['CLF', 'CLF/4'],
    // Living currencies for which Intl says something else.
    ['IQD', 'IQD/3'],
    ['HUF', 'HUF/2'],
    ['COP', 'COP/2'],
    ['IDR', 'IDR/2'],
  ])('%s is %s', (currency, asset) => {
    expect(assetOf(currency)).toBe(asset);
  });

  it.each(['BGN', 'HRK', 'XAU', 'XXX', 'brl', 'BRL/2', '', 'toString'])(
    'does not know %p',
    (currency) => {
      expect(() => assetOf(currency)).toThrow(
        expect.objectContaining({ code: 'unknown_currency' }),
      );
    },
  );

  it('lists every active code once, with its digits', () => {
    expect(CURRENCY_EXPONENTS.size).toBe(165);
    for (const currency of CURRENCY_EXPONENTS.keys()) {
      const asset = assetOf(currency);
      expect(isAsset(asset)).toBe(true);
      expect([currencyOf(asset), exponentOf(asset)]).toEqual([
        currency,
        CURRENCY_EXPONENTS.get(currency),
      ]);
    }
  });

  it.each(['BRL', 'BRL/', 'BRL/02', 'BR/2', 'brl/2', 'BRL/2 ', 'BRL/-1', 'BRL/100', 2, null])(
    'refuses %p as an asset',
    (text) => {
      expect(() => parseAsset(text)).toThrow(expect.objectContaining({ code: 'invalid_asset' }));
    },
  );

  it('takes a withdrawn currency and a finer unit by their full names', () => {
    expect([parseAsset('BGN/2'), parseAsset('USD/6')]).toEqual(['BGN/2', 'USD/6']);
  });
});

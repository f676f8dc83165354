import { LANGUAGES } from '../domain/statement/events';
import { dayText, decimalOf, moneyOf, monthText, numberOf, percentOf } from './amounts';

describe('writing amounts and dates for people', () => {
  it.each([
    [123_456n, 'BRL/2', ['R$ 1.234,56', 'R$ 1.234,56', 'R$ 1,234.56']],
    [-123_456_789n, 'BRL/2', ['-R$ 1.234.567,89', '-R$ 1.234.567,89', '-R$ 1,234,567.89']],
    [5n, 'BRL/2', ['R$ 0,05', 'R$ 0,05', 'R$ 0.05']],
    [0n, 'USD/2', ['US$ 0,00', 'US$ 0,00', 'US$ 0.00']],
    [100_000n, 'CLP/0', ['CLP 100.000', 'CLP 100.000', 'CLP 100,000']],
    [1_234n, 'KWD/3', ['KWD 1,234', 'KWD 1,234', 'KWD 1.234']],
    [
      10n ** 18n - 1n,
      'EUR/2',
      ['€ 9.999.999.999.999.999,99', '€ 9.999.999.999.999.999,99', '€ 9,999,999,999,999,999.99'],
    ],
  ] as const)('%s of %s', (minor, asset, texts) => {
    expect(LANGUAGES.map((language) => moneyOf(minor, asset, language))).toEqual(
      texts.map((text) => text.replace(' ', '\u00a0')),
    );
  });

  it('keeps a sign in front of a bare number', () => {
    expect(numberOf(-8_333n, 'BRL/2', 'pt-BR')).toBe('-83,33');
    expect(decimalOf(-8n, 'BRL/2')).toBe('-0.08');
  });

  it('writes rates, days and months in each language', () => {
    expect(LANGUAGES.map((language) => percentOf(150, language))).toEqual([
      '1,50%',
      '1,50%',
      '1.50%',
    ]);
    expect(LANGUAGES.map((language) => dayText('2026-03-04', language))).toEqual([
      '04/03/2026',
      '04/03/2026',
      '04 Mar 2026',
    ]);
    expect(LANGUAGES.map((language) => monthText('2026-03', language))).toEqual([
      'março de 2026',
      'marzo de 2026',
      'March 2026',
    ]);
  });
});

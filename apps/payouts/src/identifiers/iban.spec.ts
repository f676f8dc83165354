import { readBic, readIban } from './iban';
import { codesOf } from './reading.fixture';

describe('reading an IBAN', () => {
  it.each([
    ['DE89 3704 0044 0532 0130 00', 'DE89370400440532013000'],
    ['gb29 nwbk 6016 1331 9268 19', 'GB29NWBK60161331926819'],
    ['BR1800360305000010009795493C1', 'BR1800360305000010009795493C1'],
    ['FR1420041010050500013M02606', 'FR1420041010050500013M02606'],
  ])('takes %s without its spaces', (typed, value) => {
    expect(readIban(typed)).toEqual({ value });
  });

  it.each([
    ['', 'iban_missing'],
    ['DE88370400440532013000', 'iban_check_digits'],
    ['DE8937040044053201300', 'iban_length'],
    ['DE8937040044053201300A', 'iban_format'],
    ['MX89370400440532013000', 'iban_country'],
    ['DEX9370400440532013000', 'iban_check_digits'],
    ['GB29NWB℡60161331926819', 'iban_format'],
  ])('refuses %j', (typed, code) => {
    const faults = codesOf(readIban(typed));
    expect(faults.map((fault) => fault.code)).toContain(code);
    expect(typed === '' || !JSON.stringify(faults).includes(typed)).toBe(true);
  });
});

describe('reading a BIC', () => {
  it.each([
    ['DEUTDEFF', 'DEUTDEFF'],
    [' deutdeff500 ', 'DEUTDEFF500'],
    ['ITAUBRSP', 'ITAUBRSP'],
  ])('takes %j', (typed, value) => {
    expect(readBic(typed)).toEqual({ value });
  });

  it.each([
    ['', 'bic_missing'],
    ['DEUTXXFF', 'bic_country'],
    ['DEUTDEF', 'bic_format'],
    ['DEUTDEFF50', 'bic_format'],
  ])('refuses %j', (typed, code) => {
    expect(codesOf(readBic(typed)).map((fault) => fault.code)).toContain(code);
  });
});

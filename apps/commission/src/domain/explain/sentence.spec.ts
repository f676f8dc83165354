import {
  Window,
  agreed,
  learned,
  left,
  line,
  noon,
  partnerIs,
  planOf,
  programme,
  published,
  revisionsOf,
  windowOf,
} from '../earnings/earnings.fixture';
import { explained, storyOf } from './explain.fixture';
import { sentenceOf } from './sentence';
import { rowsOf } from './table';
import { dayText, decimalText, exactMoneyText, moneyText, percentText } from './words';

const TERMS = [programme(), partnerIs(), agreed()];

const said = (window: Window): string =>
  sentenceOf(explained(window), storyOf(window).state.opened?.calendar.offsets ?? []);

describe('telling a partner in one sentence', () => {
  it('says how much of what, under which rule, and until when it is held', () => {
    const window = Window.after(...TERMS, published(), learned(line(noon('02-10'), 170_910)));
    expect(said(window)).toBe(
      'R$ 427.28 is 25% (rule base, plan brcommercial version 1) of R$ 1,709.10 that c1 paid on 10 Feb 2026; ' +
        'held until 24 Feb 2026.',
    );
  });

  it('says what was refunded by its months, and what is released', () => {
    const window = Window.after(
      ...TERMS,
      published(),
      ...revisionsOf(line(noon('02-10'), 100_001, {}, [noon('04-20'), left(66_667)])),
      { type: 'ReleaseHolds', id: windowOf(), asOf: noon('05-15'), by: 'finance' },
    );
    expect(said(window)).toBe(
      'R$ 166.67 is 25% (rule base, plan brcommercial version 1) of R$ 666.67 that c1 paid on 10 Feb 2026; ' +
        'posted R$ 250.00 in 2026-02 and -R$ 83.33 in 2026-04; released.',
    );
  });

  it('says what an open hold waits for', () => {
    const window = Window.after(
      ...TERMS,
      published(),
      ...revisionsOf(line(noon('02-10'), 1000, {}, [noon('02-12'), { disputed: true }])),
    );
    expect(said(window)).toContain(
      'held until 24 Feb 2026; and not before the dispute of the customer is decided.',
    );
  });

  it.each([
    ['no_agreement', [programme(), partnerIs(), published()], {}, 'no agreement under this plan'],
    [
      'no_plan_in_this_currency',
      [...TERMS, published()],
      { asset: 'USD/2' },
      'there is no plan in this currency',
    ],
    [
      'zero_basis',
      [...TERMS, published()],
      { ...left(0), gross: '0' },
      'nothing is left of what was paid',
    ],
  ])('says why nothing is earned: %s', (reason, terms, value, why) => {
    const window = Window.after(...terms, learned(line(noon('02-10'), 1000, value)));
    expect(explained(window).worth?.reason).toBe(reason);
    expect(said(window)).toContain(why);
  });

  it.each([
    ['flat', { kind: 'flat', amount: '5000' }, 'the share of R$ 50.00'],
    ['order', { kind: 'flat', amount: '5000', per: 'order' }, 'R$ 50.00 for the order'],
    ['per unit', { kind: 'per_unit', amount: '150' }, 'the share of R$ 1.50 for each of 3'],
    [
      'schedule',
      {
        kind: 'schedule',
        mode: 'marginal',
        measure: { sum: 'credited.net', window: 'calendar_quarter' },
        bands: [{ upTo: '500', bp: 2000 }, { bp: 3000 }],
      },
      'the sum of the bands (rule base, plan brcommercial version 1) from R$ 0.00 to R$ 10.00',
    ],
  ])('knows how each kind of rule pays: %s', (_, pay, how) => {
    const rules = [{ id: 'base', group: 'base', pay }] as unknown as Parameters<typeof planOf>[0];
    const window = Window.after(
      ...TERMS,
      published(planOf(rules)),
      learned(line(noon('02-10'), 1000, { quantity: '3' })),
    );
    expect(said(window)).toContain(how);
  });
});

describe('writing numbers out without floats', () => {
  it.each([
    [0n, 'BRL/2', 'R$ 0.00'],
    [-5n, 'BRL/2', '-R$ 0.05'],
    [123_456_789n, 'USD/2', 'US$ 1,234,567.89'],
    [1234n, 'JPY/0', 'JPY 1,234'],
    [999_999_999_999_999_999n, 'BHD/3', 'BHD 999,999,999,999,999.999'],
  ])('writes %s of %s', (minor, asset, text) => {
    expect(moneyText(minor, asset)).toBe(text);
  });

  it('writes rates and exact amounts, and says where it cannot be exact', () => {
    expect(percentText('1/4')).toBe('25%');
    expect(percentText('1/8')).toBe('12.5%');
    expect(percentText('1')).toBe('100%');
    expect(percentText('0')).toBe('0%');
    expect(percentText('1/3')).toBe('about 33.3333%');
    expect(exactMoneyText('1001/2', 'BRL/2')).toBe('about R$ 5.01');
    expect(decimalText(-5n, 1)).toBe('-0.5');
  });

  it('counts days by the clocks that it is told', () => {
    const offsets = [{ from: noon('01-01'), offsetMs: -3 * 3_600_000 }];
    expect(dayText(noon('02-10'), offsets)).toBe('10 Feb 2026');
    expect(dayText('2026-02-10T02:59:59.999Z' as never, offsets)).toBe('9 Feb 2026');
  });
});

describe('a table for finance', () => {
  it('has the legs of every entry, each step, and the log behind it', () => {
    const window = Window.after(...TERMS, published(), learned(line(noon('02-10'), 170_910)));
    const rows = rowsOf(explained(window));
    expect(rows.map(({ node }) => node)).toEqual([
      'line',
      ...['posting', 'posting'],
      'worth',
      ...Array.from({ length: 6 }, () => 'step'),
      'plan',
      'fact',
    ]);
    expect(rows[1]).toMatchObject({
      account: 'Expenses:Commission',
      debit: '42728',
      credit: null,
      month: '2026-02',
    });
    for (const { hash } of rows) expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });
});

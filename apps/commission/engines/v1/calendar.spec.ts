import {
  type Instant,
  addDays as kernelAddDays,
  addMonths as kernelAddMonths,
  instant,
  instantOfMs,
  monthKeysOf,
  msOf,
  resolvePeriod,
  zoneOffsets,
} from '@tributary/kernel';
import fc from 'fast-check';
import {
  addDays,
  addMonths,
  instantOf,
  msOfInstant,
  msOfText,
  periodKeyAt,
  periodsOf,
} from './calendar';

const anyMs = fc.integer({ min: msOf(instant('0001-01-02T00:00:00Z')), max: 253_402_300_799_999 });
const near = fc.integer({
  min: msOf(instant('2010-06-01T00:00:00Z')),
  max: msOf(instant('2012-06-01T00:00:00Z')),
});
// Clock changes at midnight, of half an hour, and a day that was skipped.
const zone = fc.constantFrom(
  'America/Sao_Paulo',
  'America/Havana',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Europe/Lisbon',
  'Pacific/Apia',
  'UTC',
);
const offsetsOf = (name: string) =>
  zoneOffsets(name, instant('2008-01-01T00:00:00Z'), instant('2016-01-01T00:00:00Z'));

describe('reckoning with instants', () => {
  it('reads and writes what the platform does', () => {
    fc.assert(
      fc.property(anyMs, (ms) => {
        const text = instantOfMs(ms);
        expect([msOfInstant(text), instantOf(ms)]).toEqual([ms, text]);
      }),
    );
  });

  it('reads what a plan writes, with its offset', () => {
    for (const text of [
      '2026-01-01T00:00:00-03:00',
      '2026-02-28T23:59:59.5+05:45',
      '2024-02-29T12:00:00Z',
      '2024-02-29t12:00:00.25z',
    ])
      expect(instantOf(msOfText(text))).toBe(instant(text));
    expect(() => msOfText('tomorrow')).toThrow('Not a point in time');
  });
});

describe('reckoning with the clocks of a zone, from told offsets', () => {
  it('adds days as the kernel does', () => {
    fc.assert(
      fc.property(zone, near, fc.integer({ min: 0, max: 400 }), (name, ms, days) => {
        const from = instantOfMs(ms);
        expect(addDays(from, days, offsetsOf(name))).toBe(kernelAddDays(from, days, name));
      }),
    );
  });

  it('adds months as the kernel does', () => {
    fc.assert(
      fc.property(zone, near, fc.integer({ min: 0, max: 36 }), (name, ms, months) => {
        const from = instantOfMs(ms);
        expect(addMonths(from, months, offsetsOf(name))).toBe(kernelAddMonths(from, months, name));
      }),
    );
  });

  it('clamps to the end of the month', () => {
    const until = addMonths(
      instant('2026-01-31T10:00:00-03:00'),
      1,
      offsetsOf('America/Sao_Paulo'),
    );
    expect(until).toBe(instant('2026-02-28T10:00:00-03:00'));
  });
});

describe('finding the period of a payment', () => {
  const months = monthKeysOf('2026').map((key) => resolvePeriod('America/Sao_Paulo', key));
  it.each([
    ['calendar_month', '2026-03-31T23:59:59-03:00', '2026-03'],
    ['calendar_month', '2026-04-01T00:00:00-03:00', '2026-04'],
    ['calendar_quarter', '2026-03-31T23:59:59-03:00', '2026-q1'],
    ['calendar_quarter', '2026-10-01T00:00:00-03:00', '2026-q4'],
    ['calendar_year', '2026-10-01T00:00:00-03:00', '2026'],
  ] as const)('%s of %s', (length, text, key) => {
    expect(periodKeyAt(instant(text), length, months)).toBe(key);
  });

  it('refuses a payment before the window', () => {
    const early = '2025-12-31T00:00:00.000Z' as Instant;
    expect(() => periodKeyAt(early, 'calendar_month', months)).toThrow('No month');
  });

  it('lists the quarters of a year with their bounds', () => {
    expect(periodsOf('calendar_quarter', months)[1]).toEqual({
      key: '2026-q2',
      from: instant('2026-04-01T00:00:00-03:00'),
      until: instant('2026-07-01T00:00:00-03:00'),
    });
  });
});

import fc from 'fast-check';
import { type Instant, instant, instantOfMs, msOf } from './instant';
import {
  type PeriodLength,
  addDays,
  addMonths,
  dayOf,
  endOfDay,
  isWithin,
  lengthOfPeriodKey,
  monthKeysOf,
  periodOf,
  periodPartOf,
  resolvePeriod,
  shiftPeriodKey,
  startOfDay,
  zoneOffsets,
} from './period';

const ZONES = ['America/Sao_Paulo', 'Europe/Lisbon', 'Pacific/Apia', 'Asia/Kathmandu'];
// Clock changes at the very bound of a month: midnight skipped, midnight seen twice, a whole day skipped.
const ODD_ZONES = [
  'America/Asuncion',
  'America/Havana',
  'America/St_Johns',
  'Pacific/Kiritimati',
  'UTC',
];
const LENGTHS: readonly PeriodLength[] = ['month', 'quarter', 'year'];

const zone = fc.constantFrom(...ZONES, ...ODD_ZONES);
const length = fc.constantFrom(...LENGTHS);
const moment = fc
  .integer({
    min: msOf(instant('1975-01-01T00:00:00Z')),
    max: msOf(instant('2060-01-01T00:00:00Z')),
  })
  .map(instantOfMs);

describe('periods of a zone', () => {
  it('tile the time line without gap or overlap', () => {
    for (const each of [...ZONES, ...ODD_ZONES]) {
      let key = '1985-01';
      for (let i = 0; i < 12 * 45; i++) {
        const next = shiftPeriodKey(key, 1);
        const { from, until } = resolvePeriod(each, key);
        expect(from < until).toBe(true);
        expect(resolvePeriod(each, next).from).toBe(until);
        key = next;
      }
    }
  });

  it('hold every instant in exactly one', () => {
    fc.assert(
      fc.property(moment, zone, length, (at, where, long) => {
        const period = periodOf(at, where, long);
        expect(isWithin(at, period)).toBe(true);
        expect(period).toEqual(resolvePeriod(where, period.key));
        expect(lengthOfPeriodKey(period.key)).toBe(long);
        for (const by of [-1, 1]) {
          expect(isWithin(at, resolvePeriod(where, shiftPeriodKey(period.key, by)))).toBe(false);
        }
      }),
    );
  });

  it('hold their bounds as the law says: the first instant is inside, the last is not', () => {
    fc.assert(
      fc.property(moment, zone, length, (at, where, long) => {
        const period = periodOf(at, where, long);
        expect([isWithin(period.from, period), isWithin(period.until, period)]).toEqual([
          true,
          false,
        ]);
        expect(periodOf(period.from, where, long).key).toBe(period.key);
        expect(periodOf(instantOfMs(msOf(period.until) - 1), where, long).key).toBe(period.key);
        expect(periodOf(period.until, where, long).key).toBe(shiftPeriodKey(period.key, 1));
      }),
    );
  });

  it('hold their months, from the first to the last', () => {
    fc.assert(
      fc.property(moment, zone, length, (at, where, long) => {
        const period = periodOf(at, where, long);
        const months = monthKeysOf(period.key).map((key) => resolvePeriod(where, key));
        expect([months[0]?.from, months.at(-1)?.until]).toEqual([period.from, period.until]);
        expect(months).toHaveLength({ month: 1, quarter: 3, year: 12 }[long]);
      }),
    );
  });

  it.each<[string, string, string, string]>([
    ['America/Sao_Paulo', '2026-03', '2026-03-01T03:00:00.000Z', '2026-04-01T03:00:00.000Z'],
    // Brazil still had summer time.
    ['America/Sao_Paulo', '2019-02', '2019-02-01T02:00:00.000Z', '2019-03-01T03:00:00.000Z'],
    ['Europe/Lisbon', '2026-03', '2026-03-01T00:00:00.000Z', '2026-03-31T23:00:00.000Z'],
    ['Europe/Lisbon', '2026-q4', '2026-09-30T23:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    // Samoa skipped the 30th of December 2011: the month has thirty days.
    ['Pacific/Apia', '2011-12', '2011-12-01T10:00:00.000Z', '2011-12-31T10:00:00.000Z'],
    ['Asia/Kathmandu', '2026', '2025-12-31T18:15:00.000Z', '2026-12-31T18:15:00.000Z'],
    // Nepal moved its clocks from 5:30 to 5:45 at the first moment of 1986.
    ['Asia/Kathmandu', '1986', '1985-12-31T18:30:00.000Z', '1986-12-31T18:15:00.000Z'],
    // Midnight did not exist: the clocks of Paraguay went from 0:00 to 1:00.
    ['America/Asuncion', '2023-10', '2023-10-01T04:00:00.000Z', '2023-11-01T03:00:00.000Z'],
    // Midnight came twice in Cuba: the month starts with the first one.
    ['America/Havana', '2020-11', '2020-11-01T04:00:00.000Z', '2020-12-01T05:00:00.000Z'],
    // One minute after midnight the clocks of Newfoundland went back into October.
    ['America/St_Johns', '2009-11', '2009-11-01T02:30:00.000Z', '2009-12-01T03:30:00.000Z'],
  ])('%s %s is from %s until %s', (where, key, from, until) => {
    expect(resolvePeriod(where, key)).toEqual({ zone: where, key, from, until });
  });

  it('keep an instant after the bound in the new month, also when the local date runs backwards', () => {
    const secondPass = instant('2009-11-01T02:45:00Z');
    expect(periodOf(secondPass, 'America/St_Johns', 'month').key).toBe('2009-11');
  });

  it('decide by the zone in which month a sale of the last evening falls', () => {
    const lastEvening = instant('2026-03-31T23:30:00-03:00');
    expect(ZONES.map((each) => periodOf(lastEvening, each, 'month').key)).toEqual([
      '2026-03',
      '2026-04',
      '2026-04',
      '2026-04',
    ]);
  });
});

describe('naming periods', () => {
  it('counts on and back by plain arithmetic', () => {
    fc.assert(
      fc.property(moment, length, fc.integer({ min: -5, max: 40 }), (at, long, by) => {
        const { key } = periodOf(at, 'UTC', long);
        const there = shiftPeriodKey(key, by);
        expect(shiftPeriodKey(there, -by)).toBe(key);
        expect(Math.sign(by)).toBe(there === key ? 0 : there > key ? 1 : -1);
      }),
    );
    expect(shiftPeriodKey('2026-12', 1)).toBe('2027-01');
    expect(shiftPeriodKey('2026-q1', -1)).toBe('2025-q4');
    expect(shiftPeriodKey('2026', 3)).toBe('2029');
  });

  it('has a form that fits into a stream name', () => {
    expect(['2026-03', '2026-q1', '2026'].map(periodPartOf)).toEqual(['202603', '2026q1', '2026']);
  });

  it.each(['2026-13', '2026-00', '2026-3', '2026-q5', '26-03', '2026-03-01', '1969', '9999', ''])(
    'refuses %p',
    (key) => {
      const invalid = expect.objectContaining({ code: 'invalid_period' });
      expect(() => resolvePeriod('UTC', key)).toThrow(invalid);
      expect(() => shiftPeriodKey(key, 1)).toThrow(invalid);
      expect(() => periodPartOf(key)).toThrow(invalid);
    },
  );

  it.each([1.5, NaN, 1e9])('refuses to count %p periods', (by) => {
    expect(() => shiftPeriodKey('2026-03', by)).toThrow(
      expect.objectContaining({ code: 'invalid_period' }),
    );
  });

  it.each(['Mars/Olympus', '+03:00', '-0300', 'america/sao_paulo', 'Local', 'EST', ''])(
    'refuses the zone %p',
    (where) => {
      expect(() => resolvePeriod(where, '2026-03')).toThrow(
        expect.objectContaining({ code: 'unknown_zone' }),
      );
    },
  );
});

describe('counting months from an instant', () => {
  it.each<[string, number, string, string]>([
    ['2026-01-31T10:00:00-03:00', 12, 'America/Sao_Paulo', '2027-01-31T10:00:00-03:00'],
    ['2026-01-31T10:00:00-03:00', 1, 'America/Sao_Paulo', '2026-02-28T10:00:00-03:00'],
    ['2027-12-31T23:59:59.999-03:00', 2, 'America/Sao_Paulo', '2028-02-29T23:59:59.999-03:00'],
    ['2028-02-29T00:00:00Z', -12, 'UTC', '2027-02-28T00:00:00Z'],
    ['2026-02-28T12:00:00+00:00', 1, 'Europe/Lisbon', '2026-03-28T12:00:00+00:00'],
    ['2026-02-28T12:00:00+00:00', 2, 'Europe/Lisbon', '2026-04-28T12:00:00+01:00'],
    // Half past one does not exist on that day; its first moment after the change stands for it.
    ['2026-02-28T01:30:00+00:00', 1, 'UTC', '2026-03-28T01:30:00Z'],
    ['2026-01-29T01:30:00+00:00', 2, 'Europe/Lisbon', '2026-03-29T01:00:00Z'],
    ['2026-03-05T00:00:00Z', 0, 'Asia/Kathmandu', '2026-03-05T00:00:00Z'],
  ])('%s and %i months in %s is %s', (at, months, where, then) => {
    expect(addMonths(instant(at), months, where)).toBe(instant(then));
  });

  it('never goes back when counting on', () => {
    fc.assert(
      fc.property(moment, fc.integer({ min: 1, max: 60 }), zone, (at, months, where) => {
        const then: Instant = addMonths(at, months, where);
        expect(then > at).toBe(true);
        expect(addMonths(at, months + 1, where) > then).toBe(true);
      }),
    );
  });
});

describe('days of a zone', () => {
  it.each([
    ['UTC', '2026-03-12', '2026-03-12T00:00:00.000Z'],
    ['America/Sao_Paulo', '2026-03-12', '2026-03-12T03:00:00.000Z'],
    // Clocks went forward at midnight, so the day began at one.
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00.000Z'],
    ['Europe/Lisbon', '2026-03-30', '2026-03-29T23:00:00.000Z'],
  ])('begin in %s on %s at %s', (where, day, at) => {
    expect(startOfDay(day, where)).toBe(at);
    expect(dayOf(instant(at), where)).toBe(day);
    expect(endOfDay(dayOf(instantOfMs(msOf(instant(at)) - 1), where), where)).toBe(at);
  });

  it('are counted by the clock on the wall', () => {
    const at = instant('2026-03-28T10:00:00Z');
    expect(addDays(at, 1, 'Europe/Lisbon')).toBe('2026-03-29T09:00:00.000Z');
    expect(addDays(at, 1, 'UTC')).toBe('2026-03-29T10:00:00.000Z');
  });

  it('hold every instant', () => {
    fc.assert(
      fc.property(moment, zone, (at, where) => {
        const day = dayOf(at, where);
        expect(startOfDay(day, where) <= at).toBe(true);
        expect(at < endOfDay(day, where)).toBe(true);
      }),
    );
  });
});

describe('telling the rules of a zone as data', () => {
  const [from, until] = [instant('2011-01-01T00:00:00Z'), instant('2013-01-01T00:00:00Z')];

  it('names each change of the clocks, to the millisecond', () => {
    expect(zoneOffsets('America/Sao_Paulo', from, instant('2011-12-01T00:00:00Z'))).toEqual([
      { from, offsetMs: -2 * 60 * 60 * 1000 },
      { from: instant('2011-02-20T02:00:00Z'), offsetMs: -3 * 60 * 60 * 1000 },
      { from: instant('2011-10-16T03:00:00Z'), offsetMs: -2 * 60 * 60 * 1000 },
    ]);
    expect(zoneOffsets('UTC', from, until)).toEqual([{ from, offsetMs: 0 }]);
  });

  it('knows the day that was skipped', () => {
    const offsets = zoneOffsets('Pacific/Apia', from, until);
    expect(offsets.map(({ offsetMs }) => offsetMs / (60 * 60 * 1000))).toEqual([
      -10, -11, -10, 14, 13, 14,
    ]);
  });
});

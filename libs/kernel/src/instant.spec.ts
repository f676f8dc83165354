import fc from 'fast-check';
import { instant, instantOfMs, isInstant, laterOf, msOf } from './instant';

const epochMs = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 });

describe('reading a point in time', () => {
  it.each([
    ['2026-03-31T23:59:59.999-03:00', '2026-04-01T02:59:59.999Z'],
    ['2026-03-31T02:59:59Z', '2026-03-31T02:59:59.000Z'],
    ['2026-03-31t02:59:59z', '2026-03-31T02:59:59.000Z'],
    ['2026-03-31T02:59:59.1+00:00', '2026-03-31T02:59:59.100Z'],
    ['2026-03-31T02:59:59.999999999Z', '2026-03-31T02:59:59.999Z'],
    ['2028-02-29T00:00:00+05:45', '2028-02-28T18:15:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('%s is %s', (text, expected) => {
    expect(instant(text)).toBe(expected);
  });

  it.each([
    '',
    '2026-03-31',
    '2026-03-31T02:59:59',
    '2026-03-31 02:59:59Z',
    '2026-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-03-31T24:00:00Z',
    '2026-03-31T23:60:00Z',
    '2026-12-31T23:59:60Z',
    '2026-03-31T02:59:59.Z',
    '2026-03-31T02:59:59+0300',
    '2026-03-31T02:59:59+24:00',
    '2026-03-31T02:59:59+03:60',
    '+12026-03-31T02:59:59Z',
    '0000-12-31T23:59:59Z',
    '0001-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    '2026-03-31T02:59:59Z\n',
    ' 2026-03-31T02:59:59Z',
  ])('refuses %p', (text) => {
    expect(() => instant(text)).toThrow(expect.objectContaining({ code: 'invalid_instant' }));
  });
});

describe('reading a point in time with any offset', () => {
  const minutes = fc.integer({ min: -(23 * 60 + 59), max: 23 * 60 + 59 });
  const pad = (n: number) => String(n).padStart(2, '0');

  it('gives the moment that was written, however it was written', () => {
    fc.assert(
      fc.property(epochMs, minutes, fc.integer({ min: 0, max: 9 }), (ms, offset, digits) => {
        const local = new Date(ms + offset * 60_000);
        // What falls out of the years that can be written is not written.
        fc.pre(local.getUTCFullYear() >= 0 && local.getUTCFullYear() <= 9999);
        const [whole, fraction = ''] = local.toISOString().slice(0, -1).split('.');
        const away = Math.abs(offset);
        const zone = `${offset < 0 ? '-' : '+'}${pad(Math.floor(away / 60))}:${pad(away % 60)}`;
        const shown = fraction.padEnd(9, '7').slice(0, digits);
        const written = `${whole}${digits === 0 ? '' : `.${shown}`}${zone}`;
        const unit = 10 ** Math.max(0, 3 - digits);
        expect(msOf(instant(written))).toBe(Math.floor(ms / unit) * unit);
      }),
    );
  });

  it('knows the days of every month that ever was', () => {
    for (const [year, month] of [
      [1900, 2],
      [2000, 2],
      [2024, 2],
      [2026, 4],
      [1, 2],
      [4, 2],
      [99, 12],
    ] as const) {
      const days = new Date(Date.UTC(year + 400, month, 0)).getUTCDate();
      const on = (day: number) =>
        `${String(year).padStart(4, '0')}-${pad(month)}-${pad(day)}T12:00:00+00:00`;
      expect(instant(on(days))).toBe(`${on(days).slice(0, 19)}.000Z`);
      expect(() => instant(on(days + 1))).toThrow(
        expect.objectContaining({ code: 'invalid_instant' }),
      );
    }
  });
});

describe('writing a point in time', () => {
  it('reads back, and sorts as text as it does in time', () => {
    fc.assert(
      fc.property(epochMs, epochMs, (a, b) => {
        const [left, right] = [instantOfMs(a), instantOfMs(b)];
        expect([msOf(left), instant(left), isInstant(left)]).toEqual([a, left, true]);
        expect(left < right).toBe(a < b);
        expect(laterOf(left, right)).toBe(instantOfMs(Math.max(a, b)));
      }),
    );
  });

  it('gives the same text whichever moment was written before', () => {
    const minuteMs = Date.UTC(2026, 2, 31, 2, 59);
    const moments = [
      0,
      59_999,
      60_000,
      -1,
      -60_000,
      minuteMs,
      minuteMs + 7,
      minuteMs + 7,
      minuteMs - 1,
    ];
    expect(moments.map(instantOfMs)).toEqual(moments.map((ms) => new Date(ms).toISOString()));
  });

  it.each(['2028-02-29T00:00:00.000Z', '2026-01-31T23:59:59.999Z', '0001-01-01T00:00:00.000Z'])(
    'takes %p for one of ours',
    (text) => expect(isInstant(text)).toBe(true),
  );

  it.each([NaN, Infinity, 0.5, 253_402_300_800_000, -62_135_596_800_001, 8.64e15 + 1])(
    'refuses %p',
    (ms) => {
      expect(() => instantOfMs(ms)).toThrow(expect.objectContaining({ code: 'invalid_instant' }));
    },
  );

  it.each<unknown>([
    '2026-03-31T02:59:59Z',
    '2026-02-30T00:00:00.000Z',
    '2026-04-31T00:00:00.000Z',
    '2100-02-29T00:00:00.000Z',
    '2026-00-10T00:00:00.000Z',
    '2026-01-00T00:00:00.000Z',
    '2026-03-31T24:00:00.000Z',
    '2026-03-31T02:59:60.000Z',
    '2026-03-31T02:59:59.000Z\n',
    '2026-03-31T02:59:59.000z',
    '+010000-01-01T00:00:00Z',
    '0000-12-31T23:59:59.000Z',
    0,
    null,
  ])('does not take %p for one of ours', (value) => expect(isInstant(value)).toBe(false));
});

import type { Day } from '@tributary/kernel';
import { businessDaysBetween, isBusinessDay, plusBusinessDays, plusDays } from './business-days';

describe('business days between two days', () => {
  const counted = (from: Day, days: number): number =>
    Array.from({ length: days }, (_, day) => plusDays(from, day + 1)).filter(isBusinessDay).length;

  it('are as many as one counts on the calendar, over weekends, holidays and leap years', () => {
    for (const from of ['2023-11-17', '2024-02-25', '2025-12-31', '2026-04-02', '2026-04-18'])
      for (let days = 0; days <= 400; days += 1)
        expect([from, days, businessDaysBetween(from, plusDays(from, days))]).toEqual([
          from,
          days,
          counted(from, days),
        ]);
  });

  it('are none on a day before', () => {
    expect(businessDaysBetween('2026-04-15', '2026-04-14')).toBe(0);
    expect(businessDaysBetween('2026-04-15', '1970-01-01')).toBe(0);
  });

  it('are what that many business days later says', () => {
    for (const days of [1, 2, 7, 30, 250])
      expect(businessDaysBetween('2026-04-15', plusBusinessDays('2026-04-15', days))).toBe(days);
  });

  it('up to the last day that can be named are not counted one by one', () => {
    const [from, until] = ['2026-04-15', '9999-12-31'];
    expect(businessDaysBetween(from, until)).toBe(
      businessDaysBetween(from, '6000-06-15') + businessDaysBetween('6000-06-15', until),
    );
  });
});

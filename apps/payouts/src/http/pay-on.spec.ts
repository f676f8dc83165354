import { instant } from '@tributary/kernel';
import { assertPayDay } from './pay-on';

describe('the day on which money is to arrive', () => {
  const at = instant('2026-03-31T23:00:00Z');

  it('is any up to a year ahead, or none', () => {
    for (const day of [undefined, '2026-01-01', '2026-03-31', '2027-04-01'])
      expect(() => {
        assertPayDay(day, at);
      }).not.toThrow();
  });

  it.each(['2027-04-02', '9999-12-31'])('is not %s', (day) => {
    expect(() => {
      assertPayDay(day, at);
    }).toThrow(expect.objectContaining({ code: 'pay_day_too_far' }) as Error);
  });
});

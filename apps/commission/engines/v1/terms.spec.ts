import { calendarOf } from './compile';
import { dues, line, noon, percent, plan, worth } from './window.fixture';
import { paidAt, since } from './rules.fixture';

describe('reading terms', () => {
  const sale = line(paidAt, 100_000);

  it('M029: takes the version that was published by then and governs the payment', () => {
    const facts = {
      lines: [sale],
      versions: [
        { at: since, value: plan() },
        {
          at: noon('03-20'),
          from: noon('03-01'),
          value: plan([percent('base', 2000)], { version: 2 }),
        },
        {
          at: noon('03-25'),
          from: noon('03-06'),
          value: plan([percent('base', 1000)], { version: 3 }),
        },
      ],
    };
    expect(worth(facts, noon('03-19'))).toEqual([25_000]);
    expect(worth(facts)).toEqual([20_000]);
    expect(dues(facts)[0]?.plan?.version).toBe(2);
  });

  it('ends a version where it says so', () => {
    const effective = { from: '2026-01-01T00:00:00-03:00', to: '2026-03-05T12:00:00-03:00' };
    expect(dues({ lines: [sale], plan: plan(undefined, { effective }) })[0]?.reason).toBe(
      'no_plan',
    );
  });

  it('holds until the day that the plan says, in the zone of the plan', () => {
    expect(dues({ lines: [sale] })[0]?.hold).toEqual({ until: noon('03-19'), conditions: [] });
    const disputed = line(paidAt, 100_000, { disputed: true });
    expect(dues({ lines: [disputed] })[0]?.hold?.conditions).toEqual(['dispute']);
  });

  it('says how much of the calendar must be told', () => {
    const months = plan([percent('a', 1, { duration: { months: 12 } })]);
    expect(calendarOf(months)).toEqual({ monthsBefore: 12, daysAfter: 14 });
  });
});

import { instant } from '@tributary/kernel';
import { scheduledBefore } from './runs-terms';

describe('finding the monthly run that is due', () => {
  it.each([
    [
      'a second before the day, as it is there',
      '2026-04-15T02:59:59Z',
      15,
      '2026-03-15',
      '2026-02',
    ],
    ['the first moment of the day', '2026-04-15T03:00:00Z', 15, '2026-04-15', '2026-03'],
    ['later in the month', '2026-04-30T12:00:00Z', 15, '2026-04-15', '2026-03'],
    ['in January', '2027-01-14T12:00:00Z', 15, '2026-12-15', '2026-11'],
    ['on the fifth', '2026-04-15T03:00:00Z', 5, '2026-04-05', '2026-03'],
  ])('%s', (_, at, runDay, day, period) =>
    expect(scheduledBefore(instant(at), 'America/Sao_Paulo', runDay)).toEqual({ day, period }),
  );
});

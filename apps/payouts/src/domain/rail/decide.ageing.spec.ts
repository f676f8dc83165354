import { bankHolidaysOf, businessDaysBetween, plusBusinessDays } from './business-days';
import { FILE_A, FILE_B, RAIL } from './file.fixture';
import { AT, listed, naming, statement } from './rail.fixture';
import { registered, by } from './decide.fixture';

describe('ageing', () => {
  it('opens what is overdue once, and closes it when the money shows', () => {
    const book = registered()
      .sends([listed('A')])
      .sends([listed('B', '5000')], FILE_B);
    book.hears({ item: 'B', answer: 'claimed_paid' });
    const age = (asOf: string) => book.tell({ type: 'AgeBreaks', rail: RAIL, at: AT, asOf });
    expect(age('2026-04-16').breaks).toEqual({});
    expect(age('2026-04-17').breaks).toEqual({
      A: 'B01 overdue',
      B: 'B16 overdue',
      [FILE_A]: 'B17 no_answer',
    });
    const before = book.events.length;
    expect(age('2026-04-30').events).toHaveLength(before);
    book.reads(statement('100000', [naming('a', 'A'), naming('b', 'B', { amount: '5000' })]));
    expect(book.breaks).toEqual({});
  });

  it('M115: does not open again what a person has explained', () => {
    const book = registered().sends([listed('A')]);
    const age = () => book.tell({ type: 'AgeBreaks', rail: RAIL, at: AT, asOf: '2026-05-30' });
    age();
    book.tell({ type: 'AssignBreak', ...by('anna'), break: 'B01.A', owner: 'treasury', note: 'n' });
    expect(book.breakAbout('A')?.owner).toBe('treasury');
    book.tell({ type: 'CloseBreak', ...by('anna'), break: 'B01.A', reason: 'never sent' });
    expect(Object.keys(age().breaks)).toEqual([FILE_A]);
  });

  it('counts days on which Brazilian banks are open', () => {
    expect([...bankHolidaysOf(2026)].sort()).toEqual(
      [
        '01-01',
        '02-16',
        '02-17',
        '04-03',
        '04-21',
        '05-01',
        '06-04',
        '09-07',
        '10-12',
        '11-02',
        '11-15',
        '11-20',
        '12-25',
      ].map((day) => `2026-${day}`),
    );
    expect(bankHolidaysOf(2023).has('2023-11-20')).toBe(false);
    expect(plusBusinessDays('2026-04-02', 1)).toBe('2026-04-06');
    expect(plusBusinessDays('2026-04-18', 1)).toBe('2026-04-22');
    expect(businessDaysBetween('2026-04-15', '2026-04-22')).toBe(4);
    expect(businessDaysBetween('2026-04-15', '2026-04-15')).toBe(0);
  });
});

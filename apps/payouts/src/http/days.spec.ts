import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { LinesQuery } from './bank-statements.dto';
import { AgeingBody, BreaksQuery } from './breaks.dto';
import { FileVoidBody } from './files.dto';
import { PayingAccountBody } from './paying-accounts.dto';
import { ReconciliationQuery } from './reconciliation.dto';
import { RegisterQuery, ReturnsQuery } from './registers.dto';
import { DraftRunBody, OnTimeQuery } from './runs.dto';
import { RemittanceBody } from './tax-remittances.dto';

describe('a day that is asked for', () => {
  const NAMED = [
    [LinesQuery, 'from'],
    [LinesQuery, 'until'],
    [BreaksQuery, 'asOf'],
    [AgeingBody, 'asOf'],
    [ReconciliationQuery, 'from'],
    [ReconciliationQuery, 'until'],
    [ReturnsQuery, 'from'],
    [ReturnsQuery, 'to'],
    [RegisterQuery, 'from'],
    [RegisterQuery, 'to'],
    [DraftRunBody, 'payOn'],
    [OnTimeQuery, 'asOf'],
    [PayingAccountBody, 'on'],
    [FileVoidBody, 'payOn'],
    [RemittanceBody, 'paidOn'],
  ] as const;

  it.each(NAMED)('stands on the calendar: %p %s', (shape: new () => object, field) => {
    const isTaken = (day: string): boolean =>
      !validateSync(plainToInstance(shape, { [field]: day })).some(
        ({ property }) => property === field,
      );
    expect(['2024-02-29', '2026-03-31', '9999-12-31'].map(isTaken)).toEqual([true, true, true]);
    expect(
      ['2026-02-29', '2026-02-30', '2026-04-31', '0000-01-01', '2026-3-1'].map(isTaken),
    ).toEqual([false, false, false, false, false]);
  });
});

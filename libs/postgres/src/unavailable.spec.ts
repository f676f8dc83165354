import { CodedError, unavailable } from '@tributary/kernel';

import { isUnavailable, orUnavailable } from './unavailable';

const withCode = (code: string): Error => Object.assign(new Error('from the driver'), { code });

describe('telling a database that cannot now from a statement that never will', () => {
  it.each([
    ['nobody listens', withCode('ECONNREFUSED')],
    ['the connection broke', withCode('ECONNRESET')],
    ['the connection broke, without a code', new Error('Connection terminated unexpectedly')],
    ['no connection became free', new Error('timeout exceeded when trying to connect')],
    ['the server kept silent', new Error('timeout expired')],
    ['an administrator shuts it down', withCode('57P01')],
    ['it recovers from a crash', withCode('57P03')],
    ['it has too many connections', withCode('53300')],
    ['the disk is full', withCode('53100')],
    ['it became a standby', withCode('25006')],
    ['it is the cause of another error', new Error('wrapped', { cause: withCode('08006') })],
    [
      'TypeORM has wrapped it',
      Object.assign(new Error('query failed'), { driverError: withCode('57P02') }),
    ],
    ['it was said before', unavailable('PostgreSQL')],
  ])('is unavailable: %s', (_, error) => {
    expect(isUnavailable(error)).toBe(true);
    expect(orUnavailable(error)).toMatchObject({ code: 'unavailable' });
  });

  it('leaves it to whoever has said so already to say what is not available', () => {
    const said = unavailable('The witness', withCode('ECONNREFUSED'));
    expect(orUnavailable(said)).toBe(said);
  });

  it.each([
    ['a row exists already', withCode('23505')],
    ['two transactions met', withCode('40001')],
    ['the statement is wrong', withCode('42601')],
    ['a rule of ours', new CodedError('revision_conflict', 'Elsewhere.')],
    ['not an error at all', 'ECONNREFUSED'],
  ])('is not: %s', (_, error) => {
    expect(isUnavailable(error)).toBe(false);
    expect(orUnavailable(error)).toBe(error);
  });
});

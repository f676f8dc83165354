import { instant } from '@tributary/kernel';
import { decideBy } from './business-days';

const days = (zone: string, holidays: string[] = [], decisionBusinessDays = 3) => ({
  zone,
  holidays,
  decisionBusinessDays,
});

describe('the time in which a claim is decided', () => {
  it.each([
    ['Monday at noon', '2026-03-02T12:00:00Z', days('UTC'), '2026-03-06T00:00:00.000Z'],
    [
      'the first instant of Monday',
      '2026-03-02T00:00:00Z',
      days('UTC'),
      '2026-03-06T00:00:00.000Z',
    ],
    [
      'the last instant of Sunday',
      '2026-03-01T23:59:59.999Z',
      days('UTC'),
      '2026-03-05T00:00:00.000Z',
    ],
    ['Saturday', '2026-02-28T12:00:00Z', days('UTC'), '2026-03-05T00:00:00.000Z'],
    ['Wednesday, over a weekend', '2026-03-04T12:00:00Z', days('UTC'), '2026-03-10T00:00:00.000Z'],
    ['Friday', '2026-03-06T12:00:00Z', days('UTC'), '2026-03-12T00:00:00.000Z'],
    [
      'before a holiday',
      '2026-04-01T12:00:00Z',
      days('UTC', ['2026-04-02', '2026-04-03']),
      '2026-04-09T00:00:00.000Z',
    ],
    [
      'before a holiday on the deadline itself',
      '2026-03-02T12:00:00Z',
      days('UTC', ['2026-03-06']),
      '2026-03-09T00:00:00.000Z',
    ],
    [
      'before a holiday that is a Saturday',
      '2026-03-04T12:00:00Z',
      days('UTC', ['2026-03-07']),
      '2026-03-10T00:00:00.000Z',
    ],
    ['no days at all', '2026-03-02T12:00:00Z', days('UTC', [], 0), '2026-03-03T00:00:00.000Z'],
    [
      'Monday in São Paulo, which is Tuesday in UTC',
      '2026-03-03T01:00:00Z',
      days('America/Sao_Paulo'),
      '2026-03-06T03:00:00.000Z',
    ],
    [
      'São Paulo, while clocks went forward at midnight',
      '2018-10-31T12:00:00Z',
      days('America/Sao_Paulo'),
      '2018-11-06T02:00:00.000Z',
    ],
    [
      'Lisbon, over the clock change in March',
      '2026-03-25T12:00:00Z',
      days('Europe/Lisbon'),
      '2026-03-30T23:00:00.000Z',
    ],
  ])('%s', (_, registeredAt, calendar, deadline) => {
    expect(decideBy(instant(registeredAt), calendar)).toBe(deadline);
  });
});

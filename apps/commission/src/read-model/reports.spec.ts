import type { CreditedLine } from '@tributary/contracts';
import { left, line, noon } from '../domain/earnings/earnings.fixture';
import { ratioOf, rollForward } from './reports';
import { changesOf } from './reports.projection';

describe('rolling held commission forward', () => {
  const of = (month: string, posted: bigint, released: bigint, entity = 'main') => ({
    entity,
    asset: 'BRL/2',
    month,
    posted,
    released,
  });

  it('keeps opening + posted - released = closing, also over months in which nothing happened', () => {
    const rolled = rollForward(
      [
        of('2025-12', 700n, 100n),
        of('2026-03', -50n, 200n),
        of('2026-01', 10n, 0n),
        of('2026-01', 5n, 5n, 'other'),
      ],
      '2026-01',
      '2026-03',
    );
    expect(
      rolled.map(({ entity, month, opening, closing }) => [entity, month, opening, closing]),
    ).toEqual([
      ['main', '2026-01', 600n, 610n],
      ['main', '2026-02', 610n, 610n],
      ['main', '2026-03', 610n, 360n],
      ['other', '2026-01', 0n, 0n],
      ['other', '2026-02', 0n, 0n],
      ['other', '2026-03', 0n, 0n],
    ]);
  });
});

describe('the commission ratio (D1)', () => {
  // R$ 60,000 sourced at 20%, and R$ 40,000 influenced at nothing.
  it.each([
    ['sourced and influenced', 1_200_000n, 10_000_000n, '12.0', 'pass'],
    ['sourced only', 1_200_000n, 6_000_000n, '20.0', 'amber'],
    ['just below', 14_949n, 100_000n, '14.9', 'pass'],
    ['as it is shown', 14_950n, 100_000n, '15.0', 'amber'],
    ['taken back', -1_000n, 100_000n, '-1.0', 'pass'],
    ['nothing at all', 0n, 0n, null, 'pass'],
    ['without revenue', 1n, 0n, null, 'amber'],
  ])('%s', (_, commissions, revenue, percent, status) => {
    expect(ratioOf(commissions, revenue)).toEqual({ percent, status });
  });
});

describe('what partners brought', () => {
  const steps = (first: Partial<CreditedLine>, ...later: Parameters<typeof line>[3][]) =>
    line(noon('03-01'), 1000, first, ...later).steps;
  const influenced = [{ partner: 'p2', basis: '1000' }];

  it('takes a refund from the month in which it happened', () => {
    expect(changesOf(steps({}, [noon('04-01'), left(600)]))).toEqual([
      { at: noon('03-01'), asset: 'BRL/2', sourced: '1000', influenced: '0' },
      { at: noon('04-01'), asset: 'BRL/2', sourced: '-400', influenced: '0' },
    ]);
  });

  it('counts a line once, however many had a hand in it', () => {
    expect(changesOf(steps({ influenced }))).toMatchObject([{ sourced: '1000', influenced: '0' }]);
    const hands = [...influenced, { partner: 'p3', basis: '1000' }];
    expect(changesOf(steps({ parts: [], influenced: hands }))).toMatchObject([
      { sourced: '0', influenced: '1000' },
    ]);
  });

  it('moves to another currency whole, and says nothing where nothing changes', () => {
    expect(
      changesOf(
        steps({}, [noon('03-02'), { disputed: true }], [noon('03-03'), { asset: 'USD/2' }]),
      ),
    ).toMatchObject([
      { asset: 'BRL/2', sourced: '1000' },
      { asset: 'BRL/2', sourced: '-1000' },
      { asset: 'USD/2', sourced: '1000' },
    ]);
    expect(changesOf(steps({ parts: [] }))).toEqual([]);
  });
});

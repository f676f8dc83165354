import { resolvePeriod } from '@tributary/kernel';
import { type Cut, type Kind, closedOf, kindOf, monthsOf } from './books';

const ZONE = 'America/Sao_Paulo';

describe('telling whose cut closes a month for an entry', () => {
  it('goes by the stream', () => {
    expect(['earnings', 'draw', 'account', 'rail', 'run'].map(kindOf)).toEqual([
      'commission',
      'commission',
      'payouts',
      'payouts',
      'payouts',
    ]);
  });

  it.each<[string, Kind, bigint, string | undefined]>([
    ['before any cut', 'commission', 9n, undefined],
    ['after the first soft-close', 'commission', 11n, '2026-04'],
    ['payouts, between the two cuts of March', 'payouts', 15n, undefined],
    ['payouts, after March was closed', 'payouts', 21n, '2026-04'],
    ['commission, after March was closed', 'commission', 25n, '2026-04'],
    ['commission, after April was soft-closed', 'commission', 31n, '2026-05'],
    ['at the end of the log', 'payouts', 10n ** 15n, '2026-04'],
  ])('knows the earliest open month: %s', (_case, kind, position, next) => {
    const cuts = [
      cut('commission', '2026-04', 30n),
      cut('commission', '2026-03', 10n),
      cut('payouts', '2026-03', 20n),
    ];
    const found = closedOf(cuts).find(
      (step) => step.kind === kind && position > step.after && position <= step.through,
    );
    expect(found?.next).toBe(next);
  });

  it('never opens a month again, in whatever order cuts were written', () => {
    const steps = closedOf([cut('payouts', '2026-05', 10n), cut('payouts', '2026-03', 20n)]);
    expect(steps.map(({ last }) => last)).toEqual(['2026-05', '2026-05']);
  });
});

describe('counting the months of a book', () => {
  it('bounds them in the zone of the entity, without a gap', () => {
    const months = monthsOf(ZONE, ['2026-03', '2026-06'], []);
    expect(months.map(({ key }) => key)).toEqual([
      '2026-02',
      '2026-03',
      '2026-04',
      '2026-05',
      '2026-06',
      '2026-07',
    ]);
    expect(months[1]).toEqual({
      key: '2026-03',
      from: '2026-03-01T03:00:00.000Z',
      until: '2026-04-01T03:00:00.000Z',
    });
  });

  it('ends where the calendar does: no entry makes the others unanswerable', () => {
    const months = monthsOf(ZONE, ['1970-01', '9998-12'], [cut('payouts', '1970-01', 5n)]);
    expect(months.map(({ key }) => key)).toEqual(['1970-01', '1970-02', '9998-11', '9998-12']);
    expect(months[0]?.until).toBe('1970-02-01T03:00:00.000Z');
    // What is dated by no more than a zero is in a month as well.
    expect(months[0]?.from).toBe('1970-01-01T00:00:00.000Z');
    expect(months[3]?.until).toBe('9999-01-01T03:00:00.000Z');
  });

  it('keeps the bounds that a cut was made with, also where the zone has other rules by now', () => {
    const stored = {
      ...resolvePeriod(ZONE, '2026-03'),
      until: '2026-04-01T02:00:00.000Z',
    } as Cut['period'];
    const months = monthsOf(
      ZONE,
      ['2026-03'],
      [{ kind: 'commission', period: stored, position: 5n }],
    );
    expect(months.map(({ from, until }) => [from, until]).slice(1)).toEqual([
      ['2026-03-01T03:00:00.000Z', '2026-04-01T02:00:00.000Z'],
      ['2026-04-01T02:00:00.000Z', '2026-05-01T03:00:00.000Z'],
    ]);
  });
});

const cut = (kind: Kind, key: string, position: bigint): Cut => ({
  kind,
  position,
  period: resolvePeriod(ZONE, key),
});

import fc from 'fast-check';
import { type Period, instant, instantOfMs, msOf, resolvePeriod } from '@tributary/kernel';
import { type Movement, NOTHING_STANDS, balanceOf, moved } from './movement';
import {
  BRL,
  ZONE,
  adjusted,
  april,
  carriedOf,
  clawedBack,
  disputed,
  earned,
  headOf,
  inOrder,
  instructed,
  march,
  returned,
  setOff,
  settled,
} from './statement.fixture';
import { type CarriedOn, type StatementFigures, closes, statementOf } from './statement-of';

const MARCH = resolvePeriod(ZONE, '2026-03');
const APRIL = resolvePeriod(ZONE, '2026-04');

function stated(
  movements: readonly Movement[],
  { period = MARCH, through = 1_000, before = null as CarriedOn | null } = {},
): StatementFigures {
  return statementOf(movements, { asset: BRL, period, through, before });
}

const after = (figures: StatementFigures, period: Period, through: number): CarriedOn =>
  carriedOf(headOf(period.key, { period, through }), figures);

describe('stating a month of an account', () => {
  it('adds commissions and adjustments, and takes off tax and payments', () => {
    const { opening, totals, closing, standing } = stated(
      inOrder(
        earned(march(3), 25_000),
        adjusted(march(4), 5_000),
        instructed(march(15), 24_625, 375),
        settled(march(16), 24_625),
      ),
    );
    expect({ opening, ...totals, closing }).toEqual({
      opening: '0',
      earned: '25000',
      adjusted: '5000',
      tax: '-375',
      paid: '-24625',
      returned: '0',
      repaid: '0',
      written_off: '0',
      other: '0',
      closing: '5000',
    });
    expect(standing).toEqual({ ...NOTHING_STANDS, payable: '5000' });
  });

  it('gives tax and payment back with a payment that came back', () => {
    const { totals, closing } = stated(
      inOrder(
        earned(march(3), 25_000),
        instructed(march(15), 24_625, 375),
        settled(march(16), 24_625),
        returned(march(18), 24_625, 375),
      ),
    );
    expect(totals).toMatchObject({ paid: '-24625', returned: '24625', tax: '0' });
    expect(closing).toBe('25000');
  });

  it('shows what is on its way as such, until the bank says that it was paid', () => {
    const { standing, closing } = stated(
      inOrder(earned(march(3), 25_000), instructed(march(31), 24_625, 375)),
    );
    expect(standing).toMatchObject({ payable: '0', inTransit: '24625' });
    expect(closing).toBe('24625');
  });

  it('M117: carries forward what the partner owes (E3)', () => {
    const first = stated(
      inOrder(
        earned(march(3), 25_000),
        instructed(march(15), 25_000, 0),
        settled(march(16), 25_000),
        clawedBack(march(20), 8_333, 8_333),
        setOff(march(28), 6_000),
      ),
    );
    expect(first.closing).toBe('-2333');
    expect(first.standing).toMatchObject({ payable: '0', owed: '2333' });
  });

  it('lists nothing for what only changes its place', () => {
    const { lines, standing } = stated(
      inOrder(earned(march(3), 25_000), disputed(march(4), 10_000)),
    );
    expect(lines.map(({ kind }) => kind)).toEqual(['earned']);
    expect(standing).toMatchObject({ payable: '15000', disputed: '10000' });
  });

  it('leaves what happened after the month to the next statement, also where it is known already', () => {
    const movements = inOrder(earned(april(1), 700), earned(march(31, 23), 300));
    const first = stated(movements, { through: 2 });
    expect(first).toMatchObject({ closing: '300', unread: 1 });
    const next = stated(movements, { period: APRIL, through: 2, before: after(first, MARCH, 2) });
    expect(next).toMatchObject({ opening: '300', closing: '1000', unread: 3 });
  });

  it('tells what became known late in the next statement, as of an earlier month', () => {
    const movements = inOrder(earned(march(3), 300), earned(march(5), 40));
    const first = stated(movements, { through: 1 });
    expect(first.closing).toBe('300');
    const next = stated(movements, { period: APRIL, through: 2, before: after(first, MARCH, 1) });
    expect(next).toMatchObject({ opening: '300', closing: '340' });
    expect(next.lines).toEqual([
      expect.objectContaining({ day: '2026-03-05', late: true, amount: '40' }),
    ]);
  });

  it('goes on with the first of however many things happened after the month', () => {
    const [one] = inOrder(earned(april(1), 100));
    const later = Array.from({ length: 200_000 }, (_, i) => ({
      ...(one as Movement),
      revision: i + 7,
    }));
    expect(stated(later, { through: 300_000 })).toMatchObject({ unread: 7, lines: [] });
  });

  it('counts days in the zone of the entity', () => {
    const movements = inOrder(earned(instant('2026-04-01T02:59:59.999Z'), 1));
    expect(stated(movements).lines).toEqual([expect.objectContaining({ day: '2026-03-31' })]);
  });

  it('states a month in which nothing happened', () => {
    const first = stated(inOrder(earned(march(3), 300)));
    const next = stated([], { period: APRIL, through: 1, before: after(first, MARCH, 1) });
    expect(next).toMatchObject({ opening: '300', closing: '300', lines: [] });
  });
});

const MONTHS = ['2026-01', '2026-02', '2026-03', '2026-04', '2026-05', '2026-06'];
const FIRST_MS = msOf(resolvePeriod(ZONE, '2026-01').from);
const LAST_MS = msOf(resolvePeriod(ZONE, '2026-06').until) - 1;

const anyMovement = fc
  .record({
    at: fc.integer({ min: FIRST_MS, max: LAST_MS }).map(instantOfMs),
    net: fc.integer({ min: 1, max: 1_000_000 }),
    tax: fc.integer({ min: 0, max: 1_000 }),
    make: fc.constantFrom('earned', 'clawedBack', 'instructed', 'settled', 'returned', 'disputed'),
  })
  .map(({ at, net, tax, make }) => {
    switch (make) {
      case 'earned':
        return earned(at, net);
      case 'clawedBack':
        return clawedBack(at, net + tax, tax);
      case 'instructed':
        return instructed(at, net, tax);
      case 'settled':
        return settled(at, net);
      case 'returned':
        return returned(at, net, tax);
      default:
        return disputed(at, net);
    }
  });

describe('stating any history, month by month', () => {
  const history = fc.record({
    told: fc.array(anyMovement, { maxLength: 40 }),
    // How much was known when each month was stated; never less than the month before.
    known: fc.array(fc.nat({ max: 40 }), { minLength: MONTHS.length, maxLength: MONTHS.length }),
  });

  it('closes, continues, tells each movement once, and ends with the balance of the account', () => {
    fc.assert(
      fc.property(history, ({ told, known }) => {
        const movements = inOrder(
          ...told.map((movement) => ({
            ...movement,
            entry: { legs: movement.entry.legs.filter(({ amount }) => amount !== '0') },
          })),
        );
        const sorted = [...known].sort((a, b) => a - b);
        let before: CarriedOn | null = null;
        let lines = 0;
        for (const [i, month] of MONTHS.entries()) {
          const period = resolvePeriod(ZONE, month);
          const through: number = sorted[i] ?? 0;
          // Only what the one before may have left is read.
          const read = movements.filter(({ revision }) => revision >= (before?.unread ?? 1));
          const figures = stated(read, { period, through, before });
          expect(closes(figures)).toBe(true);
          expect(figures.opening).toBe(String(before ? balanceOf(before.standing) : 0n));
          const counted = movements.filter(
            ({ revision, at }) => revision <= through && at < period.until,
          );
          expect(figures.standing).toEqual(folded(counted));
          lines += figures.lines.length;
          before = after(figures, period, through);
        }
        const told1 = movements.filter(({ revision }) => revision <= (sorted.at(-1) ?? 0));
        expect(lines).toBe(stated(told1, { period: resolvePeriod(ZONE, '2026-06') }).lines.length);
      }),
    );
  });
});

const folded = (movements: readonly Movement[]) =>
  movements.reduce(
    (standing, { entry }) => moved(standing, entry, BRL)?.standing ?? standing,
    NOTHING_STANDS,
  );

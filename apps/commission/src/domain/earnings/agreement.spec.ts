import { type Instant, type JsonObject } from '@tributary/kernel';
import type { EarningsCommand } from './commands';
import {
  Window,
  agreed,
  at,
  learned,
  line,
  noon,
  partnerIs,
  permutations,
  programme,
  published,
} from './earnings.fixture';

type Status = 'active' | 'draft' | 'ended';
type Agreed = ReturnType<typeof agreed>;

const SIGNED = at('2026-02-01T00:00:00-03:00');
const ENDED = at('2026-03-10T18:00:00-03:00');

/** The whole timeline of one agreement, as it is told for the n-th time. */
function agreement(revision: number, ...steps: readonly (readonly [Instant, Status])[]): Agreed {
  const of = (since: Instant, status: Status): Agreed => agreed({ status }, { since, revision });
  const [first] = steps;
  if (first === undefined) throw new Error('An agreement has a beginning.');
  const term = of(...first);
  const told = steps.flatMap((step) => of(...step).told.data['steps'] as JsonObject[]);
  return { ...term, told: { ...term.told, data: { ...term.told.data, steps: told } } };
}

/** One line of 1,000.00 at each of these moments; a quarter of it is due. */
const PAID = {
  before: at('2026-01-31T23:59:59-03:00'),
  first: SIGNED,
  within: noon('03-05'),
  last: at('2026-03-10T17:59:59-03:00'),
  after: ENDED,
};
const sold = (...when: readonly (keyof typeof PAID)[]): EarningsCommand[] =>
  when.map((each) => learned(line(PAID[each], 100_000, { sale: `s${each}` })));
const TERMS = [published(), partnerIs(), programme()];
const all = sold('before', 'first', 'within', 'last', 'after');

describe('commission accrues only under an active agreement at event time (M065)', () => {
  const whole = agreement(2, [SIGNED, 'active'], [ENDED, 'ended']);

  it('from the very first instant of the agreement to the last, and neither before nor after', () => {
    const window = Window.after(...TERMS, whole, ...all);
    const earned = window.events.flatMap((event) =>
      event.type === 'CommissionPosted'
        ? [['sale' in event.data.key && event.data.key.sale, event.data.amount]]
        : [],
    );
    expect(earned.sort()).toEqual([
      ['sfirst', '25000'],
      ['slast', '25000'],
      ['swithin', '25000'],
    ]);
  });

  it('by when it was paid, in whatever order payments and terms are heard of', () => {
    const books = Window.after(...TERMS, whole, ...all).books();
    for (const order of permutations([whole, ...sold('before', 'within', 'last', 'after')]))
      expect(Window.after(...TERMS, ...order, ...sold('first')).books()).toEqual(books);
  });

  it('not under a draft, which somebody else has yet to approve', () => {
    const window = Window.after(...TERMS, agreement(1, [SIGNED, 'draft']), ...all);
    expect(window.months()).toEqual({});
    // Approved at last, from its first day on; what was paid meanwhile is owed, and nothing else.
    window.run(agreement(2, [SIGNED, 'active']));
    expect(window.months()).toEqual({ '2026-02': 25_000, '2026-03': 75_000 });
  });

  it('is taken back where it turns out to have ended earlier, and a refund after the end takes back the rest', () => {
    const window = Window.after(
      ...TERMS,
      agreement(1, [SIGNED, 'active']),
      ...sold('first', 'within'),
    );
    expect(window.held()).toBe(50_000);
    window.run(agreement(2, [SIGNED, 'active'], [noon('03-01'), 'ended']));
    expect(window.held()).toBe(25_000);
    const refunded = line(PAID.first, 100_000, { sale: 'sfirst' }, [
      noon('03-20'),
      { net: '0', parts: [{ partner: 'p1', role: 'sourced', basis: '0' }] },
    ]);
    window.run(learned(refunded));
    expect(window.held()).toBe(0);
  });
});

import type { AgreementValue } from '@tributary/contracts';
import { type Instant, type Step, instant, valueAt } from '@tributary/kernel';
import fc from 'fast-check';
import type { Governing } from './evolve';
import { stepsAfter } from './steps';

describe('telling which terms govern which sales', () => {
  it('answers as the decisions do that were known, for every sale and at every time', () => {
    const amendments = fc.array(
      fc.record({
        from: fc.integer({ min: 1, max: 9 }).map(day),
        changed: fc.oneof(
          fc.record({ plan: fc.constantFrom('a', 'b', 'c') }),
          fc.record({ parent: fc.constantFrom('x', 'y') }),
        ),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(amendments, (later) => {
        const decisions: Governing[] = [{ from: day(1), changed: BEGUN }, ...later];
        const steps = timelineOf(decisions);
        for (let known = 0; known < decisions.length; known++) {
          const t = decidedAt(known);
          for (let paid = 0; paid <= 10; paid++) {
            const found = valueAt({ revision: 1, steps }, t, day(paid));
            expect(found).toEqual(governing(decisions.slice(0, known + 1), day(paid)));
          }
        }
      }),
    );
  });
});

const BEGUN: AgreementValue = {
  partner: 'northwind',
  programme: 'main',
  plan: null,
  splits: [],
  parent: null,
  exclusivity: null,
  status: 'active',
  currency: null,
};

const day = (n: number): Instant => instant(`2026-01-${String(n + 10)}T00:00:00Z`);
const decidedAt = (n: number): Instant => instant(`2026-01-15T12:00:0${n}Z`);

function timelineOf(decisions: readonly Governing[]): readonly Step<AgreementValue>[] {
  return decisions.reduce<readonly Step<AgreementValue>[]>(
    (told, { from }, i) => stepsAfter(told, decisions.slice(0, i + 1), { at: decidedAt(i), from }),
    [],
  );
}

/** What was meant: every decision that governs the sale, in the order in which they begin, the later of two last. */
function governing(known: readonly Governing[], paidAt: Instant): AgreementValue | undefined {
  const relevant = known.filter(({ from }) => from <= paidAt);
  if (relevant.length === 0) return undefined;
  return [...relevant]
    .sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))
    .reduce((value, { changed }) => ({ ...value, ...changed }), {} as AgreementValue);
}

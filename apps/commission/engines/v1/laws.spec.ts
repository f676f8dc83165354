import { type Step, allocate, round } from '@tributary/kernel';
import fc from 'fast-check';
import { due, dueOfBonuses, dueOfChildLine, dueOfLine, explain, isIndependent } from './due';
import { asRational } from './exact';
import type { CreditedLine, LineFact, WindowFacts } from './facts';
import { anyLine, anyMoment, independentPlan, jointPlan, windowUnder } from './history.fixture';
import { type LineDue, exactOf, keyText } from './line-due';
import { recompute } from './recompute';
import { LATE, agreed, noon, percent, plan, terms, told } from './window.fixture';

const anyPlan = fc.oneof(independentPlan, jointPlan);
const anyWindow = windowUnder(anyPlan);

// Together these have to stay quick.
fc.configureGlobal({ numRuns: 50 });

const byKey = (dues: readonly LineDue[]) =>
  [...dues].sort((a, b) => (keyText(a.key) < keyText(b.key) ? -1 : 1));
const sum = (dues: readonly LineDue[]) => dues.reduce((all, { rounded }) => all + rounded, 0n);

describe('what is due', () => {
  it('is the same in whatever order the facts are listed', () => {
    fc.assert(
      fc.property(anyWindow, anyMoment, fc.infiniteStream(fc.nat()), (facts, t, draws) => {
        expect(byKey(due(shuffled(facts, draws), t))).toEqual(byKey(due(facts, t)));
      }),
    );
  });

  it('M032: is nothing after a full refund of everything', () => {
    fc.assert(
      fc.property(anyWindow, (facts) => {
        for (const { key, rounded } of due(allRefunded(facts), LATE))
          expect([key, rounded]).toEqual([key, 0n]);
      }),
    );
  });

  it('is nothing of payments that have left the window or count no longer, whatever was decided', () => {
    const gone = [{ paidAt: noon('04-01') }, { parts: [], net: '0', gross: '0', quantity: '0' }];
    fc.assert(
      fc.property(anyWindow, fc.constantFrom(...gone), (facts, change) => {
        const lines = facts.lines.map((line) => toldAs(line, change));
        const of = (asked: WindowFacts) => byKey(due({ ...asked, lines, children: [] }, LATE));
        expect(of(facts)).toEqual(of({ ...facts, overrides: [] }));
        expect(sum(of(facts).filter(({ key }) => 'line' in key))).toBe(0n);
      }),
    );
  });

  it('has one answer per line and rule, and a reason exactly where that is zero', () => {
    fc.assert(
      fc.property(anyWindow, anyMoment, (facts, t) => {
        const dues = due(facts, t);
        expect(new Set(dues.map(({ key }) => keyText(key))).size).toBe(dues.length);
        for (const { rounded, reason, hold } of dues)
          expect([reason === null, hold === null && reason === null]).toEqual([
            rounded !== 0n,
            hold === null && rounded !== 0n,
          ]);
      }),
      // Rarely do two versions both have something to say about one bonus.
      { numRuns: 300 },
    );
  });

  it('follows from its trace alone', () => {
    fc.assert(
      fc.property(anyWindow, anyMoment, (facts, t) => {
        for (const each of due(facts, t)) {
          const trace = explain(facts, t, each.key);
          if (trace === undefined) throw new Error(`No trace of ${keyText(each.key)}.`);
          expect(trace.due).toEqual(each);
          if (each.reason !== 'overridden' || each.key.rule === null)
            expect(recompute(trace)).toEqual({ rounded: each.rounded, mismatches: [] });
        }
      }),
      { numRuns: 25 },
    );
  });

  it('never reads what was not known yet', () => {
    fc.assert(
      fc.property(anyWindow, anyMoment, (facts, t) => {
        const known = { ...facts, lines: facts.lines.map((each) => cutAt(each, t)) };
        const counts = (dues: readonly LineDue[]) => byKey(dues).map(({ rounded }) => rounded);
        expect(counts(due(known, t))).toEqual(counts(due(facts, t)));
      }),
    );
  });
});

describe('a plan whose lines are independent', () => {
  it('gives the same for one line as for all', () => {
    fc.assert(
      fc.property(windowUnder(independentPlan), anyMoment, (facts, t) => {
        expect(isIndependent(facts)).toBe(true);
        const alone = [
          ...facts.lines.flatMap((line) => dueOfLine(facts, line, t)),
          ...facts.children.flatMap((child) =>
            child.lines.flatMap((line) => dueOfChildLine(facts, child, line, t)),
          ),
          ...dueOfBonuses(facts, t),
        ];
        expect(byKey(alone)).toEqual(byKey(due(facts, t)));
      }),
    );
  });
});

describe('a pool', () => {
  it('is shared without losing a unit', () => {
    fc.assert(
      fc.property(
        fc.nat(10_000_000),
        fc.array(fc.nat(100), { minLength: 1, maxLength: 6 }).filter((each) => each.some(Boolean)),
        fc.nat(10_000),
        (net, weights, bp) => {
          const parts = allocate(BigInt(net), weights.map(BigInt)).map((basis, i) => ({
            partner: `p${i}`,
            role: 'co-sell',
            basis: String(basis),
          }));
          const all = parts.map(({ partner: id }) => sum(due(poolOf(id, net, bp, parts), LATE)));
          const pool = asRational({ numerator: BigInt(net * bp), denominator: 10_000n });
          expect(all.reduce((a, b) => a + b, 0n)).toBe(round(pool, 'half_up'));
        },
      ),
    );
  });
});

describe('running totals', () => {
  it('add up: the lines of a group are worth the rounded total', () => {
    fc.assert(
      fc.property(windowUnder(jointPlan), anyMoment, (facts, t) => {
        const single = { ...facts, versions: facts.versions.slice(0, 1), overrides: [] };
        const [version] = single.versions;
        if (version === undefined || version.value.limits?.length !== 0) return;
        const ofSchedule = due(single, t).filter(
          ({ key }) => key.rule === 'accel' && !('window' in key),
        );
        for (const { from, until } of periodsOfSchedule(single)) {
          const lines = ofSchedule.filter(({ paidAt }) => paidAt >= from && paidAt < until);
          const exact = lines.reduce((all, each) => all.plus(exactOf(each)), asRational(NOTHING));
          expect(sum(lines)).toBe(round(exact, version.value.rounding.mode));
        }
      }),
    );
  });

  it('never pass the cap of their month', () => {
    fc.assert(
      fc.property(windowUnder(jointPlan), anyMoment, (facts, t) => {
        const single = { ...facts, versions: facts.versions.slice(0, 1), overrides: [] };
        const cap = single.versions[0]?.value.limits?.find(({ id }) => id === 'm')?.max;
        if (cap === undefined) return;
        for (const { from, until } of single.months) {
          const lines = due(single, t).filter(({ paidAt }) => paidAt >= from && paidAt < until);
          expect(sum(lines) <= BigInt(cap)).toBe(true);
        }
      }),
    );
  });
});

const NOTHING = { numerator: 0n, denominator: 1n };

function periodsOfSchedule({ versions, months, window }: WindowFacts) {
  const rule = versions[0]?.value.rules.find(({ id }) => id === 'accel');
  return rule?.pay.kind === 'schedule' && rule.pay.measure.window === 'calendar_month'
    ? months
    : [window];
}

const poolOf = (id: string, net: number, bp: number, parts: CreditedLine['parts']): WindowFacts =>
  told({
    partner: id,
    plan: plan([percent('base', bp)], { credit: { split: 'pool' } }),
    terms: terms({
      agreements: [
        { agreement: 'a', steps: [{ at: noon('01-01'), value: agreed({ partner: id }) }] },
      ],
    }),
    lines: [lineOf(net, parts)],
  });

function lineOf(net: number, parts: CreditedLine['parts']): LineFact {
  const [sample] = fc.sample(anyLine, { numRuns: 1, seed: 1 });
  const { steps } = sample as LineFact;
  const first = steps[0] as Step<CreditedLine>;
  const value = { ...first.value, net: String(net), marketplace: null, parts };
  return { ...(sample as LineFact), steps: [{ ...first, value }] };
}

const toldAs = (line: LineFact, change: Partial<CreditedLine>): LineFact => ({
  ...line,
  steps: line.steps.map((step) => ({ ...step, value: { ...step.value, ...change } })),
});

const cutAt = (line: LineFact, t: string): LineFact => ({
  ...line,
  steps: line.steps.filter(({ at }, i) => i === 0 || at <= t),
});

function shuffled(facts: WindowFacts, draws: Iterator<number>): WindowFacts {
  const mix = <T>(items: readonly T[]): T[] =>
    items
      .map((item) => [Number(draws.next().value), item] as const)
      .sort(([a], [b]) => a - b)
      .map(([, item]) => item);
  return {
    ...facts,
    lines: mix(facts.lines),
    children: mix(facts.children).map((child) => ({ ...child, lines: mix(child.lines) })),
    overrides: mix(facts.overrides),
    terms: {
      ...facts.terms,
      agreements: mix(facts.terms.agreements),
      measures: mix(facts.terms.measures),
    },
  };
}

/** Everything is given back at the end; what was decided by people before stays decided. */
function allRefunded(facts: WindowFacts): WindowFacts {
  const refunded = (line: LineFact): LineFact => {
    const { value } = line.steps.at(-1) as Step<CreditedLine>;
    const parts = value.parts.map((part) => ({ ...part, basis: '0' }));
    const marketplace = value.marketplace && { ...value.marketplace, fee: '0' };
    return {
      ...line,
      steps: [
        ...line.steps,
        { at: noon('12-01'), value: { ...value, net: '0', parts, marketplace } },
      ],
    };
  };
  return {
    ...facts,
    lines: facts.lines.map(refunded),
    children: facts.children.map((child) => ({ ...child, lines: child.lines.map(refunded) })),
    // A decision about a line that was refunded before gives what no refund can take back.
    overrides: facts.overrides.filter(({ key, steps }) =>
      facts.lines.some((line) => {
        const known = cutAt(line, steps[0]?.at ?? '').steps.at(-1)?.value;
        return 'payment' in key && key.payment === line.payment && known?.net !== '0';
      }),
    ),
  };
}

import type { LineCreditedData } from '@tributary/contracts';
import {
  type Instant,
  type Recorded,
  instantOfMs,
  msOf,
  resolvePeriod,
  sha256Hex,
  uuidV5,
} from '@tributary/kernel';
import fc from 'fast-check';
import { due } from '../../../engines/v1/due';
import type { LineFact, PartnerTerms, WindowFacts } from '../../../engines/v1/facts';
import { independentPlan, jointPlan, windowUnder } from '../../../engines/v1/history.fixture';
import type { EarningsCommand, LearnTerm } from './commands';
import { earnings } from './decide';
import {
  SIGNED,
  Window,
  ZONE,
  learned,
  line as lineOf,
  noon,
  programme,
  published,
  windowOf,
} from './earnings.fixture';
import { type Difference, WindowRecheck } from './recheck';
import { snapshot } from './snapshot';
import { initialEarnings } from './state';
import { topicOfAgreements, topicOfMeasures, topicOfPartner, topicOfStanding } from './topics';

const MONTHS = Array.from({ length: 9 }, (_, i) => `2026-${String(i + 1).padStart(2, '0')}`);
const endOf = (month: string): Instant => instantOfMs(msOf(resolvePeriod(ZONE, month).until) - 1);

/** What the books have to say, from the specification alone: the due at the end of each month less that of the month before. */
function specified(facts: WindowFacts): Record<string, string> {
  const books: Record<string, string> = {};
  const before = new Map<string, bigint>();
  for (const month of MONTHS) {
    const dues = new Map(
      due(facts, endOf(month)).map(({ key, rounded }) => [JSON.stringify(sorted(key)), rounded]),
    );
    for (const key of new Set([...before.keys(), ...dues.keys()])) {
      const delta = (dues.get(key) ?? 0n) - (before.get(key) ?? 0n);
      if (delta !== 0n) books[`${key} main ${month}`] = String(delta);
      before.set(key, dues.get(key) ?? 0n);
    }
  }
  return books;
}

const sorted = (key: object): object =>
  Object.fromEntries(Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1)));

function booksOf(window: Window): Record<string, string> {
  return Object.fromEntries(
    Object.entries(window.books()).map(([name, amount]) => {
      const end = name.lastIndexOf('}') + 1;
      const key = JSON.stringify(sorted(JSON.parse(name.slice(0, end)) as object));
      return [`${key}${name.slice(end)}`, amount];
    }),
  );
}

const id = windowOf();

/** Everything in it as it would be told, each line and the partner in as many revisions as they have steps. */
function toldOf(facts: WindowFacts): EarningsCommand[] {
  const plans = facts.versions.map(({ at, value }) =>
    published({ ...value, programId: 'main' }, at),
  );
  return [
    programme(),
    ...plans,
    ...termsOf(facts.partner, facts.terms),
    ...facts.children.flatMap(({ partner, terms }) => termsOf(partner, terms)),
    ...facts.lines.flatMap((line) => revisions(line, null)),
    ...facts.children.flatMap(({ partner, lines }) =>
      lines.flatMap((line) => revisions(line, partner)),
    ),
  ];
}

const said = (topic: string, key: string, data: object, revision = 1): LearnTerm => ({
  type: 'LearnTerm',
  id,
  told: { topic, key, revision, data: data as LearnTerm['told']['data'] },
  at: SIGNED,
});

function termsOf(partner: string, terms: PartnerTerms): LearnTerm[] {
  return [
    ...terms.agreements.map((each) => said(topicOfAgreements(partner), each.agreement, each)),
    ...terms.partner.map((_, i) => {
      const data = { partner, steps: terms.partner.slice(0, i + 1) };
      return said(topicOfPartner(partner), partner, data, i + 1);
    }),
    ...Object.entries(terms.standings).map(([track, steps]) =>
      said(topicOfStanding(partner), track, { partner, track, steps }),
    ),
    ...terms.measures.map((each) =>
      said(topicOfMeasures(partner), `${each.measure} ${each.subject}`, { partner, ...each }),
    ),
  ];
}

function revisions(fact: LineFact, child: string | null): EarningsCommand[] {
  const { value } = lineOf(noon('03-05'), 1).steps[0] as LineCreditedData['steps'][number];
  const data: LineCreditedData = {
    ...lineOf(noon('03-05'), 1),
    sale: fact.sale,
    payment: fact.payment,
    line: fact.line,
    facts: [{ factId: fact.factId, hash: sha256Hex(fact.factId) }],
    steps: fact.steps.map((step) => ({ ...step, value: { ...value, ...step.value } })),
  };
  return data.steps.map((_, i) =>
    learned({ ...data, steps: data.steps.slice(0, i + 1) }, { id, revision: i + 1, child }),
  );
}

const anyHistory = fc
  .oneof(windowUnder(independentPlan), windowUnder(jointPlan))
  .filter(({ lines, children }) => lines.length + (children[0]?.lines.length ?? 0) > 0)
  .map((facts) => ({ ...facts, overrides: [] }));

/** In any order, and some of it twice. */
const anyArrival = anyHistory.chain((facts) => {
  const told = toldOf(facts);
  return fc.record({
    facts: fc.constant(facts),
    arrivals: fc
      .tuple(
        fc.shuffledSubarray(told, { minLength: told.length }),
        fc.subarray(told, { maxLength: 5 }),
      )
      .map(([all, again]) => [...all, ...again]),
  });
});

describe('the books of a window', () => {
  it('are those of the specification, line by line and month by month, in any order of arrival', () => {
    fc.assert(
      fc.property(anyArrival, ({ facts, arrivals }) => {
        expect(booksOf(Window.after(...arrivals))).toEqual(specified(facts));
      }),
      { numRuns: 100 },
    );
  });

  it('are the same when releases come in between, and held and released add up to what is posted', () => {
    fc.assert(
      fc.property(anyArrival, fc.nat(), ({ facts, arrivals }, seed) => {
        const window = new Window();
        for (const [i, arrival] of arrivals.entries()) {
          window.run(arrival);
          if ((seed + i) % 4 === 0)
            window.run({
              type: 'ReleaseHolds',
              id,
              asOf: noon(`0${String(1 + ((seed + i) % 8))}-15`),
              by: 'finance',
            });
        }
        expect(booksOf(window)).toEqual(specified(facts));
        const posted = Object.values(window.books()).reduce((sum, each) => sum + BigInt(each), 0n);
        expect(BigInt(window.held() + window.released())).toBe(posted);
      }),
      { numRuns: 40 },
    );
  });

  it('M032: sum to nothing after everything was refunded in full', () => {
    fc.assert(
      fc.property(anyArrival, ({ facts, arrivals }) => {
        const refunds = [...facts.lines, ...facts.children.flatMap(({ lines }) => lines)].map(
          (fact) => {
            const child = facts.lines.includes(fact) ? null : 'p2';
            const last = revisions(fact, child).at(-1) as Extract<
              EarningsCommand,
              { type: 'LearnLines' }
            >;
            const [told] = last.lines;
            if (told === undefined) return last;
            const { steps } = told.data;
            const before = steps.at(-1) as (typeof steps)[number];
            const parts = before.value.parts.map((part) => ({ ...part, basis: '0' }));
            const marketplace = null;
            const value = { ...before.value, net: '0', parts, marketplace };
            const data = { ...told.data, steps: [...steps, { at: noon('08-01'), value }] };
            return { ...last, lines: [{ revision: 99, data }] };
          },
        );
        const window = Window.after(...arrivals, ...refunds);
        const sums = Object.values(window.books()).reduce((sum, each) => sum + BigInt(each), 0n);
        const bonuses = due(facts, endOf('2026-09')).length;
        expect([sums, bonuses >= 0, window.held() + window.released()]).toEqual([0n, true, 0]);
      }),
      { numRuns: 40 },
    );
  });

  it('go on from a snapshot as from the events', () => {
    fc.assert(
      fc.property(anyArrival, fc.nat(), ({ arrivals }, cut) => {
        const at = cut % arrivals.length;
        const window = Window.after(...arrivals.slice(0, at));
        if (window.state === initialEarnings) return;
        const keys = new Set(window.events.flatMap((event) => snapshot.touched(event)));
        const rows = new Map(
          [...keys].flatMap((key) => {
            const row = snapshot.row(window.state, key);
            return row === undefined
              ? []
              : [[key, JSON.parse(JSON.stringify(row)) as typeof row] as const];
          }),
        );
        const next = arrivals[at] as EarningsCommand;
        const expected = earnings.decide(next, window.state);
        expect(earnings.decide(next, snapshot.restore(rows))).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('come out the same when everything is decided once more from what was learned', () => {
    fc.assert(
      fc.property(anyArrival, fc.nat(), ({ arrivals }, seed) => {
        const window = new Window();
        for (const [i, arrival] of arrivals.entries()) {
          window.run(arrival);
          const asOf = noon(`0${String(1 + ((seed + i) % 8))}-15`);
          if ((seed + i) % 4 === 0) window.run({ type: 'ReleaseHolds', id, asOf, by: 'finance' });
        }
        const events = recordedIn(window);
        expect(differencesIn(events)).toEqual([]);

        const victims = events.filter(({ type }) =>
          ['CommissionPosted', 'CommissionReleased'].includes(type),
        );
        const victim = victims[seed % Math.max(victims.length, 1)];
        if (victim === undefined) return;
        // One posting or release says something else, everywhere the same; the first that is found is that one.
        const { amount } = victim.data as { readonly amount: string };
        const text = JSON.stringify(victim.data).replaceAll(`"${amount}"`, `"${amount}1"`);
        const data = JSON.parse(text) as Recorded['data'];
        const forged = events.map((event) => (event === victim ? { ...event, data } : event));
        expect(firstDifference(forged)?.at.position).toBe(victim.position);
      }),
      { numRuns: 25 },
    );
  });
});

function recordedIn(window: Window): readonly Recorded[] {
  let position = 0n;
  return window.appends.flatMap((events, n) =>
    events.map((event) => {
      position += 1n;
      const commandId = uuidV5('append', String(n));
      return { ...event, commandId, position } as unknown as Recorded;
    }),
  );
}

function differencesIn(events: readonly Recorded[]): readonly Difference[] {
  const recheck = new WindowRecheck();
  return [...events.flatMap((event) => recheck.take(event)), ...recheck.finish()];
}

/** What was forged may not be decided upon, so it is looked at no further. */
function firstDifference(events: readonly Recorded[]): Difference | undefined {
  const recheck = new WindowRecheck();
  for (const event of events) {
    const [found] = recheck.take(event);
    if (found !== undefined) return found;
  }
  return recheck.finish()[0];
}

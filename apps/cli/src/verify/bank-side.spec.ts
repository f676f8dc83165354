import { BankSide } from './bank-side';
import { Told } from './events.fixture';

type Data = Parameters<Told['add']>[3];

interface Line {
  readonly key: string;
  readonly bookedOn: string;
  readonly amount: number;
}

interface Statement {
  readonly name: string;
  readonly opening: number;
  readonly closing: number;
  readonly from: string;
  readonly until: string;
  readonly lines: readonly Line[];
  readonly accepted?: { readonly jump: number };
}

const on = (day: string, key: string, amount = 100): Line => ({ key, bookedOn: day, amount });

/** Of the days of its lines, unless it says more; what it opens with and its lines make what it closes with. */
function statement(
  name: string,
  opening: number,
  lines: readonly Line[],
  said: Partial<Statement> = {},
): Statement {
  const days = lines.map(({ bookedOn }) => bookedOn).sort();
  const closing = lines.reduce((sum, { amount }) => sum + amount, opening);
  const period = { from: days[0] ?? '', until: days.at(-1) ?? '' };
  return { name, opening, closing, ...period, lines, ...said };
}

/** Of an account opened with 1000. Each is received with all its lines, and begins to count when it is named to. */
function history(
  received: readonly Statement[],
  counting: readonly string[] = received.map(({ name }) => name),
) {
  const told = new Told();
  const rail = (type: string, data: Data) =>
    told.add('rail', ['itau'], type, { rail: 'itau', ...data });
  rail('PayingAccountRegistered', { opening: '1000' });
  const seen = new Set<string>();
  for (const { name, opening, closing, from, until, lines } of received) {
    const head = { opening: String(opening), closing: String(closing), from, until };
    rail('StatementReceived', { statement: name, ...head, totals: { count: lines.length } });
    const isNew = ({ key }: Line) => !seen.has(key);
    const fresh = lines.filter(isNew);
    const known = lines.filter((each) => !isNew(each)).map(({ key }) => key);
    for (const { key } of fresh) seen.add(key);
    const shown = fresh.map(({ amount, ...line }) => ({
      ...line,
      amount: String(Math.abs(amount)),
      side: amount < 0 ? 'debit' : 'credit',
    }));
    rail('LinesImported', { statement: name, lines: shown, known });
  }
  for (const name of counting) {
    const accepted = received.find((each) => each.name === name)?.accepted;
    const jump = String(accepted?.jump ?? 0);
    rail('StatementImported', { statement: name, jump, by: accepted ? 'anna' : null });
  }
  return told;
}

function brokenIn({ events }: Told): readonly string[] {
  const bank = new BankSide();
  for (const event of events) bank.take(event);
  return [...bank.brokenStatements()].map(({ detail }) => detail);
}

const [d10, d11] = ['2026-04-10', '2026-04-11'];
const a = on(d10, 'a');
const b = on(d10, 'b', -30);
const later = on('2026-04-20', 'later', 200);
const april = { from: '2026-04-01', until: '2026-04-30' };
const may = on('2026-05-05', 'may', 1);

interface History {
  readonly received: readonly Statement[];
  readonly counting?: readonly string[];
}

const HONEST: Readonly<Record<string, History>> = {
  'a month, one of its days once more, and the next month': {
    received: [
      statement('april', 1000, [a, later], april),
      statement('day', 1000, [a]),
      statement('may', 1300, [may]),
    ],
  },
  'evening before morning, and the next day': {
    received: [
      statement('evening', 1100, [b]),
      statement('morning', 1000, [a]),
      statement('next', 1070, [on(d11, 'c')]),
    ],
    counting: ['morning', 'evening', 'next'],
  },
  'evening, the noon of it, and the next day': {
    received: [
      statement('evening', 1000, [a, b]),
      statement('noon', 1000, [a]),
      statement('next', 1070, [on(d11, 'c')]),
    ],
  },
  'noon, and the whole day once more with what came after it': {
    received: [
      statement('noon', 1000, [a]),
      statement('evening', 1000, [a, b]),
      statement('next', 1070, [on(d11, 'c')]),
    ],
  },
  'two of one day, and one that overlaps both and goes on': {
    received: [
      statement('noon', 1000, [a]),
      statement('evening', 1100, [b]),
      statement('both', 1000, [a, b, on(d11, 'c')]),
      statement('next', 1170, [on('2026-04-12', 'd')]),
    ],
  },
  'a jump that a person accepted, and what follows': {
    received: [
      statement('first', 1000, [a]),
      statement('second', 1600, [on(d11, 'c')], { accepted: { jump: 500 } }),
      statement('third', 1700, [on('2026-04-12', 'd')]),
    ],
  },
  'one that goes on within a day behind a number that never was, as a person accepted': {
    received: [
      statement('noon', 1000, [a]),
      statement('evening', 1100, [b], { accepted: { jump: 0 } }),
      statement('next', 1070, [on(d11, 'c')]),
    ],
  },
  'one that goes on within a day behind what is missing, as a person accepted': {
    received: [
      statement('noon', 1000, [a]),
      statement('evening', 1400, [b], { accepted: { jump: 300 } }),
      statement('next', 1370, [on(d11, 'c')]),
    ],
  },
  'one with the content of a known line, as a person accepted': {
    received: [
      statement('noon', 1000, [a, on(d10, 'b2', 50)]),
      statement('evening', 1150, [a, b], { accepted: { jump: 100 } }),
      statement('next', 1220, [on(d11, 'c')]),
    ],
  },
  'one that was cut off and opens elsewhere, as a person accepted': {
    received: [
      statement('evening', 1000, [a, b]),
      statement('noon', 1500, [a], { accepted: { jump: 500 } }),
      statement('next', 1570, [on(d11, 'c')]),
    ],
  },
  'one that has other lines than known ones, as a person accepted': {
    received: [
      statement('known', 1000, [a, b, on(d11, 'c')]),
      statement('other', 1000, [a, on(d10, 'e', 5), on(d11, 'c')], { accepted: { jump: 30 } }),
      statement('next', 1205, [on('2026-04-12', 'd')]),
    ],
  },
  'jumps that were told by the opening, with the one that took them back': {
    received: [
      statement('noon', 1000, [a]),
      statement('evening', 1100, [b], { accepted: { jump: 100 } }),
      statement('next', 1070, [on(d11, 'c')], { accepted: { jump: -100 } }),
      statement('third', 1170, [on('2026-04-12', 'd')]),
    ],
  },
};

describe('statements that continue one another', () => {
  it.each(Object.entries(HONEST))('finds nothing in %s', (_, { received, counting }) => {
    expect(brokenIn(history(received, counting))).toEqual([]);
  });

  const forged = Object.entries(HONEST).flatMap(([name, { received, counting }]) =>
    received.map((each) => [each.name, name, received, counting] as const),
  );

  it.each(forged)('finds the forged balances of %s in %s', (which, _, received, counting) => {
    const told = received.map((each) =>
      each.name === which
        ? { ...each, opening: each.opening + 7, closing: each.closing + 7 }
        : each,
    );
    const { opening = 0, from = '' } = told.find(({ name }) => name === which) ?? {};
    expect(brokenIn(history(told, counting))).toEqual([
      expect.stringMatching(`^it opens with ${String(opening)}, and what counts before ${from} `),
    ]);
  });

  it('finds a jump that is another than was accepted, or none', () => {
    const jumping = (jump: number) => {
      const accepted = { jump };
      return history([
        statement('first', 1000, [a]),
        statement('second', 1600, [on(d11, 'c')], { accepted }),
      ]);
    };
    expect(brokenIn(jumping(499))).toEqual([
      'it opens with 1600, and what counts before 2026-04-11 makes 1599',
    ]);
    expect(brokenIn(jumping(0))).toEqual([
      'it opens with 1600, and what counts before 2026-04-11 makes 1100',
    ]);
  });

  it('finds a line that was taken out of a statement, in that one and in the next', () => {
    const told = history([
      statement('first', 1000, [a], { closing: 1070 }),
      statement('next', 1070, [on(d11, 'c')]),
    ]);
    expect(brokenIn(told)).toEqual([
      'the statement opens with 1000, moves 100 and closes with 1070',
      'it opens with 1070, and what counts before 2026-04-11 makes 1100',
    ]);
  });

  it('goes on within a day only where nothing later is known', () => {
    const told = history([
      statement('noon', 1000, [a]),
      statement('next', 1100, [on(d11, 'c')]),
      statement('evening', 1100, [b]),
    ]);
    expect(brokenIn(told)).toEqual([
      'it opens with 1100, and what counts before 2026-04-10 makes 1000',
    ]);
  });
});

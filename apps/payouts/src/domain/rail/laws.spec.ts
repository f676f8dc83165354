import fc from 'fast-check';
import { type BankLine, type BankStatement, signedOf } from './bank-line';
import type { ExpectRemittance } from './commands';
import type { RailEvent } from './events';
import { FILE_A, FILE_B, RAIL } from './file.fixture';
import { AT, RailBook, line, listed, naming, statement } from './rail.fixture';
import { rail } from './decide';
import { snapshot } from './snapshot';
import { type Json, PersistentMap, uuidV5 } from '@tributary/kernel';

const DAYS = ['2026-04-15', '2026-04-16', '2026-04-17', '2026-04-20'] as const;
const ITEMS = ['A', 'B', 'C', 'D', 'E', 'F'].map((name, i) =>
  listed(name, i % 2 === 0 ? '10000' : '5000', `account ${String(i % 3)}`),
);

const DARF = 'DARF 1';
/** Of amounts that items have too. The second one names a document that no line does. */
const REMITTANCES = [
  [DARF, '10000'],
  ['DARF 2', '10000'],
  ['DARF 3', '5000'],
].map(([reference = '', amount = '']): ExpectRemittance => ({
  type: 'ExpectRemittance',
  ...{ rail: RAIL, remittance: uuidV5('spec', reference), reference, amount },
  ...{ paidOn: DAYS[0], by: 'anna', at: AT },
}));

/** What may happen on a statement, each by a number of days and an item. */
const MOVEMENTS = [
  'bank',
  'charge',
  'fee',
  'named',
  'nameless',
  'return',
  'reversal',
  'stranger',
  'tax',
  'wrong',
] as const;
const movement = fc.record({
  what: fc.constantFrom(...MOVEMENTS),
  day: fc.nat({ max: DAYS.length - 1 }),
  item: fc.nat({ max: ITEMS.length - 1 }),
});
type Movement = typeof movement extends fc.Arbitrary<infer T> ? T : never;

function lineOf({ what, day, item }: Movement, n: number): BankLine {
  const key = `${String(n).padStart(3, '0')}`;
  const { item: id, amount, fingerprint } = ITEMS[item] ?? listed('A');
  const bookedOn = DAYS[day] ?? DAYS[0];
  const said = { bookedOn, amount };
  switch (what) {
    case 'named':
      return naming(key, id, said);
    case 'wrong':
      return naming(key, id, { ...said, amount: '9999' });
    case 'reversal':
      return naming(key, id, { ...said, side: 'credit', isReversal: true });
    case 'bank':
      return line(key, { ...said, references: { bank: `number ${id}` } });
    case 'nameless':
      return line(key, { ...said, counterparty: fingerprint });
    case 'return':
      return naming(key, id, { ...said, side: 'credit', returnReason: 'AC03' });
    case 'charge':
      return line(key, { bookedOn, amount: '150', code: 'FEE', isCharge: true });
    case 'tax':
      return line(key, { ...said, references: { endToEnd: DARF } });
    case 'stranger':
      return line(key, said);
    case 'fee':
      return line(key, { ...said, code: 'FEE', references: { bank: `number ${id}` } });
  }
}

/** One statement for each day, and one that repeats two of them. */
function statementsOf(movements: readonly Movement[]): readonly BankStatement[] {
  const lines = movements.map(lineOf);
  let opening = 100_000n;
  const openings: bigint[] = [];
  const daily = DAYS.map((day, i) => {
    const booked = lines.filter(({ bookedOn }) => bookedOn === day);
    openings[i] = opening;
    const told = statement(String(opening), booked, {
      id: `S${String(i)}`,
      sequence: i + 1,
      from: day,
      until: day,
    });
    opening += booked.reduce((sum, each) => sum + signedOf(each), 0n);
    return told;
  });
  const twoDays = lines.filter(({ bookedOn }) => bookedOn === DAYS[1] || bookedOn === DAYS[2]);
  const again = { id: 'again', from: DAYS[1], until: DAYS[2] };
  return [...daily, statement(String(openings[1]), twoDays, again)];
}

type Step = (book: RailBook) => RailBook;

const answers: Step = (book) =>
  book.hears(
    ...ITEMS.slice(0, 4).map(({ item }) => ({
      item,
      answer: 'claimed_paid' as const,
      bankReference: `number ${item}`,
    })),
  );

const history = fc.array(movement, { maxLength: 14 }).map((movements): readonly Step[] => [
  (book) => book.sends(ITEMS.slice(4), FILE_B),
  answers,
  ...REMITTANCES.map(
    (each): Step =>
      (book) =>
        book.tell(each),
  ),
  ...statementsOf(movements).map(
    (each): Step =>
      (book) =>
        book.reads(each),
  ),
]);

const inAnyOrder = (steps: readonly Step[]) =>
  fc.record({
    steps: fc.constant(steps),
    order: fc.shuffledSubarray([...steps.keys()], { minLength: steps.length }),
    again: fc.subarray([...steps.keys()]),
  });

/** What a break is about and of which type; what else may come near is as it was when the break was opened. */
const typesOf = ({ breaks }: RailBook) =>
  Object.fromEntries(Object.entries(breaks).map(([about, each]) => [about, each.slice(0, 3)]));

/** Everything that a state holds, with what is derived. */
const plain = (value: unknown): unknown =>
  value instanceof PersistentMap
    ? value.entries().map(([key, each]: [string, unknown]) => [key, plain(each)])
    : typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).map(([key, each]: [string, unknown]) => [key, plain(each)])
      : value;

/** What an event books against our cash, by line. */
function bookedBy({ type, data }: RailEvent): readonly (readonly [line: string, amount: bigint])[] {
  switch (type) {
    case 'LinesBooked':
      return data.lines.map((each) => [each.line, BigInt(each.amount)]);
    case 'LinesMatched':
      return data.matches.flatMap((each) =>
        each.items.map(({ amount }) => [each.line, BigInt(amount)] as const),
      );
    case 'LineUnmatched':
      return [...data.items, ...(data.entry?.legs.slice(0, 1) ?? [])].map(({ amount }) => [
        data.line,
        -BigInt(amount),
      ]);
    default:
      return [];
  }
}

/** By line, with all that was taken back. */
function cashOf({ events }: RailBook): ReadonlyMap<string, bigint> {
  const cash = new Map<string, bigint>();
  for (const [key, amount] of events.flatMap(bookedBy))
    cash.set(key, (cash.get(key) ?? 0n) + amount);
  return cash;
}

/** Of the other file no statement may have known yet. */
const sent = () => RailBook.registered().sends(ITEMS.slice(0, 4), FILE_A);

describe('what holds however statements and answers come', () => {
  it('ends in the same matches in any order, with anything told twice', () => {
    fc.assert(
      fc.property(history.chain(inAnyOrder), ({ steps, order, again }) => {
        const straight = steps.reduce((book, step) => step(book), sent());
        const shuffled = [...order, ...again].reduce((book, i) => steps[i]?.(book) ?? book, sent());
        expect(shuffled.matches).toEqual(straight.matches);
        expect(typesOf(shuffled)).toEqual(typesOf(straight));
      }),
      { numRuns: 120 },
    );
  });

  it('M115: explains every line that counts, or has one break for it, after every step', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const book = sent();
        for (const step of steps) step(book).checkSums();
      }),
      { numRuns: 60 },
    );
  });

  it('settles an item by one line of its amount, and returns it by one', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const { state } = steps.reduce((book, step) => step(book), sent());
        const settled = new Map<string, number>();
        for (const [key, { match, amount }] of state.lines.entries()) {
          if (match?.kind !== 'settled' && match?.kind !== 'returned') continue;
          for (const id of match.items) {
            const name = `${match.kind} ${id}`;
            settled.set(name, (settled.get(name) ?? 0) + 1);
            const item = state.items.get(id);
            expect(item?.amount).toBe(amount);
            expect(match.kind === 'settled' ? item?.settledBy : item?.returnedBy).toBe(key);
          }
        }
        expect([...settled.values()].filter((count) => count > 1)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('books the cash of a line once as long as it is matched, and else not at all, after every step', () => {
    fc.assert(
      fc.property(history.chain(inAnyOrder), ({ steps, order }) => {
        const book = sent();
        for (const i of order) {
          const cash = cashOf(steps[i]?.(book) ?? book);
          const shown = new Map<string, string>();
          for (const [key, each] of book.state.lines.entries()) {
            const booked = each.match === null ? 0n : BigInt(each.amount);
            expect([key, cash.get(key) ?? 0n]).toEqual([key, booked]);
            if (each.match?.remittance !== undefined) shown.set(each.match.remittance, key);
          }
          for (const [id, { shownBy }] of book.state.remittances.entries())
            expect(shownBy).toBe(shown.get(id) ?? null);
          book.checkSums();
        }
      }),
      { numRuns: 120 },
    );
  });

  it('goes on from a snapshot as from the stream', () => {
    fc.assert(
      fc.property(history, fc.nat({ max: 5 }), (steps, at) => {
        const book = steps.slice(0, at).reduce((all, step) => step(all), sent());
        const rows = new Map<string, Json>();
        for (const key of new Set(book.events.flatMap((event) => snapshot.touched(event)))) {
          const row = snapshot.row(book.state, key);
          if (row !== undefined) rows.set(key, JSON.parse(JSON.stringify(row)) as Json);
        }
        const restored = new RailBook();
        restored.state = snapshot.restore(rows);
        const rest = steps.slice(at);
        for (const step of rest) [step(book), step(restored)].forEach((each) => each.checkSums());
        expect(restored.matches).toEqual(book.matches);
        expect(restored.breaks).toEqual(book.breaks);
      }),
      { numRuns: 60 },
    );
  });

  it('folds to the state that it decided on', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const book = steps.reduce((all, step) => step(all), sent());
        // Copies, as a log gives them back: of an event of its own the decider may remember where it led.
        const stored = book.events.map((event) => structuredClone(event));
        const folded = stored.reduce(rail.evolve, rail.initial);
        expect(plain(folded)).toEqual(plain(book.state));
      }),
      { numRuns: 50 },
    );
  });
});

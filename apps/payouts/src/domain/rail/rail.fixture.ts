import { type Day, type Instant, instant, sha256Hex } from '@tributary/kernel';
import { type BankLine, type BankStatement, signedOf, statementKeyOf, totalsOf } from './bank-line';
import type { Break } from './break-events';
import type { RailCommand, RailRejected } from './commands';
import { rail } from './decide';
import type { RailEvent } from './events';
import { FILE_A, RAIL, RUN, settings } from './file.fixture';
import type { AnswerToItem } from './file-commands';
import type { ListedItem } from './file-events';
import { type Rail, countsIn } from './state';

export const AT: Instant = instant('2026-04-14T12:00:00Z');
export const OPENED: Day = '2026-04-01';
export const PAY_ON: Day = '2026-04-15';

export type Said = Partial<Omit<BankLine, 'references'>> & {
  readonly references?: Partial<BankLine['references']>;
};

const NO_REFERENCES = { item: null, endToEnd: null, bank: null, fitid: null, batch: null };

/** A debit of a hundred on the day of payment, unless something else is said. */
export function line(key: string, { references, ...said }: Said = {}): BankLine {
  return {
    key,
    place: 0,
    bookedOn: PAY_ON,
    valueOn: null,
    amount: '10000',
    side: 'debit',
    code: null,
    isCharge: false,
    isReversal: false,
    returnReason: null,
    counterparty: null,
    text: '',
    parent: null,
    partsDiffer: false,
    ...said,
    references: { ...NO_REFERENCES, ...references },
  };
}

/** A line that carries our name of a payment. */
export const naming = (key: string, item: string, said: Said = {}): BankLine =>
  line(key, { ...said, references: { item, ...said.references } });

/** As the bank would give it: what it opens with and its lines make what it closes with. */
export function statement(
  opening: string,
  lines: readonly BankLine[],
  said: Partial<BankStatement> = {},
): BankStatement {
  const closing = lines.reduce((sum, each) => sum + signedOf(each), BigInt(opening));
  const days = lines.map(({ bookedOn }) => bookedOn).sort();
  return {
    account: '1234567890',
    bank: '341',
    id: 'S1',
    sequence: null,
    asset: 'BRL/2',
    from: days[0] ?? PAY_ON,
    until: days.at(-1) ?? PAY_ON,
    opening,
    closing: String(closing),
    lines: lines.map((each, place) => ({ ...each, place })),
    warnings: [],
    unreadable: [],
    ...said,
  };
}

export const listed = (item: string, amount = '10000', fingerprint = `f ${item}`): ListedItem => ({
  item,
  partner: `p${item.toLowerCase()}`,
  amount,
  method: 'ted',
  version: 1,
  fingerprint,
});

/** One rail, told commands until it has nothing left to do by itself. */
export class RailBook {
  readonly events: RailEvent[] = [];
  state: Rail = rail.initial;
  rejected: RailRejected | null = null;
  private sent = 0;

  static registered(opening = '100000'): RailBook {
    const book = new RailBook();
    const of = { rail: RAIL, settings, opening, on: OPENED, by: 'anna' };
    return book.tell({
      type: 'RegisterPayingAccount',
      ...of,
      openedAt: instant('2026-04-01T03:00:00Z'),
    });
  }

  tell(...commands: readonly RailCommand[]): this {
    for (const command of commands) {
      const decision = rail.decide(command, this.state);
      this.rejected = 'rejected' in decision ? decision.rejected : null;
      if ('rejected' in decision) continue;
      let next: readonly RailEvent[] = decision.events;
      while (next.length > 0) {
        this.events.push(...next);
        this.state = next.reduce<Rail>(rail.evolve, this.state);
        next = rail.step?.(this.state) ?? [];
      }
    }
    return this;
  }

  /** A file of these items, written and sent. */
  sends(items: readonly ListedItem[], file = FILE_A, payOn: Day = PAY_ON): this {
    const total = String(items.reduce((sum, { amount }) => sum + BigInt(amount), 0n));
    const of = { rail: RAIL, file, at: AT };
    const count = items.length;
    const numbered = { run: RUN, kind: 'ted', payOn, count, total, replaces: null };
    return this.tell(
      { type: 'NumberFile', ...of, ...numbered },
      ...chunksOf(items).map((part, chunk): RailCommand => ({
        type: 'ListFileItems',
        ...of,
        chunk,
        items: part,
      })),
      { type: 'ExportFile', ...of, sha256: 'a'.repeat(64), bytes: 1, count, total },
    );
  }

  hears(...answers: readonly (Partial<AnswerToItem> & { readonly item: string })[]): this {
    this.sent += 1;
    const hash = sha256Hex(`return ${String(this.sent)} ${JSON.stringify(answers)}`);
    const on = { rail: RAIL, at: AT };
    const read = { sha256: hash, sequence: null, fileRefused: [], count: answers.length };
    const whole = answers.map((answer) => ({
      answer: 'accepted' as const,
      codes: [],
      amount: null,
      bankReference: null,
      on: null,
      ...answer,
    }));
    return this.tell(
      { type: 'NoteReturnFile', ...on, ...read, warnings: [], by: 'anna' },
      { type: 'AnswerItems', ...on, return: hash, chunk: 0, answers: whole },
    );
  }

  reads(...statements: readonly BankStatement[]): this {
    for (const each of statements) this.read(each);
    return this;
  }

  private read({ lines, warnings, unreadable, ...head }: BankStatement): void {
    const totals = totalsOf(lines);
    const on = { rail: RAIL, statement: statementKeyOf(head, totals), at: AT };
    const days = lines.map(({ bookedOn }) => bookedOn).sort();
    const [first, last] = [days[0], days.at(-1)];
    const booked = first === undefined || last === undefined ? null : { first, last };
    const told = { head, totals, booked, unreadable, warnings, file: 'f'.repeat(64), by: 'anna' };
    this.tell({ type: 'ReceiveStatement', ...on, ...told });
    for (const [chunk, part] of chunksOf(lines).entries()) {
      const imported = part.map(({ text: _text, ...rest }) => rest);
      this.tell({ type: 'ImportLines', ...on, chunks: [{ chunk, lines: imported }] });
    }
    this.tell({ type: 'FinishStatement', ...on });
  }

  /** `T1 settled A` by line. */
  get matches(): Readonly<Record<string, string>> {
    const found: [string, string][] = [];
    for (const [key, { match }] of this.state.lines.entries()) {
      if (match === null) continue;
      const { tier, kind, items, batch } = match;
      const named = batch === null ? items : ['batch'];
      found.push([key, [tier, kind, ...named].join(' ')]);
    }
    return Object.fromEntries(found);
  }

  /** `B02 no_instruction` by what it is about. */
  get breaks(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.state.breaks
        .entries()
        .map(([, { type, cause, about }]) => [Object.values(about).join(), `${type} ${cause}`]),
    );
  }

  breakAbout(subject: string): Break | undefined {
    return this.state.breaks
      .entries()
      .map(([, each]) => each)
      .find(({ about }) => Object.values(about).join() === subject);
  }

  /** Every line that counts is explained, or open, and never both; together they are what the bank's balance has moved by. */
  checkSums(): void {
    const { state } = this;
    let [all, explained, open] = [0n, 0n, 0n];
    for (const [key, each] of state.lines.entries()) {
      if (!countsIn(state, each)) continue;
      const signed = signedOf(each);
      all += signed;
      if (each.match !== null) explained += signed;
      const isOpen = each.break !== null && state.breaks.has(each.break);
      if (isOpen) open += signed;
      if ((each.match !== null) === isOpen)
        throw new Error(`${key}: ${JSON.stringify({ match: each.match, break: each.break })}`);
    }
    const days = state.days.entries().reduce((sum, [, amount]) => sum + BigInt(amount), 0n);
    if (all !== explained + open || days !== all)
      throw new Error(`${String(all)} is not ${String(explained)} and ${String(open)}`);
  }
}

function chunksOf<T>(all: readonly T[]): readonly (readonly T[])[] {
  const chunks: (readonly T[])[] = [];
  for (let i = 0; i < all.length; i += 100) chunks.push(all.slice(i, i + 100));
  return chunks;
}

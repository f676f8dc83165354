import type { Recorded } from '@tributary/kernel';
import { CountedBalance } from './counted-balance';
import { textAt } from './text-at';

export interface Matched {
  readonly item: string;
  readonly amount: string;
}

export interface MatchedLine {
  readonly kind: 'returned' | 'settled';
  readonly items: Map<string, bigint>;
}

interface ImportedLine {
  readonly key: string;
  readonly amount: string;
  readonly side: 'credit' | 'debit';
  readonly bookedOn: string;
}

interface Statement {
  readonly at: Recorded;
  readonly opening: bigint;
  readonly closing: bigint;
  readonly from: string;
  readonly until: string;
  readonly count: number;
  readonly keys: string[];
  isImported: boolean;
}

/** What a line was taken for, as one name. */
export const bookedBy = (line: string, kind: MatchedLine['kind'], item: string): string =>
  `${kind} ${line} ${item}`;

export const signedOf = ({ side, amount }: Pick<ImportedLine, 'amount' | 'side'>): bigint =>
  side === 'debit' ? -BigInt(amount) : BigInt(amount);

/** What the streams of bank accounts say: statements, their lines, and what those were taken for. All by rail and key of the line. */
export class BankSide {
  readonly lines = new Map<string, bigint>();
  readonly matches = new Map<string, MatchedLine>();
  readonly booked = new Map<string, { readonly signed: bigint; readonly at: Recorded }>();
  /** Which repayment of a partner a line was taken for. */
  readonly repaid = new Map<string, string>();
  /** What a line no longer stands for. The account that has booked it hears of that later. */
  readonly takenBack = new Set<string>();
  readonly openings = new Map<string, bigint>();
  private readonly statements = new Map<string, Statement>();
  private readonly balances = new Map<string, CountedBalance>();
  /** Lines that came in statements that do not count yet: when they were booked. */
  private readonly uncounted = new Map<string, string>();
  private readonly discontinuities: { readonly at: Recorded; readonly detail: string }[] = [];

  get statementCount(): number {
    return this.statements.size;
  }

  take(event: Recorded): void {
    const { type, data, tenant } = event;
    const rail = `${tenant} ${textAt(data, 'rail')}`;
    const keyOf = (line: unknown): string => `${rail} ${String(line)}`;
    switch (type) {
      case 'PayingAccountRegistered':
        this.openings.set(rail, BigInt(textAt(data, 'opening')));
        this.balances.set(rail, new CountedBalance(BigInt(textAt(data, 'opening'))));
        break;
      case 'StatementReceived':
        this.received(event, rail);
        break;
      case 'LinesImported':
        this.imported(event, rail);
        break;
      case 'StatementImported': {
        const statement = this.statements.get(keyOf(data['statement']));
        if (statement !== undefined) this.counts(statement, rail, event);
        break;
      }
      case 'LinesMatched':
        for (const match of data['matches'] as unknown as readonly Match[])
          this.matched(keyOf(match.line), match);
        break;
      case 'LinesBooked':
        for (const line of data['lines'] as unknown as readonly (Pick<
          ImportedLine,
          'amount' | 'side'
        > & {
          readonly line: string;
        })[])
          this.booked.set(keyOf(line.line), { signed: signedOf(line), at: event });
        break;
      case 'LineUnmatched':
        this.unmatched(keyOf(data['line']), data as unknown as Match);
        break;
    }
  }

  /** Statements that do not add up, or do not continue one another. */
  *brokenStatements(): Generator<{ readonly at: Recorded; readonly detail: string }> {
    const imported = [...this.statements.values()].filter(({ isImported }) => isImported);
    for (const { at, opening, closing, keys, count } of imported) {
      const moved = keys.reduce((sum, key) => sum + (this.lines.get(key) ?? 0n), 0n);
      if (keys.length !== count)
        yield { at, detail: `the statement has ${count} lines, ${keys.length} were imported` };
      else if (opening + moved !== closing)
        yield {
          at,
          detail: `the statement opens with ${opening}, moves ${moved} and closes with ${closing}`,
        };
    }
    yield* this.discontinuities;
  }

  private received(event: Recorded, rail: string): void {
    const { statement, opening, closing, from, until, totals } = event.data as unknown as Received;
    this.statements.set(`${rail} ${statement}`, {
      at: event,
      opening: BigInt(opening),
      closing: BigInt(closing),
      from,
      until,
      count: totals.count,
      keys: [],
      isImported: false,
    });
  }

  private imported({ data }: Recorded, rail: string): void {
    const { statement, lines, known } = data as unknown as Imported;
    for (const line of lines) {
      this.lines.set(`${rail} ${line.key}`, signedOf(line));
      this.uncounted.set(`${rail} ${line.key}`, line.bookedOn);
    }
    const keys = [...lines.map(({ key }) => key), ...known].map((key) => `${rail} ${key}`);
    this.statements.get(`${rail} ${statement}`)?.keys.push(...keys);
  }

  /** It is held against what counted just then: whatever comes later may be of the same days. */
  private counts(statement: Statement, rail: string, { data }: Recorded): void {
    statement.isImported = true;
    const { at, keys } = statement;
    const anew: [day: string, signed: bigint][] = [];
    for (const key of keys) {
      const day = this.uncounted.get(key);
      if (day !== undefined) anew.push([day, this.lines.get(key) ?? 0n]);
    }
    for (const key of keys) this.uncounted.delete(key);
    const jump = BigInt(textAt(data, 'jump'));
    const isAccepted = textAt(data, 'by') !== '';
    const why = this.balances.get(rail)?.count({ ...statement, jump, isAccepted, anew });
    if (why !== undefined) this.discontinuities.push({ at, detail: why });
  }

  private matched(key: string, { kind, items, repayment }: Match): void {
    if (kind === 'repaid') {
      this.repaid.set(key, String(repayment?.repayment));
      return;
    }
    const match = this.matches.get(key) ?? { kind, items: new Map<string, bigint>() };
    this.matches.set(key, match);
    for (const { item, amount } of items) {
      match.items.set(item, BigInt(amount));
      this.takenBack.delete(bookedBy(key, kind, item));
    }
  }

  private unmatched(key: string, { kind, items }: Pick<Match, 'items'> & { kind: string }): void {
    if (kind !== 'settled' && kind !== 'returned') {
      this.booked.delete(key);
      this.repaid.delete(key);
      return;
    }
    const match = this.matches.get(key);
    for (const { item } of items) {
      match?.items.delete(item);
      this.takenBack.add(bookedBy(key, kind, item));
    }
    if (match?.items.size === 0) this.matches.delete(key);
  }
}

interface Match {
  readonly line: string;
  readonly kind: 'repaid' | 'returned' | 'settled';
  readonly items: readonly Matched[];
  readonly repayment?: { readonly repayment: string };
}

interface Received {
  readonly statement: string;
  readonly opening: string;
  readonly closing: string;
  readonly from: string;
  readonly until: string;
  readonly totals: { readonly count: number };
}

interface Imported {
  readonly statement: string;
  readonly lines: readonly ImportedLine[];
  readonly known: readonly string[];
}

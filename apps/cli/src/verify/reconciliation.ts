import type { BalancedEntry, Recorded } from '@tributary/kernel';
import { BankSide, bookedBy } from './bank-side';
import { type Finding, type Judge, MOST_FINDINGS, findingAt } from './finding';
import { textAt } from './text-at';

type Kind = 'returned' | 'settled';

interface Payment {
  readonly kind: Kind;
  readonly item: string;
  readonly rail: string;
  readonly line: string;
  readonly amount: bigint;
  readonly at: Recorded;
}

interface Repaid {
  readonly repayment: string;
  readonly rail: string;
  readonly line: string;
  readonly amount: bigint;
  readonly at: Recorded;
}

/**
 * What the accounts say was paid, held against what the statements of the bank show: each settled or returned item, and each repayment
 * of a partner, stands on one matched line of that amount, a line stands for no more than it shows, statements add up and continue one another, and the cash in the books
 * is that of the lines.
 */
export class Reconciliation implements Judge {
  readonly findings: Finding[] = [];
  private readonly bank = new BankSide();
  /** By kind and item. */
  private readonly payments = new Map<string, Payment>();
  private readonly repaid: Repaid[] = [];
  private readonly cash = new Map<string, bigint>();
  private last: Recorded | undefined;
  private unheardOf = 0;

  /** Payments whose line was taken back, and whose account does not say so yet: only what comes later tells whether it will. */
  get unheard(): number {
    return this.unheardOf;
  }

  /** What there was to look at. */
  get looked(): string {
    const { payments, bank } = this;
    return `${payments.size} payments, ${bank.lines.size} bank lines, ${bank.statementCount} statements`;
  }

  take(event: Recorded): void {
    this.last = event;
    this.bank.take(event);
    this.takeCash(event);
    const { type, data, tenant } = event;
    if (type === 'PayoutSettled') this.paid(event, 'settled', 'net');
    if (type === 'PayoutReturned') this.paid(event, 'returned', 'amount');
    if (type === 'SettlementUndone') this.payments.delete(keyOf('settled', event));
    if (type === 'ReturnUndone') this.payments.delete(keyOf('returned', event));
    if (type !== 'ReceivableRepaid') return;
    const rail = `${tenant} ${textAt(data, 'rail')}`;
    this.repaid.push({
      repayment: textAt(data, 'repayment'),
      rail,
      line: `${rail} ${textAt(data, 'bankLine')}`,
      amount: BigInt(textAt(data, 'amount')),
      at: event,
    });
  }

  /** A line is matched before the account hears of it, so payments are judged when everything was read. */
  finish(): void {
    for (const payment of this.payments.values()) this.judgePayment(payment);
    for (const [key, { items }] of this.bank.matches) this.judgeLine(key, items);
    for (const [key, { signed, at }] of this.bank.booked) {
      const shown = this.bank.lines.get(key);
      if (shown === undefined) this.find(at, `line ${lineIn(key)} was booked and never imported`);
      else if (shown !== signed)
        this.find(at, `line ${lineIn(key)} was booked with ${signed} and shows ${shown}`);
    }
    for (const { at, detail } of this.bank.brokenStatements()) this.find(at, detail);
    this.judgeCash(this.judgeRepaid());
  }

  private paid(event: Recorded, kind: Kind, amount: 'amount' | 'net'): void {
    const { data, tenant } = event;
    const rail = `${tenant} ${textAt(data, 'rail')}`;
    this.payments.set(keyOf(kind, event), {
      kind,
      item: textAt(data, 'item'),
      rail,
      line: `${rail} ${textAt(data, 'bankLine')}`,
      amount: BigInt(textAt(data, amount)),
      at: event,
    });
  }

  private isUnheard({ kind, item, line }: Payment): boolean {
    return this.bank.takenBack.has(bookedBy(line, kind, item));
  }

  private judgePayment(payment: Payment): void {
    if (this.isUnheard(payment)) {
      this.unheardOf++;
      return;
    }
    const { kind, item, line, amount, at } = payment;
    const match = this.bank.matches.get(line);
    const matched = match?.items.get(item);
    if (match === undefined || matched === undefined || match.kind !== kind)
      this.find(
        at,
        `item ${item} was ${kind} by line ${lineIn(line)}, which is not matched with it`,
      );
    else if (matched !== amount)
      this.find(
        at,
        `item ${item} was ${kind} with ${amount}, its line was matched with ${matched}`,
      );
  }

  private judgeLine(key: string, items: ReadonlyMap<string, bigint>): void {
    const at = this.last;
    const shown = this.bank.lines.get(key);
    if (at === undefined) return;
    if (shown === undefined) {
      this.find(at, `line ${lineIn(key)} was matched and never imported`);
      return;
    }
    const sum = [...items.values()].reduce((total, amount) => total + amount, 0n);
    const size = shown < 0n ? -shown : shown;
    if (sum !== size)
      this.find(at, `line ${lineIn(key)} shows ${size}, its payments sum to ${sum}`);
  }

  /** Answers with those that a line shows. */
  private judgeRepaid(): readonly Repaid[] {
    const left = new Map(this.bank.repaid);
    return this.repaid.filter(({ repayment, line, amount, at }) => {
      const isTaken = left.get(line) === repayment;
      const shown = this.bank.lines.get(line);
      if (isTaken) left.delete(line);
      if (isTaken && shown === amount) return true;
      const why = isTaken ? `which shows ${String(shown)}` : 'which is not matched with it';
      this.find(at, `${amount} was repaid by line ${lineIn(line) || 'unknown'}, ${why}`);
      return false;
    });
  }

  private judgeCash(repaid: readonly Repaid[]): void {
    const shown = new Map(this.bank.openings);
    for (const payment of this.payments.values()) {
      const { kind, rail, line, item } = payment;
      const matched = this.bank.matches.get(line)?.items.get(item) ?? 0n;
      const amount = this.isUnheard(payment) ? payment.amount : matched;
      add(shown, rail, kind === 'settled' ? -amount : amount);
    }
    for (const [key, { signed }] of this.bank.booked) add(shown, railIn(key), signed);
    for (const { rail, amount } of repaid) add(shown, rail, amount);
    for (const rail of new Set([...this.cash.keys(), ...shown.keys()])) {
      const [books, bank] = [this.cash.get(rail) ?? 0n, shown.get(rail) ?? 0n];
      if (books !== bank && this.last !== undefined)
        this.find(this.last, `cash of ${rail} is ${books} in the books, and ${bank} by its lines`);
    }
  }

  private takeCash({ data, tenant }: Recorded): void {
    const entry = data['entry'] as Partial<BalancedEntry> | undefined;
    for (const { account, side, amount, dimensions } of entry?.legs ?? []) {
      if (account !== 'Assets:Cash') continue;
      const bank = textAt(dimensions, 'bank');
      add(this.cash, `${tenant} ${bank}`, side === 'debit' ? BigInt(amount) : -BigInt(amount));
    }
  }

  private find(at: Recorded, detail: string): void {
    if (this.findings.length < MOST_FINDINGS)
      this.findings.push(findingAt(at, 'reconciliation', detail));
  }
}

const keyOf = (kind: Kind, { tenant, data }: Recorded): string =>
  `${kind} ${tenant} ${textAt(data, 'item')}`;

const lineIn = (key: string): string => key.split(' ').slice(2).join(' ');
const railIn = (key: string): string => key.split(' ').slice(0, 2).join(' ');

const add = (sums: Map<string, bigint>, key: string, amount: bigint): void => {
  sums.set(key, (sums.get(key) ?? 0n) + amount);
};

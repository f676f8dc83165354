import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { type Asset, instant, sha256Hex } from '@tributary/kernel';

import { readBankFile } from '../../src/bank-files/reader';
import { type BankStatement, statementKeyOf, totalsOf } from '../../src/domain/rail/bank-line';
import type { Break } from '../../src/domain/rail/break-events';
import type { RailCommand } from '../../src/domain/rail/commands';
import { rail as decider } from '../../src/domain/rail/decide';
import type { RailEvent } from '../../src/domain/rail/events';
import { itau341 } from '../../src/rails/cnab240/itau-341';
import { cnab240 } from '../../src/rails/cnab240/rail';
import type { Destination } from '../../src/rails/rail';
import { atOnce } from '../../src/turns';
import { type Expected, type ExpectedBreak, type ExpectedMatch, payer } from './given.fixture';

const ZONE = 'America/Sao_Paulo';
const RAIL = 'itau1';
const FILE = '00000000-0000-5000-8000-00000000000a';
const AT = instant('2026-04-15T12:00:00Z');
const ASSET: Asset = 'BRL/2';

const cases = readdirSync(__dirname)
  .filter((name) => statSync(join(__dirname, name)).isDirectory())
  .map((name) => [name, expectedOf(name)] as const);

describe('recognising money on the committed statements', () => {
  it.each(cases)('%s has the one outcome that stands beside it', (name, expected) => {
    const books = new Books(name, expected);
    books.send();
    for (const file of expected.returns) books.hear(file);
    for (const file of expected.files) books.read(file);
    if (expected.asOf !== null)
      books.tell({ type: 'AgeBreaks', rail: RAIL, asOf: expected.asOf, at: AT });
    expect(books.outcome()).toEqual(expected.expect);
  });

  it.each(cases)('%s says nothing new when its statements are read again', (name, expected) => {
    const books = new Books(name, expected);
    books.send();
    for (const file of expected.files) books.read(file);
    const before = books.events.length;
    for (const file of expected.files) books.read(file);
    expect(books.events.length).toBe(before);
  });
});

/** One rail from its registration on, with the names that a reader of the committed files knows things by. */
class Books {
  readonly events: RailEvent[] = [];
  private state = decider.initial;
  private readonly lines = new Map<string, string>();
  private readonly statements = new Map<string, string>();

  constructor(
    private readonly name: string,
    private readonly expected: Expected,
  ) {}

  tell(command: RailCommand): void {
    const decision = decider.decide(command, this.state);
    if ('rejected' in decision) throw new Error(JSON.stringify(decision.rejected));
    let next: readonly RailEvent[] = decision.events;
    while (next.length > 0) {
      this.events.push(...next);
      this.state = next.reduce((state, event) => decider.evolve(state, event), this.state);
      next = decider.step?.(this.state) ?? [];
    }
  }

  send(): void {
    const { given } = this.expected;
    const { account, name, cnpj, agreement } = payer;
    const settings = { name, entity: 'main', asset: ASSET, zone: ZONE, format: 'cnab240-341' };
    this.tell({
      type: 'RegisterPayingAccount',
      rail: RAIL,
      settings: { ...settings, cnpj, agreement, account },
      opening: given.opening,
      on: given.on,
      openedAt: instant(`${given.on}T03:00:00Z`),
      by: 'anna',
    });
    const [first] = given.items;
    if (first === undefined) return;
    const count = given.items.length;
    const total = String(given.items.reduce((sum, { amount }) => sum + BigInt(amount), 0n));
    const of = { rail: RAIL, file: FILE, at: AT };
    const { method: kind, instructedOn: payOn } = first;
    this.tell({ type: 'NumberFile', ...of, run: FILE, kind, payOn, count, total, replaces: null });
    const items = given.items.map(({ item, amount, method, destination }) => ({
      item,
      partner: `partner-${item.slice(-1)}`,
      amount,
      method,
      version: 1,
      fingerprint: fingerprintOf(destination),
    }));
    this.tell({ type: 'ListFileItems', ...of, chunk: 0, items });
    this.tell({ type: 'ExportFile', ...of, sha256: 'a'.repeat(64), bytes: 1, count, total });
  }

  /** A return file, with our own reader of them. */
  hear(file: string): void {
    const bytes = this.bytes(file);
    const { sequence, fileRefused, items, warnings } = atOnce(cnab240(itau341).readReturn(bytes));
    const sha256 = sha256Hex(bytes);
    const note = { sha256, sequence, fileRefused, count: items.length, warnings };
    this.tell({ type: 'NoteReturnFile', rail: RAIL, ...note, by: 'anna', at: AT });
    const answers = items.map(({ amountMinor, ...item }) => ({
      ...item,
      amount: amountMinor === null ? null : String(amountMinor),
    }));
    this.tell({ type: 'AnswerItems', rail: RAIL, return: sha256, chunk: 0, answers, at: AT });
  }

  read(file: string): void {
    const bytes = this.bytes(file);
    const options = { zone: ZONE, counterpartyOf: plain };
    for (const statement of readBankFile(bytes, options).statements)
      this.take(statement, file, sha256Hex(bytes));
  }

  private take(statement: BankStatement, file: string, sha256: string): void {
    const { lines, warnings, unreadable, ...head } = statement;
    const totals = totalsOf(lines);
    const key = statementKeyOf(head, totals);
    this.statements.set(key, file);
    for (const line of lines) this.lines.set(line.key, `${file}#${line.place}`);
    const days = lines.map(({ bookedOn }) => bookedOn).sort();
    const [first, last] = [days[0], days.at(-1)];
    const booked = first === undefined || last === undefined ? null : { first, last };
    const of = { rail: RAIL, statement: key, at: AT };
    const told = { head, totals, booked, unreadable, warnings, by: 'anna' };
    this.tell({ type: 'ReceiveStatement', ...of, file: sha256, ...told });
    const imported = lines.map(({ text: _text, ...line }) => line);
    if (lines.length > 0)
      this.tell({ type: 'ImportLines', ...of, chunks: [{ chunk: 0, lines: imported }] });
    this.tell({ type: 'FinishStatement', ...of });
  }

  private bytes(file: string): Uint8Array {
    return readFileSync(join(__dirname, this.name, file));
  }

  outcome(): Expected['expect'] {
    const matched: ExpectedMatch[] = [];
    for (const { type, data } of this.events) {
      if (type === 'LinesMatched')
        for (const { line, tier, items, kind } of data.matches)
          matched.push(this.named(line, tier, kind, ...items.map(({ item }) => item)));
      if (type === 'LinesBooked')
        for (const { line } of data.lines) matched.push(this.named(line, data.tier, data.kind));
    }
    return { matched, breaks: this.openBreaks() };
  }

  private named(line: string, tier: string, kind: string, ...items: string[]): ExpectedMatch {
    return { line: this.lineName(line), tier, items, kind };
  }

  private lineName(key: string): string {
    const name = this.lines.get(key) ?? key;
    const { alike } = this.expected;
    return alike.includes(name) ? (alike[0] ?? name) : name;
  }

  private openBreaks(): ExpectedBreak[] {
    const open = new Map<string, Break>();
    for (const { type, data } of this.events) {
      if (type === 'BreaksOpened') for (const each of data.breaks) open.set(each.id, each);
      if (type === 'BreaksClosed') for (const { id } of data.breaks) open.delete(id);
    }
    return [...open.values()].map(({ type, cause, about, candidates }) => {
      const named = { type, cause, about: this.aboutOf(about) };
      // Where the break is about what the line names, there is nothing to choose from.
      return type === 'B02' && candidates.length > 0 ? { ...named, candidates } : named;
    });
  }

  private aboutOf(about: Break['about']): ExpectedBreak['about'] {
    if ('line' in about) return { line: this.lineName(about.line) };
    if ('file' in about) return { file: this.state.files.files.get(about.file)?.sequence ?? 0 };
    if ('statement' in about)
      return { statement: this.statements.get(about.statement) ?? about.statement };
    if ('remittance' in about) throw new Error('No case declares a remittance.');
    return about;
  }
}

function expectedOf(name: string): Expected {
  return JSON.parse(readFileSync(join(__dirname, name, 'expected.json'), 'utf8')) as Expected;
}

/** What stands for the keyed hash here: the digits of the account, however they are written. */
const plain = (account: string): string => account.replaceAll(/[^0-9A-Z]/g, '');

function fingerprintOf(destination: Destination): string {
  if (destination.kind === 'pix') return destination.key;
  const { bank, branch, number, digit } = destination.account;
  return `${bank}${branch}${number}${digit}`;
}

import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { CodedError, type Outcome, type Uuid, sha256Hex, uuidV5 } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import { ERASED, type PersonalData, Privacy } from '@tributary/privacy';
import { type BankFile, readBankFileInTurns } from '../bank-files/reader';
import {
  type BankLine,
  type BankStatement,
  statementKeyOf,
  totalsOf,
} from '../domain/rail/bank-line';
import type { LinesChunk, RailCommand, RailRejected } from '../domain/rail/commands';
import { railStreamOf } from '../domain/rail/events';
import type { QuarantineReason } from '../domain/rail/statement-events';
import { WORDING } from '../domain/rail/wording';
import { destinationText } from '../identifiers/payee';
import { readBankAccount } from '../identifiers/bank-account';
import { loadSettings } from './files';
import { DecideRail } from './matching';
import type { UploadedBy } from './returns';

export interface TakenStatement {
  readonly statement: string;
  readonly account: string;
  readonly id: string;
  readonly from: string | null;
  readonly until: string | null;
  readonly lines: number;
  /** `waits`: its lines are kept until what is missing before it has come. */
  readonly outcome: 'imported' | 'known' | 'quarantined' | 'waits';
  readonly reason: QuarantineReason | null;
  readonly detail: string | null;
  readonly warnings: readonly string[];
}

export interface TakenBankFile {
  readonly sha256: string;
  readonly format: BankFile['format'];
  readonly statements: readonly TakenStatement[];
  readonly position: bigint;
}

/** Balances from paper, for a file that carries none. */
export interface DeclaredBalances {
  readonly opening: string | null;
  readonly closing: string | null;
}

/** Of an event with its lines and their sealed wording. */
const MOST_CHUNK_BYTES = 40 * 1024;
const CHUNKS_PER_COMMAND = 8;
const MOST_WARNINGS = 50;

/** Statements of banks, in any format that we read. The same statement again adds nothing, in whichever file it comes. */
@Injectable()
export class BankStatements {
  constructor(
    private readonly commands: CommandBus,
    private readonly privacy: Privacy,
    private readonly runtime: ServiceRuntime,
  ) {}

  async take(
    rail: string,
    bytes: Uint8Array,
    declared: DeclaredBalances,
    by: UploadedBy,
  ): Promise<TakenBankFile> {
    const settings = await loadSettings(this.runtime.log, by.tenant, rail);
    if (!settings)
      throw new CodedError('account_unknown', `Nobody has registered ${rail}.`, { rail });
    const personal = await this.privacy.of(by.tenant);
    const { format, statements } = await readBankFileInTurns(bytes, {
      zone: settings.zone,
      counterpartyOf: (account) => counterpartyOf(account, personal),
    });
    if (statements.length === 0)
      throw new CodedError('no_statement', 'There is no statement in this file.');
    const sha256 = sha256Hex(bytes);
    const taken: TakenStatement[] = [];
    let position = 0n;
    for (const statement of statements) {
      const only = statements.length === 1 ? withDeclared(statement, declared) : statement;
      const done = await new Taking(this.commands, personal, { rail, sha256, by }).take(only);
      taken.push(done.taken);
      if (done.position > position) position = done.position;
    }
    return { sha256, format, statements: taken, position };
  }
}

const withDeclared = (statement: BankStatement, { opening, closing }: DeclaredBalances) => ({
  ...statement,
  opening: statement.opening ?? opening,
  closing: statement.closing ?? closing,
});

const ACCOUNT = /^([0-9]{3})[-/ ]([0-9]{1,5})[-/ ]([0-9]{1,13})-?([0-9X])$/;

/** The same hash that a payee's confirmed account has. Null where the bank's writing does not tell bank, branch and number apart. */
export function counterpartyOf(text: string, { hmacHex }: PersonalData): string | null {
  const [, bank, branch, number, digit] = ACCOUNT.exec(text.trim().toUpperCase()) ?? [];
  if (!bank || !branch || !number || !digit) return null;
  const typed = { bank, branch, number, digit, kind: 'checking' } as const;
  const reading = readBankAccount(typed);
  const account = 'value' in reading ? reading.value.account : { ...typed, branchDigit: null };
  return hmacHex(`destination ${destinationText({ kind: 'ted', account })}`);
}

interface Upload {
  readonly rail: string;
  readonly sha256: string;
  readonly by: UploadedBy;
}

class Taking {
  private position = 0n;

  constructor(
    private readonly commands: CommandBus,
    private readonly personal: PersonalData,
    private readonly upload: Upload,
  ) {}

  async take(
    read: BankStatement,
  ): Promise<{ readonly taken: TakenStatement; readonly position: bigint }> {
    const { lines, warnings, unreadable, ...head } = read;
    const { rail, sha256: file, by } = this.upload;
    const totals = totalsOf(lines);
    const statement = statementKeyOf(head, totals);
    const on = { rail, statement, at: by.at };
    const days = lines.map(({ bookedOn }) => bookedOn).sort();
    const [first, last] = [days[0], days.at(-1)];
    const booked = first === undefined || last === undefined ? null : { first, last };
    const shown = warnings.slice(0, MOST_WARNINGS);
    const told = { file, head, totals, booked, unreadable, warnings: shown, by: by.actor };
    const received = await this.tell({ type: 'ReceiveStatement', ...on, ...told }, 'head');
    const of = { statement, account: head.account, id: head.id };
    const { from, until } = head;
    const about = { ...of, from, until, lines: lines.length, warnings: shown };
    const refusal = verdictOf(received, statement);
    if (refusal !== undefined) return this.done({ ...about, ...refusal });

    await this.sendLines(on, lines);
    const finished = await this.tell({ type: 'FinishStatement', ...on }, 'finish');
    const known = { outcome: 'known', reason: null, detail: null } as const;
    return this.done({ ...about, ...(verdictOf(finished, statement) ?? known) });
  }

  private done(taken: TakenStatement) {
    return { taken, position: this.position };
  }

  /** A statement that is known goes through the same steps, so that an import that broke off is finished by repeating it. */
  private async sendLines(
    on: { readonly rail: string; readonly statement: string; readonly at: UploadedBy['at'] },
    lines: readonly BankLine[],
  ): Promise<void> {
    const key = await this.personal.keyFor(on.statement, 'wording');
    const stream = railStreamOf(this.upload.by.tenant, on.rail);
    const sealed = (part: readonly BankLine[], chunk: number): LinesChunk => {
      const imported = { chunk, lines: part.map(({ text: _text, ...line }) => line) };
      if (key === ERASED) return imported;
      const texts = part.map(({ text }) => text);
      return { ...imported, texts: this.personal.seal(key, { stream, ...WORDING }, texts) };
    };
    let before: Promise<unknown> | undefined;
    let chunks: LinesChunk[] = [];
    const send = async (first: number) => {
      const told = { type: 'ImportLines', ...on, chunks } as const;
      // One is stored while the next is sealed.
      await before;
      before = this.tell(told, `lines ${String(first)}`);
      chunks = [];
    };
    let chunk = 0;
    for (const part of inChunks(lines)) {
      chunks.push(sealed(part, chunk));
      chunk += 1;
      if (chunks.length === CHUNKS_PER_COMMAND) await send(chunk - CHUNKS_PER_COMMAND);
    }
    if (chunks.length > 0) await send(chunk - chunks.length);
    await before;
  }

  /** One attempt, one set of ids: that nothing is done twice is decided by what the stream holds, not by who asks. */
  private async tell(command: RailCommand, what: string): Promise<Outcome<RailRejected>> {
    const { rail, by, sha256 } = this.upload;
    const { tenant, actor, correlationId, traceParent, at } = by;
    const statement = 'statement' in command ? command.statement : sha256;
    const commandId: Uuid = uuidV5(
      railStreamOf(tenant, rail),
      statement,
      what,
      correlationId,
      String(at),
    );
    const trail = { correlationId, traceParent, actor, causationId: null };
    const cause = { commandId, fingerprint: `${statement} ${what}`, ...trail };
    const outcome = await this.commands.execute(new DecideRail(command, { tenant, cause }));
    if (outcome.kind === 'rejected') {
      const { code, ...facts } = outcome.rejected;
      throw new CodedError(code, 'The statement was refused.', facts);
    }
    if (outcome.position > this.position) this.position = outcome.position;
    return outcome;
  }
}

type Verdict = Pick<TakenStatement, 'detail' | 'outcome' | 'reason'>;

function verdictOf(outcome: Outcome<RailRejected>, statement: string): Verdict | undefined {
  if (outcome.kind === 'rejected') return undefined;
  for (const { type, data } of outcome.events) {
    if (data['statement'] !== statement) continue;
    if (type === 'StatementImported') return { outcome: 'imported', reason: null, detail: null };
    if (type !== 'StatementQuarantined') continue;
    const { waits, reason, detail } = data as unknown as {
      readonly waits: boolean;
      readonly reason: QuarantineReason;
      readonly detail: string;
    };
    return { outcome: waits ? 'waits' : 'quarantined', reason, detail };
  }
  return undefined;
}

function* inChunks(lines: readonly BankLine[]): Generator<readonly BankLine[]> {
  let chunk: BankLine[] = [];
  let bytes = 0;
  for (const line of lines) {
    // Sealed wording takes a third more than it has bytes.
    const size = Buffer.byteLength(JSON.stringify(line)) + Buffer.byteLength(line.text) / 2;
    if (chunk.length > 0 && bytes + size > MOST_CHUNK_BYTES) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(line);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}

import { type Day, type Decision, accept, nothing, reject, startOfDay } from '@tributary/kernel';
import type { Break } from './break-events';
import type {
  AcceptStatement,
  DismissStatement,
  FinishStatement,
  ImportLines,
  RailRejected,
  ReceiveStatement,
} from './commands';
import { doubtOf, jumpOf } from './continuity';
import type { RailEvent } from './events';
import { evolveAhead } from './evolve';
import type { PayingAccountSettings } from './file-events';
import { FIRST_OWNER, closed, opened } from './breaks';
import type { QuarantineReason, StatementImported } from './statement-events';
import { type Rail, ofRail, statementOf } from './state';
import { pastWork } from './work';

type Decided = Decision<RailEvent, RailRejected>;

/** The same statement again adds nothing, whichever file it comes in. */
export function receive(command: ReceiveStatement, state: Rail): Decided {
  const { rail, statement, file, head, totals, unreadable, warnings, by, at } = command;
  if (state.files.account === null) return reject({ code: 'account_unknown', rail });
  if (state.statements.has(statement)) return nothing;
  const fault = faultOf(command, state.files.account, state);
  if (fault !== undefined) {
    if (state.refused.get(statement) === fault.reason) return nothing;
    const data = { rail, statement, file, head, totals, ...fault, waits: false, by };
    const on = head.until ?? command.booked?.last ?? at.slice(0, 'YYYY-MM-DD'.length);
    return accept(
      {
        type: 'StatementQuarantined',
        data: { ...data, unreadable: unreadable.slice(0, SHOWN_ROWS) },
        occurredAt: at,
      },
      ...openedFor(state, statement, fault.reason, on),
    );
  }
  const moved = BigInt(totals.credits) - BigInt(totals.debits);
  const opening = head.opening ?? String(BigInt(head.closing ?? 0) - moved);
  const closing = head.closing ?? String(BigInt(opening) + moved);
  const { from, until } = periodOf(command);
  const told = { file, head, totals, opening, closing, from, until, warnings, by };
  return accept({
    type: 'StatementReceived',
    data: { rail, statement, ...told },
    occurredAt: at,
  });
}

const SHOWN_ROWS = 20;

/** Days that lines were booked on belong to it, whatever it says of itself. */
function periodOf({ head, booked }: ReceiveStatement): { from: Day; until: Day } {
  const days = [head.from, head.until, booked?.first, booked?.last]
    .filter((day) => day !== null && day !== undefined)
    .sort();
  return { from: days[0] ?? '', until: days.at(-1) ?? '' };
}

interface Fault {
  readonly reason: QuarantineReason;
  readonly detail: string;
}

/** What makes a statement unfit, whatever else is known. In this order, because each rests on those before it. */
function faultOf(
  command: ReceiveStatement,
  account: PayingAccountSettings,
  { rules }: Rail,
): Fault | undefined {
  const { head, totals, unreadable, booked } = command;
  if (!isOurs(head, account, rules.accountNames))
    return { reason: 'foreign_account', detail: `It is of account ${head.account}.` };
  const foreign = unreadable.filter(({ code }) => code === 'currency').map(({ why }) => why);
  if (head.asset !== account.asset) foreign.unshift(`It is in ${head.asset}.`);
  if (foreign[0] !== undefined) return { reason: 'currency', detail: foreign[0] };
  const [first] = unreadable;
  if (first !== undefined)
    return {
      reason: 'unreadable_rows',
      detail: `${String(unreadable.length)} rows, the first: ${first.why}`,
    };
  if (booked === null && (head.from === null || head.until === null))
    return { reason: 'period_missing', detail: 'It says neither from when nor until when it is.' };
  if (head.opening === null && head.closing === null)
    return {
      reason: 'balance_missing',
      detail: 'It carries no balance that it could be checked by.',
    };
  if (head.opening === null || head.closing === null) return undefined;
  const moved = BigInt(totals.credits) - BigInt(totals.debits);
  const found = BigInt(head.opening) + moved;
  if (found === BigInt(head.closing)) return undefined;
  const detail = `Opening ${head.opening} and movements ${String(moved)} make ${String(found)}, not ${head.closing}.`;
  return { reason: 'does_not_add_up', detail };
}

const plain = (text: string): string =>
  text
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, '')
    .replace(/^0+/, '');

/**
 * Banks write one account in many ways: with or without branch and digits, or as an IBAN. Each way must agree whole: to accept what
 * merely ends alike would take in the statement of a neighbour.
 */
export function isOurs(
  head: { readonly account: string; readonly bank: string | null },
  { account }: Pick<PayingAccountSettings, 'account'>,
  names: readonly string[],
): boolean {
  const said = plain(head.account);
  if (names.some((name) => plain(name) === said)) return true;
  const { bank, branch, branchDigit, number, digit } = account;
  if (head.bank !== null && plain(head.bank) !== plain(bank)) return false;
  const whole = `${number}${digit}`;
  const branches = ['', branch, `${branch}${branchDigit ?? ''}`];
  const ways = branches.flatMap((each) => [
    `${each}${whole}`,
    each === '' ? whole : `${bank}${each}${whole}`,
  ]);
  return ways.some((way) => plain(way) === said) || isIbanOf(said, account);
}

const BRAZILIAN_IBAN = /^BR\d{2}(\d{8})(\d{5})(\d{10})[A-Z][0-9A-Z]$/;

function isIbanOf(said: string, account: PayingAccountSettings['account']): boolean {
  const [, , branch, whole] = BRAZILIAN_IBAN.exec(said) ?? [];
  if (branch === undefined || whole === undefined) return false;
  const { number, digit } = account;
  return plain(branch) === plain(account.branch) && plain(whole) === plain(`${number}${digit}`);
}

/** Chunks come in order; those that are here already are passed over. */
export function importLines(command: ImportLines, state: Rail): Decided {
  const { rail, statement, chunks, at } = command;
  const known = state.statements.get(statement);
  if (known === undefined)
    // What was refused is sent on by nobody; what was not asked for yet is a mistake.
    return state.refused.has(statement) ? nothing : reject({ code: 'statement_unknown' });
  const events: RailEvent[] = [];
  let next = known.chunks;
  const seen = new Set<string>();
  for (const { chunk, lines, texts } of chunks) {
    if (chunk < next) continue;
    if (chunk > next) return reject({ code: 'chunk_out_of_order', expected: next });
    const isNew = (key: string) => !state.lines.has(key) && !seen.has(key);
    const fresh = lines.filter(({ key }) => isNew(key));
    const repeated = lines.filter(({ key }) => !isNew(key)).map(({ key }) => key);
    for (const { key } of fresh) seen.add(key);
    const first = lines[0]?.place ?? 0;
    const data = { rail, statement, chunk, first, lines: fresh, known: repeated };
    events.push({
      type: 'LinesImported',
      data: { ...data, ...(texts && { pii: { texts } }) },
      occurredAt: at,
    });
    next += 1;
  }
  return accept(...events);
}

/** Everything is here: either it continues what is known, and its lines count, or it waits for what is missing. */
export function finish({ rail, statement, at }: FinishStatement, state: Rail): Decided {
  const known = state.statements.get(statement);
  if (known === undefined)
    return state.refused.has(statement) ? nothing : reject({ code: 'statement_unknown' });
  if (known.status !== 'importing') return nothing;
  const { received, lines, debits, credits } = known;
  const { totals, file, head, by, until } = received;
  if (lines !== totals.count || debits !== totals.debits || credits !== totals.credits)
    return reject({ code: 'statement_incomplete', lines: totals.count, received: lines });
  const doubt = doubtOf(state, statement);
  if (doubt !== undefined) {
    const data = { rail, statement, file, head, totals, ...doubt, unreadable: [], waits: true, by };
    return accept(
      { type: 'StatementQuarantined', data, occurredAt: at },
      ...openedFor(state, statement, doubt.reason, until),
    );
  }
  return accept(...counted(state, imported(state, statement, null)));
}

/** Also one that somebody has dismissed: by mistake, it would leave all that come after it waiting for good. */
export function acceptStatement(command: AcceptStatement, state: Rail): Decided {
  const { statement, by, reason } = command;
  const known = state.statements.get(statement);
  if (known === undefined)
    return reject({
      code: state.refused.has(statement) ? 'statement_not_waiting' : 'statement_unknown',
    });
  if (known.status === 'imported') return nothing;
  if (known.status === 'importing' || known.received.from < (state.coverage?.from ?? ''))
    return reject({ code: 'statement_not_waiting' });
  return accept(...counted(state, imported(state, statement, { by, reason })));
}

/** What is only told in other words would count twice if it were accepted, and what is not ours never can be. */
export function dismissStatement(
  { rail, statement, reason, by, at }: DismissStatement,
  state: Rail,
): Decided {
  const known = state.statements.get(statement);
  const isRefused = known === undefined && state.refused.has(statement);
  if (known === undefined && !isRefused) return reject({ code: 'statement_unknown' });
  const ended = closed(state, breaksOf(statement), 'dismissed', by);
  if (known?.status === 'dismissed' || (isRefused && ended.length === 0)) return nothing;
  if (!isRefused && known?.status !== 'waits') return reject({ code: 'statement_not_waiting' });
  const data = { rail, statement, reason, by };
  return accept({ type: 'StatementDismissed', data, occurredAt: at }, ...ended);
}

const breaksOf = (statement: string): readonly string[] =>
  ['B11', 'B13'].map((type) => `${type}.${statement}`);

function imported(
  state: Rail,
  statement: string,
  because: { readonly by: string; readonly reason: string } | null,
): StatementImported {
  const { rail, zone } = ofRail(state);
  const { received, lines } = statementOf(state, statement);
  const { from, until, opening, closing } = received;
  const jump = because === null ? 0n : jumpOf(state, statement);
  const { by, reason } = because ?? { by: null, reason: null };
  const told = { from, until, opening, closing, lines, jump: String(jump), by, reason };
  return {
    type: 'StatementImported',
    data: { rail, statement, ...told },
    occurredAt: startOfDay(until, zone),
  };
}

/** It counts, with it all that waited for it alone, and as many of their lines are matched as one append takes. */
function counted(before: Rail, first: StatementImported): readonly RailEvent[] {
  const events: RailEvent[] = [];
  let state = before;
  const add = (...more: readonly RailEvent[]) => {
    events.push(...more);
    state = evolveAhead(state, more);
  };
  const begun: string[] = [];
  for (let next: StatementImported | undefined = first; next !== undefined;) {
    const { statement } = next.data;
    add(next, ...closed(state, breaksOf(statement), 'statement_counts', next.data.by));
    begun.push(statement);
    const ready: string | undefined = state.waiting.find(
      (each) => doubtOf(state, each) === undefined,
    );
    next = ready === undefined ? undefined : imported(state, ready, null);
  }
  const work = begun.map((statement) => ({
    kind: 'lines' as const,
    statement,
    chunk: 0,
    from: 0,
  }));
  return [...events, ...pastWork(state, work)];
}

function openedFor(
  state: Rail,
  statement: string,
  reason: QuarantineReason,
  on: Day,
): readonly RailEvent[] {
  const type = reason === 'currency' ? 'B13' : 'B11';
  const id = `${type}.${statement}`;
  if (state.breaks.has(id)) return [];
  const opening: Break = {
    id,
    type,
    about: { statement },
    cause: reason,
    on,
    amount: '0',
    side: null,
    candidates: [],
    owner: FIRST_OWNER,
  };
  return opened(state, [opening]);
}

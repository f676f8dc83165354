import { type Day, invariant } from '@tributary/kernel';
import type { RailEvent } from './events';
import { withBooked, withBreaks, withItem, withMatches, withoutMatch } from './evolve-matching';
import { evolveFile } from './files';
import { indexLine } from './find';
import { type Rail, type RailLine, type RailStatement, lineOf, statementOf } from './state';
import type {
  LinesImported,
  StatementDismissed,
  StatementEvent,
  StatementImported,
} from './statement-events';
import type { FileEvent, FileItemsListed } from './file-events';
import type { MatchingFellBehind, RefusalOutdated } from './match-events';
import { countedAnew } from './continuity';
import { signedOf } from './bank-line';

/** Where an event has led from one state, as long as both are in use. */
const LED = new WeakMap<RailEvent, { readonly from: Rail; readonly to: Rail }>();

/**
 * For whoever decides on the state that its own events lead to: it has walked this way already, and to walk it again would mean
 * to take every map back first. From any other state the event is folded as always.
 */
export function remember(from: Rail, event: RailEvent, to: Rail): void {
  LED.set(event, { from, to });
}

/** Folds events that are still to be stored, so that storing them costs nothing more. */
export const evolveAhead = (state: Rail, events: readonly RailEvent[]): Rail =>
  events.reduce((from, event) => {
    const to = evolveRail(from, event);
    remember(from, event, to);
    return to;
  }, state);

export function evolveRail(state: Rail, event: RailEvent): Rail {
  const led = LED.get(event);
  return led?.from === state ? led.to : fold(state, event);
}

function fold(state: Rail, event: RailEvent): Rail {
  switch (event.type) {
    case 'StatementReceived':
    case 'LinesImported':
    case 'StatementImported':
    case 'StatementQuarantined':
      return withStatements(state, event);
    case 'LinesMatched':
      return withMatches(state, event.data);
    case 'LinesBooked':
      return withBooked(state, event.data);
    case 'LineUnmatched':
      return withoutMatch(state, event.data);
    case 'MatchProposed': {
      const { rail: _rail, ...proposal } = event.data;
      return { ...state, proposals: state.proposals.set(proposal.line, proposal) };
    }
    case 'MatchingRulesProposed': {
      const { rules, by } = event.data;
      return { ...state, proposedRules: { rules, by } };
    }
    case 'MatchingRulesSet':
      return { ...state, rules: event.data.rules, proposedRules: null };
    case 'RemittanceExpected': {
      const { remittance, amount, reference, paidOn } = event.data;
      const expected = { amount, reference, paidOn, shownBy: null };
      return { ...state, remittances: state.remittances.set(remittance, expected) };
    }
    case 'BreaksOpened':
    case 'BreaksClosed':
    case 'BreakAssigned':
      return withBreaks(state, event);
    default:
      return withWork(state, event);
  }
}

function withWork(
  state: Rail,
  event: FileEvent | MatchingFellBehind | RefusalOutdated | StatementDismissed,
): Rail {
  switch (event.type) {
    case 'MatchingFellBehind':
      return { ...state, work: event.data.work };
    case 'RefusalOutdated':
      return state;
    case 'StatementDismissed':
      return withoutStatement(state, event.data.statement);
    default:
      return withFiles({ ...state, files: evolveFile(state.files, event) }, event);
  }
}

function withStatements(state: Rail, event: Exclude<StatementEvent, StatementDismissed>): Rail {
  switch (event.type) {
    case 'StatementReceived': {
      const { statement, rail: _rail, warnings: _warnings, ...received } = event.data;
      const fresh: RailStatement = {
        received,
        status: 'importing',
        chunks: 0,
        lines: 0,
        debits: '0',
        credits: '0',
        days: {},
      };
      return {
        ...state,
        statements: state.statements.set(statement, fresh),
        refused: state.refused.delete(statement),
      };
    }
    case 'LinesImported':
      return withLines(state, event.data);
    case 'StatementImported':
      return withStatement(state, event.data);
    case 'StatementQuarantined': {
      const { statement, waits, reason } = event.data;
      if (!waits) return { ...state, refused: state.refused.set(statement, reason) };
      const known = { ...statementOf(state, statement), status: 'waits' as const };
      const waiting = [...state.waiting, statement].sort();
      return { ...state, statements: state.statements.set(statement, known), waiting };
    }
  }
}

type FileLike = Extract<
  RailEvent,
  { readonly type: 'FileItemsListed' | 'ItemsAnswered' | 'PayingAccountRegistered' }
>;

function withFiles(state: Rail, event: RailEvent): Rail {
  const { type, data } = event as FileLike;
  switch (type) {
    case 'PayingAccountRegistered': {
      const { rail, settings, opening, on } = data;
      const { entity, asset, zone } = settings;
      return {
        ...state,
        of: { rail, entity, asset, zone },
        coverage: { from: on, opening, until: null, jumps: {} },
      };
    }
    case 'FileItemsListed':
      return withListed(state, data);
    case 'ItemsAnswered': {
      let next = state;
      for (const { item, bankReference } of data.answers) {
        const known = next.items.get(item);
        if (!known || bankReference === null || known.references.includes(bankReference)) continue;
        const references = [...known.references, bankReference].toSorted();
        next = withItem(next, item, { ...known, references });
      }
      return next;
    }
    default:
      return state;
  }
}

function withListed(state: Rail, data: FileItemsListed['data']): Rail {
  const payOn: Day = state.files.files.get(data.file)?.payOn ?? '';
  let next = state;
  for (const { item, partner, amount, method, fingerprint } of data.items) {
    const known = next.items.get(item);
    next = withItem(next, item, {
      ...{ partner, amount, method, fingerprint, file: data.file, payOn },
      references: known?.references ?? [],
      settledBy: known?.settledBy ?? null,
      returnedBy: known?.returnedBy ?? null,
    });
  }
  const items = data.items.map(({ item }) => item);
  return { ...next, listed: next.listed.set(`${data.file} ${String(data.chunk)}`, items) };
}

function withLines(state: Rail, data: LinesImported['data']): Rail {
  const { statement, chunk, lines: fresh, known } = data;
  let { lines, index } = state;
  const days: Record<Day, string> = { ...statementOf(state, statement).days };
  let [debits, credits] = [0n, 0n];
  const count = (line: Pick<RailLine, 'amount' | 'bookedOn' | 'side'>) => {
    const { side, amount, bookedOn } = line;
    if (side === 'debit') debits += BigInt(amount);
    else credits += BigInt(amount);
    days[bookedOn] = String(BigInt(days[bookedOn] ?? 0) + signedOf(line));
  };
  for (const each of fresh) {
    const line: RailLine = {
      ...each,
      statements: [statement],
      match: null,
      break: null,
      isHandsOff: false,
    };
    lines = lines.set(each.key, line);
    index = indexLine(index, each.key, line);
    count(line);
  }
  for (const key of known) {
    const line = lineOf({ ...state, lines }, key);
    lines = lines.set(key, { ...line, statements: [...line.statements, statement] });
    count(line);
  }
  const before = statementOf(state, statement);
  const keys = [...fresh.map(({ key }) => key), ...known];
  const after: RailStatement = {
    ...before,
    chunks: chunk + 1,
    lines: before.lines + keys.length,
    debits: String(BigInt(before.debits) + debits),
    credits: String(BigInt(before.credits) + credits),
    days,
  };
  return {
    ...state,
    lines,
    index,
    chunks: state.chunks.set(`${statement} ${String(chunk)}`, keys),
    statements: state.statements.set(statement, after),
  };
}

function withStatement(state: Rail, data: StatementImported['data']): Rail {
  const { statement, from, until, jump } = data;
  const { coverage } = state;
  invariant(coverage, 'an account is registered with what it begins with');
  let { days, sequences } = state;
  for (const [day, amount] of countedAnew(state, statement))
    days = days.set(day, String(BigInt(days.get(day) ?? 0) + amount));
  const known = statementOf(state, statement);
  const { sequence } = known.received.head;
  const year = from.slice(0, 4);
  const others = sequences.get(year) ?? [];
  if (sequence !== null && !others.includes(sequence))
    sequences = sequences.set(
      year,
      [...others, sequence].sort((a, b) => a - b),
    );
  const { jumps } = coverage;
  const later = coverage.until === null || coverage.until < until ? until : coverage.until;
  const jumped = jump === '0' ? jumps : { ...jumps, [from]: sumOf(jumps[from], jump) };
  return {
    ...state,
    days,
    sequences,
    coverage: { ...coverage, until: later, jumps: jumped },
    statements: state.statements.set(statement, { ...known, status: 'imported' }),
    waiting: state.waiting.filter((each) => each !== statement),
  };
}

/** Of one that was refused nothing was kept but why. */
function withoutStatement(state: Rail, statement: string): Rail {
  const known = state.statements.get(statement);
  if (known === undefined) return state;
  return {
    ...state,
    statements: state.statements.set(statement, { ...known, status: 'dismissed' }),
    waiting: state.waiting.filter((each) => each !== statement),
  };
}

const sumOf = (a: string | undefined, b: string): string => String(BigInt(a ?? 0) + BigInt(b));

import {
  type Decider,
  type Decision,
  type Instant,
  type JsonObject,
  accept,
  canonicalJson,
  invariant,
  nothing,
  reject,
  resolvePeriod,
} from '@tributary/kernel';
import type {
  StatementEvent,
  StatementFiguresIssued,
  StatementHead,
  StatementsOrdered,
} from './events';
import { type StatementLine, closes } from './statement-of';
import { type MovementKind, balanceOf, NOTHING_STANDS } from './movement';

/**
 * Some parts of a statement, and with the last of them its figures: one command for nearly every statement, several for one that
 * does not fit into one append. All name the same head.
 */
export interface WriteStatement {
  readonly type: 'WriteStatement';
  readonly head: StatementHead;
  /** Of `parts`, counted from 0. */
  readonly first: number;
  readonly parts: readonly (readonly StatementLine[])[];
  readonly figures: StatementFiguresIssued | null;
}

export type StatementRejected =
  | { readonly code: 'statement_drafted_otherwise'; readonly through: number }
  | { readonly code: 'statement_parts_missing'; readonly next: number };

export type Statement =
  | {
      readonly status: 'drafted';
      readonly head: StatementHead;
      readonly parts: number;
      readonly sums: Sums;
    }
  | { readonly status: 'issued' }
  | { readonly status: 'none' };

interface Sums {
  readonly lines: number;
  readonly byKind: Readonly<Partial<Record<MovementKind, string>>>;
}

export const statement: Decider<WriteStatement, StatementEvent, Statement, StatementRejected> = {
  initial: { status: 'none' },
  decide: write,
  evolve(state, event) {
    switch (event.type) {
      case 'StatementDrafted':
        return { status: 'drafted', head: event.data, parts: 0, sums: { lines: 0, byKind: {} } };
      case 'StatementLinesListed': {
        if (state.status !== 'drafted') return state;
        const { lines, part } = event.data;
        return { ...state, parts: part + 1, sums: added(state.sums, lines) };
      }
      case 'StatementIssued':
        return { status: 'issued' };
    }
  },
  mostlyNew: true,
  remembersCommands: false,
};

function write(
  { head, first, parts, figures }: WriteStatement,
  state: Statement,
): Decision<StatementEvent, StatementRejected> {
  if (state.status === 'issued') return nothing;
  // Somebody else has begun it, knowing more or less of the account: it is finished as it was begun.
  if (state.status === 'drafted' && textOf(state.head) !== textOf(head))
    return reject({ code: 'statement_drafted_otherwise', through: state.head.through });
  const listed = state.status === 'drafted' ? state.parts : 0;
  if (first > listed) return reject({ code: 'statement_parts_missing', next: listed });

  const { statement: id, issuedAt } = head;
  const events: StatementEvent[] = [];
  const at = (event: Omit<StatementEvent, 'occurredAt'>) =>
    events.push({ ...event, occurredAt: issuedAt } as StatementEvent);
  if (state.status === 'none') at({ type: 'StatementDrafted', data: head });
  let sums = state.status === 'drafted' ? state.sums : { lines: 0, byKind: {} };
  for (const [i, lines] of parts.entries()) {
    const part = first + i;
    if (part < listed) continue;
    sums = added(sums, lines);
    at({ type: 'StatementLinesListed', data: { statement: id, part, lines } });
  }
  if (figures) at({ type: 'StatementIssued', data: issued(head, figures, sums) });
  return events.length === 0 ? nothing : accept(...events);
}

const textOf = (head: StatementHead): string => canonicalJson(head as unknown as JsonObject);

/** The figures are checked against what was listed and against the statement before, whoever computed them. */
function issued(head: StatementHead, figures: StatementFiguresIssued, sums: Sums) {
  const opening = balanceOf(head.before?.standing ?? NOTHING_STANDS);
  invariant(
    BigInt(figures.opening) === opening,
    'a statement opens with what the one before closed with',
  );
  invariant(closes(figures), 'opening and movements of a statement make its closing');
  invariant(
    BigInt(figures.closing) === balanceOf(figures.standing),
    'the closing of a statement is what stands somewhere',
  );
  invariant(figures.lineCount === sums.lines, 'a statement lists as many lines as it says');
  for (const [kind, total] of Object.entries(figures.totals)) {
    const listed = sums.byKind[kind as MovementKind] ?? '0';
    invariant(total === listed, `the lines of a statement make its total of ${kind}`);
  }
  const { before: _before, holds: _holds, renderer: _renderer, through: _through, ...of } = head;
  return { ...of, ...figures };
}

function added({ lines, byKind }: Sums, more: readonly StatementLine[]): Sums {
  const sums: Partial<Record<MovementKind, string>> = { ...byKind };
  for (const { kind, amount } of more)
    sums[kind] = String(BigInt(sums[kind] ?? '0') + BigInt(amount));
  return { lines: lines + more.length, byKind: sums };
}

/** Asks for the statements of a month, of an entity. Asking again reaches accounts that are new since. */
export interface OrderStatements {
  readonly type: 'OrderStatements';
  readonly entity: string;
  readonly zone: string;
  readonly month: string;
  readonly by: string;
  readonly at: Instant;
}

export type OrderRejected = { readonly code: 'month_not_over'; readonly until: Instant };

export const statementsOfMonth: Decider<OrderStatements, StatementsOrdered, null, OrderRejected> = {
  initial: null,
  decide({ entity, zone, month, by, at }) {
    const { until } = resolvePeriod(zone, month);
    if (at < until) return reject({ code: 'month_not_over', until });
    return accept({ type: 'StatementsOrdered', data: { entity, month, by, at }, occurredAt: at });
  },
  evolve: () => null,
};

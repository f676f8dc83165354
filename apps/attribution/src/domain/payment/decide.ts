import { type Decider, type Decision, type Instant, accept, nothing } from '@tributary/kernel';
import type { FactKey, SaleFact } from '../sale/events';
import type { Orphan, PaymentEvent, Retraction } from './events';

/** A fact that names only the payment. */
export interface NoteOrphan {
  readonly type: 'NoteOrphan';
  readonly payment: string;
  readonly fact: SaleFact;
  readonly supersedes: FactKey | null;
}
/** Such a fact is taken back; it may not have arrived yet. */
export interface RetractOrphan extends Retraction {
  readonly type: 'RetractOrphan';
  readonly payment: string;
}
/** Any fact that names both. */
export interface NameInvoice {
  readonly type: 'NameInvoice';
  readonly payment: string;
  readonly sale: string;
  readonly at: Instant;
}
export type PaymentCommand = NameInvoice | NoteOrphan | RetractOrphan;

/** A payment as a waiting room. */
export interface WaitingRoom {
  readonly payment: string;
  readonly orphans: readonly Orphan[];
  /** The invoices that it was said to be of; nearly always one. */
  readonly sales: readonly string[];
  /** How many orphans each of them was handed, in the order of arrival. */
  readonly handed: Readonly<Record<string, number>>;
}

/** Whoever was named as the invoice is handed everything, so that the order of arrival decides nothing. */
export const payment: Decider<PaymentCommand, PaymentEvent, WaitingRoom> = {
  initial: { payment: '', orphans: [], sales: [], handed: {} },
  decide,
  evolve,
  step: handOver,
  remembersCommands: false,
  mostlyNew: true,
};

function decide(command: PaymentCommand, state: WaitingRoom): Decision<PaymentEvent, never> {
  const news = newsOf(command, state);
  return news === undefined ? nothing : accept(news, ...handOver(evolve(state, news)));
}

function newsOf(command: PaymentCommand, state: WaitingRoom): PaymentEvent | undefined {
  const { payment } = command;
  if (command.type === 'NameInvoice') {
    const { sale, at } = command;
    if (state.sales.includes(sale)) return undefined;
    return { type: 'InvoiceNamed', data: { payment, sale }, occurredAt: at };
  }
  const orphan = orphanIn(command);
  const name = nameOf(orphan);
  if (state.orphans.some((known) => nameOf(known) === name)) return undefined;
  return { type: 'OrphanNoted', data: { payment, orphan }, occurredAt: atOf(orphan) };
}

function orphanIn(command: NoteOrphan | RetractOrphan): Orphan {
  if (command.type === 'NoteOrphan') {
    const { fact, supersedes } = command;
    return { fact, supersedes };
  }
  const { retracted, factId, by, why, at } = command;
  return { retraction: { retracted, ...(factId !== undefined && { factId }), by, why, at } };
}

/** A few at a time: each may be as large as an event, and an append takes only so much. */
const MOST_AT_ONCE = 5;

function handOver(state: WaitingRoom): readonly PaymentEvent[] {
  const { payment, orphans, sales, handed } = state;
  const events: PaymentEvent[] = [];
  for (const sale of sales) {
    for (const orphan of orphans.slice(handed[sale] ?? 0)) {
      if (events.length === MOST_AT_ONCE) return events;
      const data = { payment, sale, orphan };
      events.push({ type: 'OrphanHandedOver', data, occurredAt: atOf(orphan) });
    }
  }
  return events;
}

function evolve(state: WaitingRoom, { type, data }: PaymentEvent): WaitingRoom {
  const { payment } = data;
  switch (type) {
    case 'OrphanNoted':
      return { ...state, payment, orphans: [...state.orphans, data.orphan] };
    case 'InvoiceNamed':
      return { ...state, payment, sales: [...state.sales, data.sale] };
    case 'OrphanHandedOver': {
      const handed = { ...state.handed, [data.sale]: (state.handed[data.sale] ?? 0) + 1 };
      return { ...state, handed };
    }
  }
}

const atOf = (orphan: Orphan): Instant =>
  'fact' in orphan ? orphan.fact.at : orphan.retraction.at;

/** A fact waits, and everything that takes it back: which of several holds, its sale decides. */
function nameOf(orphan: Orphan): string {
  if ('fact' in orphan) return JSON.stringify([orphan.fact.source, orphan.fact.id]);
  const { retracted, by } = orphan.retraction;
  return JSON.stringify([retracted.source, retracted.id, by.factId]);
}

import type { LineCreditedData, LineProblem } from '@tributary/contracts';
import type { Instant, Recorded } from '@tributary/kernel';
import type { FactRef } from '../domain/evidence';
import type { FactKey, Paid, SaleEvent, SaleFact } from '../domain/sale/events';
import { underFirstReport } from '../domain/sale/corrected-usage';
import { disputesOf } from '../domain/sale/reversals';
import { type Sale, evolve, initialSale, isSameKey, lineKey } from '../domain/sale/state';
import { type FactOf, businessKeyOf, countedFacts, isOf } from '../domain/sale/which-counts';
import { byTime, refOf, withdrawalsOf } from '../domain/sale/withdrawals';

export type SaleRecord = Pick<Recorded, 'position' | 'recordedAt'> & SaleEvent;

/** One telling of one line, as it was recorded. */
export interface LineRevision {
  readonly recordedAt: Instant;
  readonly position: bigint;
  /** Of this line, from 1. */
  readonly revision: number;
  readonly told: LineCreditedData;
}

/** A sale's stream, as far as it was read. */
export interface SaleFile {
  readonly sale: string;
  readonly state: Sale;
  readonly revisions: readonly LineRevision[];
  readonly position: bigint;
}

export async function saleFile(
  sale: string,
  events: AsyncIterable<Recorded>,
): Promise<SaleFile | undefined> {
  let state = initialSale;
  let position: bigint | undefined;
  const revisions: LineRevision[] = [];
  const counts = new Map<string, number>();
  for await (const recorded of events) {
    const event = recorded as unknown as SaleRecord;
    state = evolve(state, event);
    position = event.position;
    if (event.type !== 'LineCredited') continue;
    const key = lineKey(event.data.payment, event.data.line);
    const revision = (counts.get(key) ?? 0) + 1;
    counts.set(key, revision);
    const { recordedAt, position: at, data: told } = event;
    revisions.push({ recordedAt, position: at, revision, told });
  }
  return position === undefined ? undefined : { sale, state, revisions, position };
}

export interface NamedFact extends FactKey {
  readonly factId: string;
  readonly hash: string;
  readonly at: Instant;
}

/** Why a fact does not count beside another one that says the same thing. */
export type WhyNot = 'another_source_counts' | 'retracted' | 'superseded';

export interface PutAside extends NamedFact {
  readonly kind: SaleFact['body']['kind'];
  readonly why: WhyNot;
  /** The fact that counts instead, or the one that took it back. */
  readonly by: (Partial<FactKey> & FactRef) | null;
}

export interface PaymentThatCounts extends NamedFact, Omit<Paid, 'kind' | 'lines'> {
  readonly lines: number;
}

export interface SaleDispute {
  readonly dispute: string;
  readonly payment: string | null;
  readonly states: readonly (NamedFact & { readonly state: string; readonly amount: string })[];
}

export interface SaleShown {
  readonly sale: string;
  readonly customers: readonly string[];
  readonly lines: readonly (LineCreditedData & {
    readonly revision: number;
    readonly recordedAt: Instant;
  })[];
  readonly payments: readonly PaymentThatCounts[];
  /** Everything else that counts: refunds, credit notes, fees given back, a void. */
  readonly adjustments: readonly (NamedFact & { readonly body: SaleFact['body'] })[];
  readonly disputes: readonly SaleDispute[];
  readonly putAside: readonly PutAside[];
  readonly problems: readonly (LineProblem & { readonly payment: string; readonly line: string })[];
}

export function saleShown(file: SaleFile): SaleShown {
  const { sale, state, revisions } = file;
  const counted = countedFacts(state);
  const payments = counted.filter(isOf('paid')).sort(byTime).map(paymentOf);
  const latest = new Map<string, LineRevision>();
  for (const each of revisions) latest.set(lineKey(each.told.payment, each.told.line), each);
  const lines = [...latest.values()].map(({ told, revision, recordedAt }) => ({
    ...told,
    revision,
    recordedAt,
  }));
  return {
    sale,
    customers: [...new Set(payments.map(({ customer }) => customer))],
    lines,
    payments,
    adjustments: counted
      .filter(({ body: { kind } }) => kind !== 'paid' && kind !== 'disputed')
      .sort(byTime)
      .map((fact) => ({ ...named(fact), body: fact.body })),
    disputes: disputesOf(counted).map(({ payment, states }) => ({
      dispute: states[0]?.body.dispute ?? '',
      payment,
      states: states.map((fact) => ({
        ...named(fact),
        state: fact.body.state,
        amount: fact.body.amount,
      })),
    })),
    putAside: asideOf(file, counted),
    problems: lines.flatMap(({ payment, line, problems }) =>
      problems.map((problem) => ({ ...problem, payment, line })),
    ),
  };
}

const named = ({ source, id, fact, at }: SaleFact): NamedFact => ({ source, id, ...fact, at });

function paymentOf(fact: FactOf<Paid>): PaymentThatCounts {
  const { kind: _kind, lines, ...paid } = fact.body;
  return { ...named(fact), ...paid, lines: lines.length };
}

/** Facts of the sale that do not count, with the one that does. */
export function asideOf(
  { state }: Pick<SaleFile, 'state'>,
  counted: readonly SaleFact[],
): PutAside[] {
  const withdrawalOf = withdrawalsOf(state);
  const reported = underFirstReport(state.taken, withdrawalOf);
  return state.taken.flatMap(({ fact }): PutAside[] => {
    if (counted.some((each) => isSameKey(each, fact))) return [];
    const { kind } = fact.body;
    const withdrawal = withdrawalOf(fact);
    if (withdrawal !== undefined) return [{ ...named(fact), kind, ...withdrawal }];
    const key = businessKeyOf(reported(fact).body);
    const rival = counted.find((each) => businessKeyOf(each.body) === key);
    return [
      { ...named(fact), kind, why: 'another_source_counts', by: rival ? refOf(rival) : null },
    ];
  });
}

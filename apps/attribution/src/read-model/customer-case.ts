import type { Instant, Recorded } from '@tributary/kernel';
import {
  type CreditDecision,
  type CreditTimelines,
  type Discarded,
  type DiscardReason,
  historiesOf,
} from '../domain/credit/credit';
import type { CustomerView } from '../domain/credit/customer-view';
import { decideByPolicy, hearingOf } from '../domain/credit/decision';
import { type Known, byTimeAndItem, identityAt, knownOf } from '../domain/credit/known';
import { situationAt } from '../domain/credit/situation';
import type { CreditDecided, CustomerEvent } from '../domain/customer/events';
import { knowledgeOf, viewOf } from '../domain/customer/knowledge';
import { type Adjudicated, type Customer, evolve, nobody } from '../domain/customer/state';
import type { EvidenceItem, Identifier } from '../domain/evidence';

export interface RecordedDecision {
  readonly recordedAt: Instant;
  readonly position: bigint;
  readonly occurredAt: Instant;
  readonly decision: CreditDecision;
}

/** A customer's stream, as far as it was read. */
export interface CustomerFile {
  readonly customer: string;
  readonly state: Customer;
  readonly decisions: readonly RecordedDecision[];
  /** Of the last event that was read. */
  readonly position: bigint;
}

export type CustomerRecord = Pick<Recorded, 'occurredAt' | 'position' | 'recordedAt'> &
  CustomerEvent;

export async function customerFile(
  customer: string,
  events: AsyncIterable<Recorded>,
): Promise<CustomerFile | undefined> {
  let state = nobody;
  let position: bigint | undefined;
  const decisions: RecordedDecision[] = [];
  for await (const recorded of events) {
    const event = recorded as unknown as CustomerRecord;
    state = evolve(state, event);
    position = event.position;
    if (event.type === 'CreditDecided') decisions.push(decided(event));
  }
  return position === undefined ? undefined : { customer, state, decisions, position };
}

function decided(event: Omit<CustomerRecord, 'data' | 'type'> & CreditDecided): RecordedDecision {
  const { recordedAt, position, occurredAt } = event;
  const { more: _more, ...decision } = event.data;
  return { recordedAt, position, occurredAt, decision };
}

/** A piece of evidence in the order of the world, with the name under which it became known. */
export interface KnownPiece {
  readonly at: Instant;
  readonly item: string;
  readonly version: number;
  readonly factId: string;
  readonly hash: string;
  readonly origin: Identifier;
  /** Whether the origin is this customer, by the links that hold. What is not linked is known, and counts for nothing. */
  readonly linked: boolean;
  readonly crowd: boolean;
  readonly body: EvidenceItem['body'];
}

/** Who is credited as of a time, and what became of every piece that was looked at. */
export interface StandingDecision {
  readonly deal: string | null;
  /** Stands in the history under this id. */
  readonly decision: string | null;
  readonly policy: CreditDecision['policy'];
  readonly rung: CreditDecision['rung'];
  readonly unattributed: CreditDecision['unattributed'];
  readonly conversionAt: Instant | null;
  readonly winners: readonly {
    readonly partner: string;
    readonly role: string;
    readonly weight: number;
  }[];
  /** Of all winners together. */
  readonly ofWeight: number;
  readonly influenced: readonly string[];
  readonly evidence: CreditDecision['evidence'];
  readonly discarded: readonly Discarded[];
  readonly discardedCounts: Readonly<Partial<Record<DiscardReason, number>>>;
  readonly restDigest: string | null;
}

export interface CustomerCase {
  readonly customer: string;
  readonly on: Instant;
  readonly canonical: string;
  /** Other customers that turned out to be this one. */
  readonly sameAs: readonly string[];
  readonly programme: string;
  readonly signedUpAt: Instant | null;
  readonly firstPaidAt: Instant | null;
  readonly conversionAt: Instant | null;
  readonly country: string | null;
  readonly customerType: string | null;
  readonly segment: string | null;
  readonly current: readonly StandingDecision[];
  readonly evidence: readonly KnownPiece[];
  readonly credits: CreditTimelines;
  readonly adjudications: readonly Adjudicated[];
}

export function caseOf({ customer, state, decisions }: CustomerFile, on: Instant): CustomerCase {
  const view = viewOf(knowledgeOf(customer, state), state);
  const known = knownOf(view);
  const identity = identityAt(known, on);
  const { told, adjudications } = state;
  return {
    customer,
    on,
    canonical: identity.canonical,
    sameAs: identity.customers.filter((other) => other !== customer),
    programme: identity.programme,
    signedUpAt: identity.signUp?.at ?? null,
    firstPaidAt: told?.firstPaidAt ?? null,
    conversionAt: identity.conversionAt,
    country: told?.country ?? null,
    customerType: told?.customerType ?? null,
    segment: told?.segment ?? null,
    current: standingDecisions(view, known, { state, decisions, on }),
    evidence: piecesOf(view, new Set(identity.ids)),
    credits: told?.credits ?? { general: [], deals: {} },
    adjudications: adjudications.entries().map(([, adjudicated]) => adjudicated),
  };
}

function piecesOf({ origins }: CustomerView, linked: ReadonlySet<string>): KnownPiece[] {
  return origins
    .flatMap(({ identifier, crowd, items }) =>
      items.map(({ at, item, version, fact, body }) => ({
        at,
        item,
        version,
        ...fact,
        origin: identifier,
        linked: linked.has(identifier.id) && !crowd,
        crowd,
        body,
      })),
    )
    .sort(byTimeAndItem);
}

interface AsRecorded extends Pick<CustomerFile, 'decisions' | 'state'> {
  readonly on: Instant;
}

/**
 * Which decision is in force is what was told to sales. What was put aside is found by deciding again on the same evidence, because a
 * decision that came back into force was recorded before later pieces were known.
 */
function standingDecisions(
  view: CustomerView,
  known: Known,
  { state: { told }, decisions, on }: AsRecorded,
): StandingDecision[] {
  if (told === null) return [];
  const isCrowd = known.evidence.get(view.customer)?.isCrowd ?? false;
  const hearing = hearingOf(view.customer, situationAt(known, on), view.terms, isCrowd);
  return historiesOf(told.credits).map(([deal, steps]) => {
    const inForce = steps.findLast(({ at }) => at <= on)?.value.decision ?? null;
    const recorded = decisions.find(({ decision: { decision } }) => decision === inForce)?.decision;
    if (recorded?.rung === 'adjudicated') return standing(recorded, inForce);
    const state = deal === null ? null : (hearing.situation.deals.get(deal) ?? null);
    return standing({ ...decideByPolicy(hearing, state), deal }, inForce);
  });
}

function standing(
  decided: Omit<CreditDecision, 'decision'>,
  decision: string | null,
): StandingDecision {
  const { deal, policy, rung, unattributed, conversionAt, parts, influenced } = decided;
  const { evidence, discarded, discardedCounts, restDigest } = decided;
  const ofWeight = parts.reduce((sum, { weight }) => sum + weight, 0);
  const who = { winners: parts, ofWeight, influenced, unattributed, conversionAt };
  const why = { evidence, discarded, discardedCounts, restDigest };
  return { deal, decision, policy, rung, ...who, ...why };
}

import type { Instant, JsonObject } from '@tributary/kernel';
import type { EvidenceItem, Identifier } from '../evidence';
import type { ObserveMeasure, WithdrawObservation } from '../measure/decide';
import type { DecideClaim, LearnRivals, TakeVerdict, UpdateClaim, WithdrawClaim } from './commands';
import {
  type ClaimChanged,
  type ClaimsTold,
  type ConflictAdjudicated,
  topicOfLead,
} from './events';
import { evidenceOf } from './evidence-of-claim';

interface Happened<E extends { readonly data: object }> {
  readonly data: E['data'];
  readonly occurredAt: Instant;
}

/** What identifiers are told of a claim: the lead's, and the company's. */
export function whenClaimChanged({
  data,
  occurredAt,
}: Happened<ClaimChanged>): { identifier: Identifier; items: EvidenceItem[] }[] {
  const { prospect, lead, key, evidence: version, fact, before } = data;
  if (version === (before?.evidence ?? 0)) return [];
  const withdrawn = { at: occurredAt, body: { kind: 'withdrawn' } } as const;
  const { at, body } = evidenceOf(data) ?? withdrawn;
  const item: EvidenceItem = { item: `claim.${prospect}.${lead}`, version, at, fact, body };
  const identifiers: Identifier[] = [{ kind: 'lead', id: lead }, key];
  return identifiers.map((identifier) => ({ identifier, items: [item] }));
}

/**
 * An accepted lead counts for its partner since it was accepted, also where a decision that came late is the earlier one; a lead that
 * is accepted no more, or for somebody else, does not.
 */
export function whenClaimAccepted({
  data,
  occurredAt,
}: Happened<ClaimChanged>): (ObserveMeasure | WithdrawObservation)[] {
  const { lead: subject, partner, state, fact, decidedAt, before } = data;
  const isAccepted = state === 'protected' && decidedAt !== null;
  const wasAccepted = before?.state === 'protected';
  const isSame =
    isAccepted &&
    wasAccepted &&
    before.partner === partner &&
    before.factId === fact.factId &&
    !isOtherTime(data, decidedAt);
  if (isSame) return [];

  const measure = 'lead.accepted';
  const commands: (ObserveMeasure | WithdrawObservation)[] = [];
  if (wasAccepted) {
    const { partner, factId } = before;
    commands.push({ type: 'WithdrawObservation', partner, measure, subject, factId, occurredAt });
  }
  if (isAccepted) {
    const observation = { factId: fact.factId, at: decidedAt, value: { count: 1, amount: 0 } };
    commands.push({ type: 'ObserveMeasure', partner, measure, subject, observation });
  }
  return commands;
}

/** A person who decides for a claim that is protected already, against another one, does not accept its lead anew. */
function isOtherTime({ before, reason }: ClaimChanged['data'], decidedAt: Instant): boolean {
  const was = before?.decidedAt ?? decidedAt;
  return decidedAt < was || (reason === null && decidedAt > was);
}

/** Claims on a company that has two prospects compete in both. */
export const whenClaimsTold = ({
  data: { prospect, to, revision, contenders, direct },
  occurredAt,
}: Happened<ClaimsTold>): LearnRivals[] =>
  to.map((other) => ({
    type: 'LearnRivals',
    prospect: other,
    from: prospect,
    revision,
    contenders,
    direct,
    at: occurredAt,
  }));

/** What was decided here about a claim of the other prospect. */
export const whenConflictAdjudicated = ({
  data: { prospect, conflict, verdicts, reason, by },
  occurredAt,
}: Happened<ConflictAdjudicated>): TakeVerdict[] =>
  verdicts
    .filter((verdict) => verdict.prospect !== prospect)
    .map((verdict) => ({ type: 'TakeVerdict', ...verdict, conflict, reason, by, at: occurredAt }));

export type ToldOfLead =
  | Omit<DecideClaim, 'prospect'>
  | Omit<UpdateClaim, 'company' | 'prospect'>
  | Omit<WithdrawClaim, 'prospect'>;

/**
 * A fact that names a lead and no company, as it is told under the lead's topic: each fact under a key of its own, its retraction
 * as the next revision, so that a prospect that registers the lead later hears the last word on each.
 */
export function toldOfLead(news: ToldOfLead) {
  const isWithdrawal = news.type === 'WithdrawClaim';
  return {
    topic: topicOfLead(news.lead),
    key: isWithdrawal ? news.factId : news.fact.factId,
    revision: isWithdrawal ? 2 : 1,
    data: news as unknown as JsonObject,
  };
}

import { type Decision, type Instant, accept, reject } from '@tributary/kernel';
import type { AdjudicateConflict, ExtendClaim, JudgeClaim, ProspectRejected } from './commands';
import {
  type ClaimStanding,
  type ClaimVerdict,
  type ConflictRule,
  type ConflictSide,
  DIRECT,
  type ProspectEvent,
} from './events';
import type { Prospect, ToldConflict } from './evolve';
import { foreignOf } from './rivalry';
import { addExtension, defaultEnd, settingsAt } from './standing';

type Decided = Decision<ProspectEvent, ProspectRejected>;

/** One claim that nobody contests. What several want is decided by adjudicating between them. */
export function judge(command: JudgeClaim, state: Prospect): Decided {
  const { prospect, lead, verdict, reason, by, at } = command;
  const claim = claimOf(lead, state);
  if (claim === undefined) return reject({ code: 'claim_not_found' });
  if (claim.state === 'withdrawn') return reject({ code: 'claim_withdrawn' });
  if (claim.registeredAt === null || claim.until === null) {
    return claim.state === 'refused'
      ? reject({ code: 'claim_already_decided', state: claim.state })
      : reject({ code: 'claim_incomplete' });
  }
  if (claim.state === 'protected')
    return reject({ code: 'claim_already_decided', state: claim.state });
  if (verdict === 'refused') {
    const rule = ruleBehind(claim, state);
    const data = { prospect, lead, verdict, until: null, rule, reason, by };
    return accept({ type: 'ClaimDecided', data, occurredAt: at });
  }
  const { conflicts } = claim;
  if (conflicts.length > 0) return reject({ code: 'claim_in_conflict', conflicts });
  const until = command.until ?? claim.until;
  if (until <= at) return reject({ code: 'protection_ends_before_it_begins', until });
  const data = { prospect, lead, verdict, until, rule: null, reason, by };
  return accept({ type: 'ClaimDecided', data, occurredAt: at });
}

/** A conflict that is decided at another prospect is one between partners. */
function ruleBehind({ rule, conflicts }: ClaimStanding, { told }: Prospect): ConflictRule | null {
  const [first] = conflicts;
  if (rule !== null || first === undefined) return rule;
  return told.conflicts[first]?.conflict.rule ?? 'claimed_by_another_partner';
}

export function extend({ prospect, lead, reason, by, at }: ExtendClaim, state: Prospect): Decided {
  const claim = claimOf(lead, state);
  if (claim === undefined) return reject({ code: 'claim_not_found' });
  const { registeredAt, until, extensions } = claim;
  if (claim.state !== 'protected' || registeredAt === null || until === null)
    return reject({ code: 'claim_not_protected', state: claim.state });
  const settings = settingsAt(state, registeredAt);
  if (extensions >= settings.extensions) return reject({ code: 'no_extension_left', extensions });
  if (until <= at) return reject({ code: 'protection_ended', until });

  const data = { prospect, lead, until: addExtension(until, settings), reason, by };
  return accept({ type: 'ClaimExtended', data, occurredAt: at });
}

/** A later adjudication may turn an earlier one around; nothing else may. */
export function adjudicate(command: AdjudicateConflict, state: Prospect): Decided {
  const { prospect, conflict: id, winner, reason, evidence, by, at } = command;
  const told = conflictOf(id, state);
  if (told === undefined) return reject({ code: 'conflict_not_found' });
  const { how, conflict } = told;
  if (how !== null && how !== 'adjudicated') return reject({ code: 'conflict_settled', how });
  const sides = conflict.sides.map(({ side }) => side);
  if (!sides.includes(winner)) return reject({ code: 'not_a_side', sides });
  if (how === 'adjudicated' && state.adjudicated[id] === winner)
    return reject({ code: 'conflict_already_decided', winner });

  const verdicts: ClaimVerdict[] = [];
  for (const side of conflict.sides) {
    if (side.side === DIRECT || side.lead === null) continue;
    const isWinner = side.side === winner;
    const until = isWinner ? (command.until ?? endOfWinner(side, state)) : null;
    if (until !== null && until <= at)
      return reject({ code: 'protection_ends_before_it_begins', until });
    const verdict = isWinner ? 'approved' : 'refused';
    const { prospect: where, lead } = side;
    verdicts.push({ prospect: where, lead, verdict, until, rule: conflict.rule });
  }
  const data = { prospect, conflict: id, winner, reason, evidence, by, verdicts };
  return accept({ type: 'ConflictAdjudicated', data, occurredAt: at });
}

// Names come from addresses, where anybody may write those of every object's own members.
const claimOf = (lead: string, { told: { claims } }: Prospect): ClaimStanding | undefined =>
  Object.hasOwn(claims, lead) ? claims[lead] : undefined;
const conflictOf = (id: string, { told: { conflicts } }: Prospect): ToldConflict | undefined =>
  Object.hasOwn(conflicts, id) ? conflicts[id] : undefined;

/** What it has, else what the programme gives from the registration on. */
function endOfWinner({ prospect, lead, since }: ConflictSide, state: Prospect): Instant {
  const own: ClaimStanding | undefined =
    state.company?.prospect === prospect && lead !== null ? state.told.claims[lead] : undefined;
  const foreign = foreignOf(state).find((each) => each.prospect === prospect && each.lead === lead);
  const known = own?.until ?? (foreign?.refusedAt === null ? foreign.until : null);
  return known ?? defaultEnd(since, settingsAt(state, since));
}

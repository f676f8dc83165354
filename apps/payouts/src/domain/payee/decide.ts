import {
  type Decider,
  type Decision,
  type Instant,
  accept,
  nothing,
  reject,
} from '@tributary/kernel';
import type { MissingDocument, Validity } from '../account/terms';
import type { DeclaredProfile, PayeeEvent, SealedValue, ShownDetails } from './events';
import { NOBODY, type Payee, type Told, evolve, isSame, termsOf } from './evolve';

interface OfPayee {
  readonly partner: string;
  readonly by: string;
  readonly receivedAt: Instant;
}

export interface ProposeBankDetails extends OfPayee {
  readonly type: 'ProposeBankDetails';
  readonly proposal: string;
  readonly details: ShownDetails;
  readonly subject: string;
  readonly sealed: SealedValue;
}
export interface ConfirmBankDetails extends OfPayee {
  readonly type: 'ConfirmBankDetails';
  /** What was looked at, so that nothing that was proposed meanwhile is confirmed unseen. */
  readonly proposal: string;
}
export interface WithdrawBankDetails extends OfPayee {
  readonly type: 'WithdrawBankDetails';
  readonly proposal: string;
  readonly reason: string;
}
export interface DeclareTaxProfile extends OfPayee {
  readonly type: 'DeclareTaxProfile';
  readonly profile: DeclaredProfile;
  readonly subject: string;
  readonly sealed: SealedValue | null;
}
export interface RecordDocument extends OfPayee {
  readonly type: 'RecordDocument';
  readonly name: string;
  readonly holds: Validity;
  readonly evidence: readonly string[];
}
export interface WithdrawDocument extends OfPayee {
  readonly type: 'WithdrawDocument';
  readonly name: string;
  readonly reason: string;
}
export interface PlaceHold extends OfPayee {
  readonly type: 'PlaceHold';
  readonly missing: MissingDocument;
  readonly reason: string;
}
export interface LiftHold extends OfPayee {
  readonly type: 'LiftHold';
  readonly missing: MissingDocument;
  readonly reason: string;
  readonly evidence: readonly string[];
}

export type PayeeCommand =
  | ConfirmBankDetails
  | DeclareTaxProfile
  | LiftHold
  | PlaceHold
  | ProposeBankDetails
  | RecordDocument
  | WithdrawBankDetails
  | WithdrawDocument;

export type PayeeRejected =
  | { readonly code: 'document_unknown'; readonly name: string }
  | { readonly code: 'evidence_missing' }
  | { readonly code: 'hold_unknown'; readonly hold: string; readonly what: string }
  | { readonly code: 'no_proposal' }
  | { readonly code: 'proposal_changed'; readonly proposal: string }
  | { readonly code: 'regime_without_dates'; readonly regime: string }
  | { readonly code: 'same_person' }
  | { readonly code: 'too_many'; readonly limit: number }
  | { readonly code: 'validity_reversed'; readonly from: Instant; readonly until: Instant };

type Decided = Decision<PayeeEvent, PayeeRejected>;

/** Every account of the partner keeps them, so there are not many. */
const MOST_DOCUMENTS = 50;
const MOST_HOLDS = 20;

export const payee: Decider<PayeeCommand, PayeeEvent, Payee, PayeeRejected> = {
  initial: NOBODY,
  decide,
  evolve,
};

function decide(command: PayeeCommand, state: Payee): Decided {
  switch (command.type) {
    case 'ProposeBankDetails':
      return propose(command, state);
    case 'ConfirmBankDetails':
      return confirm(command, state);
    case 'WithdrawBankDetails':
      return withdraw(command, state);
    case 'DeclareTaxProfile':
      return declare(command, state);
    case 'RecordDocument':
      return recordDocument(command, state);
    case 'WithdrawDocument':
      return withdrawDocument(command, state);
    case 'PlaceHold':
      return placeHold(command, state);
    case 'LiftHold':
      return liftHold(command, state);
  }
}

/** With what follows from the event for the accounts, so that nobody has to fold the stream to tell them. */
function told(state: Payee, event: Told): Decided {
  const terms = termsOf(evolve(state, event));
  return accept({ ...event, data: { ...event.data, terms } } as PayeeEvent);
}

function propose(command: ProposeBankDetails, state: Payee): Decided {
  const { partner, proposal, details, subject, sealed, by, receivedAt } = command;
  // What is in force already needs nobody's confirmation; a change that waits is a change still.
  if (state.pending === null && state.method?.sealed.hmac === sealed.hmac) return nothing;
  return told(state, {
    type: 'BankDetailsProposed',
    data: { partner, ...details, proposal, subject, by, pii: { payee: sealed } },
    occurredAt: receivedAt,
  });
}

function confirm(command: ConfirmBankDetails, state: Payee): Decided {
  const { pending, method } = state;
  const refused = notTheProposal(command.proposal, state);
  if (refused) return reject(refused);
  if (pending === null) return reject({ code: 'no_proposal' });
  const { partner, by, receivedAt } = command;
  if (pending.by === by) return reject({ code: 'same_person' });

  const { sealed: _kept, by: proposedBy, ...shown } = pending;
  const version = (method?.version ?? 0) + 1;
  return told(state, {
    type: 'BankDetailsConfirmed',
    data: { partner, ...shown, version, proposedBy, by },
    occurredAt: receivedAt,
  });
}

function withdraw(command: WithdrawBankDetails, state: Payee): Decided {
  const refused = notTheProposal(command.proposal, state);
  if (refused) return reject(refused);
  const { partner, proposal, reason, by, receivedAt } = command;
  return told(state, {
    type: 'BankDetailsWithdrawn',
    data: { partner, proposal, reason, by },
    occurredAt: receivedAt,
  });
}

function notTheProposal(proposal: string, { pending }: Payee): PayeeRejected | undefined {
  if (pending === null) return { code: 'no_proposal' };
  return pending.proposal === proposal
    ? undefined
    : { code: 'proposal_changed', proposal: pending.proposal };
}

function declare(command: DeclareTaxProfile, state: Payee): Decided {
  const { partner, profile, subject, sealed, by, receivedAt } = command;
  const { regime, regimeHolds, evidence } = profile;
  if (evidence.length === 0) return reject({ code: 'evidence_missing' });
  if (regime !== null && regimeHolds === null)
    return reject({ code: 'regime_without_dates', regime });
  const reversed = regimeHolds && isReversed(regimeHolds);
  if (reversed) return reject(reversed);

  return told(state, {
    type: 'TaxProfileDeclared',
    data: { partner, ...profile, subject, by, pii: { document: sealed } },
    occurredAt: receivedAt,
  });
}

function recordDocument(command: RecordDocument, state: Payee): Decided {
  const { partner, name, holds, evidence, by, receivedAt } = command;
  if (evidence.length === 0) return reject({ code: 'evidence_missing' });
  const reversed = isReversed(holds);
  if (reversed) return reject(reversed);
  const isNew = !state.documents.some((document) => document.name === name);
  if (isNew && state.documents.length >= MOST_DOCUMENTS)
    return reject({ code: 'too_many', limit: MOST_DOCUMENTS });

  return told(state, {
    type: 'DocumentRecorded',
    data: { partner, name, ...holds, evidence, by },
    occurredAt: receivedAt,
  });
}

function withdrawDocument(command: WithdrawDocument, state: Payee): Decided {
  const { partner, name, reason, by, receivedAt } = command;
  if (!state.documents.some((document) => document.name === name))
    return reject({ code: 'document_unknown', name });
  return told(state, {
    type: 'DocumentWithdrawn',
    data: { partner, name, reason, by },
    occurredAt: receivedAt,
  });
}

function placeHold(command: PlaceHold, state: Payee): Decided {
  const { partner, missing, reason, by, receivedAt } = command;
  if (state.holds.some((held) => isSame(held, missing))) return nothing;
  if (state.holds.length >= MOST_HOLDS) return reject({ code: 'too_many', limit: MOST_HOLDS });
  return told(state, {
    type: 'HoldPlaced',
    data: { partner, ...missing, reason, by },
    occurredAt: receivedAt,
  });
}

function liftHold(command: LiftHold, state: Payee): Decided {
  const { partner, missing, reason, evidence, by, receivedAt } = command;
  if (!state.holds.some((held) => isSame(held, missing)))
    return reject({ code: 'hold_unknown', ...missing });
  if (evidence.length === 0) return reject({ code: 'evidence_missing' });
  return told(state, {
    type: 'HoldLifted',
    data: { partner, ...missing, reason, evidence, by },
    occurredAt: receivedAt,
  });
}

function isReversed({ from, until }: Validity): PayeeRejected | undefined {
  return until !== null && until <= from ? { code: 'validity_reversed', from, until } : undefined;
}

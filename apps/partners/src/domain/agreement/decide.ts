import type { AgreementValue } from '@tributary/contracts';
import {
  type Decider,
  type Decision,
  type Instant,
  type Step,
  accept,
  addDays,
  reject,
} from '@tributary/kernel';
import { MOST_STEP_BYTES, MOST_STEP_BYTES_AT_THE_END, afterwards, tooLarge } from '../history';
import type { AgreementCommand, AgreementRejected, TermsRejected } from './commands';
import type { AgreementEvent, AgreementTerms, AmendableTerms } from './events';
import { type Agreement, type KnownAgreement, evolve } from './evolve';
import { latestOf, stepsAfter, withTerm } from './steps';

type Decides = Decision<AgreementEvent, AgreementRejected>;
type Command<T extends AgreementCommand['type']> = Extract<AgreementCommand, { readonly type: T }>;

export const agreement: Decider<AgreementCommand, AgreementEvent, Agreement, AgreementRejected> = {
  initial: { status: 'none' },
  decide,
  evolve,
};

function decide(command: AgreementCommand, state: Agreement): Decides {
  if (command.type === 'DraftAgreement') {
    if (state.status !== 'none') return reject({ code: 'agreement_exists' });
    return draft(command);
  }
  if (state.status === 'none') return reject({ code: 'agreement_unknown' });
  if (command.type === 'SignAgreement') return sign(command, state);
  const at = decisionTime(command, state.decidedAt);
  if (typeof at !== 'string') return reject(at);
  switch (command.type) {
    case 'ProposeAmendment':
      return propose(command, state, at);
    case 'ApproveAgreement':
      return approve(command, state, at);
    case 'EndAgreement':
      return end(command, state, at);
  }
}

function draft(command: Command<'DraftAgreement'>): Decides {
  const { agreement, by, terms, effectiveFrom } = command;
  const wrong = wrongTerms(terms);
  if (wrong) return reject(wrong);
  const at = decisionTime(command, undefined);
  if (typeof at !== 'string') return reject(at);
  const from = effectiveFrom ?? at;
  const short = endsBeforeStart(terms.term, from);
  if (short) return reject(short);
  const steps = stepsAfter([], [{ from, changed: { ...terms, status: 'draft' } }], { at, from });
  const data = { agreement, version: 1, by, at, from, terms, steps };
  return told(steps, { type: 'AgreementDrafted', data, occurredAt: at });
}

/**
 * Of a draft its next wording, told whole, because all of it is what a second person approves; of an active agreement an amendment.
 * Either waits for that person.
 */
function propose(
  command: Command<'ProposeAmendment'>,
  state: KnownAgreement,
  at: Instant,
): Decides {
  const { agreement, by, changed } = command;
  if (state.status === 'ended') return wrongStatus(state, ['draft', 'active']);
  const isDraft = state.status === 'draft';
  if (!isDraft && Object.keys(changed).length === 0) return reject({ code: 'nothing_to_change' });
  const from = command.effectiveFrom ?? (isDraft ? (state.pending?.from ?? at) : at);
  if (!isDraft && from < state.startsFrom)
    return reject({ code: 'before_start', from, startsFrom: state.startsFrom });
  // A draft is begun anew with each wording, so its term has to fit the beginning that this one gives it.
  const worded = isDraft ? { ...amendable(state.terms), ...changed } : changed;
  const short = endsBeforeStart(worded.term, isDraft ? from : state.startsFrom);
  if (short) return reject(short);
  const wrong = wrongTerms({ ...state.terms, ...changed });
  if (wrong) return reject(wrong);
  const data = { agreement, version: state.latestVersion + 1, by, at, from, changed: worded };
  return accept({ type: 'AmendmentProposed', data, occurredAt: at });
}

const amendable = ({ partner: _of, programme: _in, ...terms }: AgreementTerms): AmendableTerms =>
  terms;

function approve(
  command: Command<'ApproveAgreement'>,
  state: KnownAgreement,
  at: Instant,
): Decides {
  const { agreement, by, version } = command;
  const { pending, governing, terms } = state;
  if (state.status === 'ended') return wrongStatus(state, ['draft', 'active']);
  // Whoever approves names what was read, so that nothing worded meanwhile is approved unseen.
  if (pending?.version !== version)
    return reject({ code: 'not_pending', pending: pending?.version ?? null });
  if (pending.editors.includes(by)) return reject({ code: 'same_person' });

  const { from, changed } = pending;
  const decided = { agreement, version, by, at, from };
  if (state.status === 'draft') {
    const short = endsBeforeStart(terms.term, from);
    if (short) return reject(short);
    const active = { from, changed: { ...terms, status: 'active' } } as const;
    const steps = stepsAfter(state.steps, withTerm([active]), { at, from });
    const data = { ...decided, terms, steps };
    return told(steps, { type: 'AgreementActivated', data, occurredAt: at });
  }
  const steps = stepsAfter(state.steps, withTerm([...governing, { from, changed }]), { at, from });
  const data = { ...decided, changed, steps };
  return told(steps, { type: 'AgreementAmended', data, occurredAt: at });
}

/** A draft is given up as a whole; an active agreement ends for the sales that are paid from then on. */
function end(command: Command<'EndAgreement'>, state: KnownAgreement, at: Instant): Decides {
  const { agreement, by, reason, cause } = command;
  const { status, startsFrom, terms, steps: known } = state;
  if (status === 'ended') return wrongStatus(state, ['draft', 'active']);
  const isDraft = status === 'draft';
  const earliest = isDraft ? at : noticeEnds(command, state, at);
  const effectiveFrom = command.effectiveFrom ?? earliest;
  if (!isDraft && earliest > at && effectiveFrom < earliest)
    return reject({ code: 'notice_not_kept', from: effectiveFrom, earliest });
  if (!isDraft && effectiveFrom < startsFrom)
    return reject({ code: 'before_start', from: effectiveFrom, startsFrom });
  const from = isDraft ? startsFrom : effectiveFrom;
  const before = isDraft ? [{ from, changed: terms }] : state.governing;
  const ended = { from, changed: { status: 'ended' } } as const;
  const steps = stepsAfter(known, [...before, ended], { at, from });
  const data = { agreement, by, at, from, reason, ...(cause && { cause }), steps };
  return told(steps, { type: 'AgreementEnded', data, occurredAt: at });
}

/** A breach, or both sides together, need no notice. */
function noticeEnds(
  { cause = 'notice' }: Command<'EndAgreement'>,
  { governing }: KnownAgreement,
  at: Instant,
): Instant {
  const noticeDays = latestOf(governing).term?.noticeDays ?? 0;
  return cause === 'notice' ? addDays(at, noticeDays, 'UTC') : at;
}

/** Each side signs a wording once, and the wording stays what it was. */
function sign(command: Command<'SignAgreement'>, state: KnownAgreement): Decides {
  const { agreement, by, version, party, signedAt, document, receivedAt } = command;
  if (version > state.latestVersion)
    return reject({ code: 'version_unknown', latest: state.latestVersion });
  if (signedAt > receivedAt) return reject({ code: 'signed_in_future', at: signedAt });
  if (state.signatures.some((each) => each.version === version && each.party === party))
    return reject({ code: 'already_signed', version, party });
  const data = { agreement, version, party, signedAt, document, by };
  return accept({ type: 'AgreementSigned', data, occurredAt: receivedAt });
}

const endsBeforeStart = (
  term: AgreementTerms['term'],
  from: Instant,
): Extract<AgreementRejected, { code: 'ends_before_start' }> | undefined =>
  term?.until != null && term.until <= from
    ? { code: 'ends_before_start', until: term.until, from }
    : undefined;

/** Decisions about one agreement follow one another, so that what was told at a time stays what was known then. */
function decisionTime(
  { decidedAt, receivedAt }: AgreementCommand,
  last: Instant | undefined,
): AgreementRejected | Instant {
  if (decidedAt === undefined)
    return last !== undefined && last >= receivedAt ? afterwards(last) : receivedAt;
  if (decidedAt > receivedAt) return { code: 'decided_in_future', at: decidedAt };
  return last !== undefined && decidedAt <= last
    ? { code: 'decided_before_last', at: decidedAt, last }
    : decidedAt;
}

const WHOLE_BP = 10_000;

function wrongTerms({ partner, parent, splits }: AgreementTerms): TermsRejected | undefined {
  if (parent === partner) return { code: 'own_parent' };
  const partners = splits.map((split) => split.partner);
  const twice = partners.find((each, i) => partners.indexOf(each) !== i);
  if (twice !== undefined) return { code: 'split_twice', partner: twice };
  const sumBp = splits.reduce((sum, { bp }) => sum + bp, 0);
  return splits.length > 0 && sumBp !== WHOLE_BP ? { code: 'splits_do_not_sum', sumBp } : undefined;
}

const wrongStatus = (
  { status }: KnownAgreement,
  allowed: readonly AgreementValue['status'][],
): Decides => reject({ code: 'wrong_status', status, allowed });

function told(steps: readonly Step<AgreementValue>[], event: AgreementEvent): Decides {
  const ends = event.type === 'AgreementEnded';
  const full = tooLarge(steps, ends ? MOST_STEP_BYTES_AT_THE_END : MOST_STEP_BYTES);
  return full ? reject(full) : accept(event);
}

import {
  PERIOD_CERTIFIED,
  PERIOD_CLOSED,
  PERIOD_SOFT_CLOSED,
  RELEASES_TAKEN,
} from '@tributary/contracts';
import {
  type Decider,
  type Decision,
  type Period,
  accept,
  nothing,
  reject,
  shiftPeriodKey,
  unreachable,
} from '@tributary/kernel';
import type {
  Blocker,
  Certify,
  ClosePeriod,
  ConfirmTaken,
  PeriodCommand,
  PeriodRejected,
  SoftClosePeriod,
} from './commands';
import type { PeriodEvent } from './events';

/** Whoever soft-closes a month does not close it. A company with one person in finance sets this to false, and its auditor will ask. */
export const ANOTHER_PERSON_CLOSES: boolean = true;

const RELEASED = 'Liabilities:Commission:Released';

export interface PeriodState {
  readonly softClosed: { readonly period: Period; readonly by: string } | null;
  readonly isTaken: boolean;
  readonly isClosed: boolean;
  /** Of its certificate. */
  readonly digest: string | null;
}

type PeriodDecision = Decision<PeriodEvent, PeriodRejected>;

export const period: Decider<PeriodCommand, PeriodEvent, PeriodState, PeriodRejected> = {
  initial: { softClosed: null, isTaken: false, isClosed: false, digest: null },
  decide(command, state) {
    switch (command.type) {
      case 'SoftClosePeriod':
        return softClose(command, state);
      case 'ConfirmTaken':
        return confirmTaken(command, state);
      case 'ClosePeriod':
        return close(command, state);
      case 'Certify':
        return certify(command, state);
      default:
        return unreachable(command);
    }
  },
  evolve,
};

function softClose(command: SoftClosePeriod, { softClosed }: PeriodState): PeriodDecision {
  const { entity, period: month, lastSoftClosed, blockers, by, receivedAt } = command;
  if (softClosed !== null) return nothing;
  if (receivedAt < month.until) return reject({ code: 'month_not_over', until: month.until });
  // The first one may be any: it also stands for whatever came before it.
  const next = lastSoftClosed === null ? month.key : shiftPeriodKey(lastSoftClosed, 1);
  if (next !== month.key) return reject({ code: 'not_in_order', next });
  const { count, first } = blockers;
  if (count > 0) return reject({ code: 'period_blocked', count, blockers: first });

  const data = { entity, period: month, by };
  return accept({ type: PERIOD_SOFT_CLOSED, data, occurredAt: receivedAt });
}

function confirmTaken({ entity, receivedAt }: ConfirmTaken, state: PeriodState): PeriodDecision {
  const { softClosed, isTaken } = state;
  if (softClosed === null) return reject({ code: 'not_soft_closed' });
  if (isTaken) return nothing;
  const data = { entity, period: softClosed.period };
  return accept({ type: RELEASES_TAKEN, data, occurredAt: receivedAt });
}

function close(
  command: ClosePeriod,
  { softClosed, isTaken, isClosed }: PeriodState,
): PeriodDecision {
  const { entity, month, firstUnclosed, blockers, by, receivedAt } = command;
  if (softClosed === null) return reject({ code: 'not_soft_closed' });
  if (isClosed) return nothing;
  if (ANOTHER_PERSON_CLOSES && softClosed.by === by) return reject({ code: 'same_person' });
  if (firstUnclosed !== null && firstUnclosed < month)
    return reject({ code: 'not_in_order', next: firstUnclosed });
  const first = isTaken ? blockers.first : [notTaken(month), ...blockers.first];
  const count = isTaken ? blockers.count : blockers.count + 1;
  if (count > 0) return reject({ code: 'period_blocked', count, blockers: first });

  const data = { entity, period: softClosed.period, by };
  return accept({ type: PERIOD_CLOSED, data, occurredAt: receivedAt });
}

const notTaken = (month: string): Blocker => ({
  kind: 'releases_not_taken',
  subject: month,
  owner: 'operations',
  detail:
    'The ledger has not found a taking of every release before the soft-close; it names them under /v1/ledger/periods.',
});

function certify(command: Certify, { softClosed, isClosed, digest }: PeriodState): PeriodDecision {
  const { entity, certificate, receivedAt } = command;
  if (softClosed === null || !isClosed) return reject({ code: 'not_closed' });
  if (digest === certificate.digest) return nothing;
  if (digest !== null) return reject({ code: 'certified_otherwise', digest });
  const flaw = flawOf(certificate.trialBalance);
  if (flaw !== undefined) return reject(flaw);

  const data = { ...certificate, entity, period: softClosed.period };
  return accept({ type: PERIOD_CERTIFIED, data, occurredAt: receivedAt });
}

/** What no certificate may say, whoever computed it. */
function flawOf(rows: Certify['certificate']['trialBalance']): PeriodRejected | undefined {
  const differences = new Map<string, bigint>();
  for (const { asset, account, debit, credit, balance } of rows) {
    differences.set(asset, (differences.get(asset) ?? 0n) + BigInt(debit) - BigInt(credit));
    const isReleased = account === RELEASED || account.startsWith(`${RELEASED}:`);
    if (isReleased && balance !== '0') return { code: 'released_not_zero', asset, balance };
  }
  for (const [asset, difference] of differences)
    if (difference !== 0n)
      return { code: 'trial_balance_off', asset, difference: String(difference) };
  return undefined;
}

function evolve(state: PeriodState, { type, data }: PeriodEvent): PeriodState {
  switch (type) {
    case PERIOD_SOFT_CLOSED:
      return { ...state, softClosed: { period: data.period, by: data.by } };
    case RELEASES_TAKEN:
      return { ...state, isTaken: true };
    case PERIOD_CLOSED:
      return { ...state, isClosed: true };
    case PERIOD_CERTIFIED:
      return { ...state, digest: data.digest };
  }
}

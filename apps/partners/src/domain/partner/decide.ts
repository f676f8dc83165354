import type { PartnerStatus, PartnerValue } from '@tributary/contracts';
import {
  type Decider,
  type Decision,
  type Instant,
  accept,
  invariant,
  reject,
} from '@tributary/kernel';
import {
  type Change,
  MOST_STEP_BYTES,
  MOST_STEP_BYTES_AT_THE_END,
  type NotInHistory,
  type Timing,
  revised,
} from '../history';
import type { PartnerEvent } from './events';
import { type StatusChange, TRANSITIONS, mayFollow } from './transitions';

export type PartnerTerms = Omit<PartnerValue, 'status'>;

export type PartnerCommand = Timing & { readonly partner: string } & (
    | { readonly type: 'RegisterPartner'; readonly value: PartnerValue }
    | { readonly type: 'ChangePartnerTerms'; readonly changed: Partial<PartnerTerms> }
    | { readonly type: StatusChange; readonly reason: string | null }
  );

export type PartnerRejected =
  | NotInHistory
  | { readonly code: 'partner_exists' }
  | { readonly code: 'partner_unknown' }
  | {
      /** What the partner is at that time, and what it would have to be. */
      readonly code: 'wrong_status';
      readonly status: PartnerStatus;
      readonly allowed: readonly PartnerStatus[];
    }
  | {
      /** Told late, it would leave a later change without a beginning. */
      readonly code: 'contradicts_later_change';
      readonly at: Instant;
      readonly status: PartnerStatus;
    };

export interface Partner {
  readonly changes: readonly Change<PartnerValue>[];
}

export const partner: Decider<PartnerCommand, PartnerEvent, Partner, PartnerRejected> = {
  initial: { changes: [] },
  decide,
  evolve: ({ changes }, { data: { at, changed } }) => ({ changes: [...changes, { at, changed }] }),
};

function decide(
  command: PartnerCommand,
  { changes }: Partner,
): Decision<PartnerEvent, PartnerRejected> {
  const registers = command.type === 'RegisterPartner';
  if (registers !== (changes.length === 0))
    return reject({ code: registers ? 'partner_exists' : 'partner_unknown' });

  switch (command.type) {
    case 'RegisterPartner':
      return told('PartnerRegistered', command, changes, command.value);
    case 'ChangePartnerTerms':
      return told('PartnerTermsChanged', command, changes, command.changed);
    default:
      return changeStatus(command.type, command.reason, command, changes);
  }
}

function told(
  type: 'PartnerRegistered' | 'PartnerTermsChanged',
  command: PartnerCommand,
  changes: readonly Change<PartnerValue>[],
  changed: Partial<PartnerValue>,
): Decision<PartnerEvent, PartnerRejected> {
  const next = revised(changes, changed, command);
  if ('code' in next) return reject(next);
  const data = { partner: command.partner, ...next, changed };
  return accept({ type, data, occurredAt: command.receivedAt });
}

function changeStatus(
  change: StatusChange,
  reason: string | null,
  command: PartnerCommand,
  changes: readonly Change<PartnerValue>[],
): Decision<PartnerEvent, PartnerRejected> {
  const { event: type, to, from: allowed } = TRANSITIONS[change];
  const changed = { status: to };
  const limit = to === 'active' ? MOST_STEP_BYTES : MOST_STEP_BYTES_AT_THE_END;
  const next = revised(changes, changed, command, limit);
  if ('code' in next) return reject(next);

  const { at } = next;
  const statuses = statusesOf(changes);
  const status = statuses.findLast((each) => each.at < at)?.status;
  invariant(status, 'a partner has a status since its registration');
  if (!allowed.includes(status)) return reject({ code: 'wrong_status', status, allowed });
  const later = statuses.find((each) => each.at > at);
  if (later && !mayFollow(to, later.status))
    return reject({ code: 'contradicts_later_change', ...later });

  const data = { partner: command.partner, ...next, changed, reason };
  return accept({ type, data, occurredAt: command.receivedAt });
}

/** The changes of status alone, in the order of the world. */
const statusesOf = (changes: readonly Change<PartnerValue>[]) =>
  changes
    .flatMap(({ at, changed: { status } }) => (status === undefined ? [] : [{ at, status }]))
    .sort((a, b) => (a.at < b.at ? -1 : 1));

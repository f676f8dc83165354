import type { LinkData, LinkValue } from '@tributary/contracts';
import { type Decider, type Decision, accept, reject, valueAt } from '@tributary/kernel';
import {
  type Change,
  MOST_STEP_BYTES,
  MOST_STEP_BYTES_AT_THE_END,
  type NotInHistory,
  type Timing,
  revised,
  stepsOf,
} from '../history';
import type { LinkEvent } from './events';

/** What a link or a coupon is, whoever owns it. */
export type LinkIdentity = Omit<LinkData, 'steps'>;

export type LinkCommand = Timing &
  Pick<LinkIdentity, 'kind' | 'link'> &
  (
    | (LinkIdentity & {
        readonly type: 'IssueLink';
        readonly owner: string;
        readonly programme: string;
      })
    | { readonly type: 'MoveLink'; readonly owner: string; readonly programme?: string }
    | { readonly type: 'CloseLink' }
  );

export type LinkRejected =
  | NotInHistory
  | { readonly code: 'already_closed' }
  | { readonly code: 'already_owner'; readonly owner: string }
  | { readonly code: 'link_exists' }
  | { readonly code: 'link_unknown' };

export interface Link {
  readonly identity: LinkIdentity | undefined;
  readonly changes: readonly Change<LinkValue>[];
}

export const link: Decider<LinkCommand, LinkEvent, Link, LinkRejected> = {
  initial: { identity: undefined, changes: [] },
  decide,
  evolve: ({ changes }, { data: { at, changed, link, kind, system, code } }) => ({
    identity: { link, kind, system, code },
    changes: [...changes, { at, changed }],
  }),
};

function decide(
  command: LinkCommand,
  { identity, changes }: Link,
): Decision<LinkEvent, LinkRejected> {
  if (command.type === 'IssueLink') {
    if (identity) return reject({ code: 'link_exists' });
    const { link, kind, system, code, owner, programme } = command;
    return told('LinkIssued', command, { link, kind, system, code }, changes, { owner, programme });
  }
  if (!identity) return reject({ code: 'link_unknown' });
  if (command.type === 'CloseLink')
    return told('LinkClosed', command, identity, changes, { owner: null });
  const { owner, programme } = command;
  const changed = programme === undefined ? { owner } : { owner, programme };
  return told('LinkMoved', command, identity, changes, changed);
}

function told(
  type: LinkEvent['type'],
  command: Timing,
  identity: LinkIdentity,
  changes: readonly Change<LinkValue>[],
  changed: Partial<LinkValue>,
): Decision<LinkEvent, LinkRejected> {
  const limit = type === 'LinkClosed' ? MOST_STEP_BYTES_AT_THE_END : MOST_STEP_BYTES;
  const next = revised(changes, changed, command, limit);
  if ('code' in next) return reject(next);
  const before = valueAt({ revision: changes.length, steps: stepsOf(changes) }, next.at);
  if (before && changesNothing(before, changed)) {
    const { owner } = before;
    return reject(owner === null ? { code: 'already_closed' } : { code: 'already_owner', owner });
  }
  const data = { ...identity, ...next, changed };
  return accept({ type, data, occurredAt: command.receivedAt });
}

const changesNothing = (before: LinkValue, { owner, programme }: Partial<LinkValue>): boolean =>
  before.owner === owner && (programme === undefined || before.programme === programme);

import { accept, nothing, reject } from '@tributary/kernel';
import type {
  AcknowledgeFlags,
  ApproveRun,
  CancelRun,
  Decided,
  ExcludeItems,
  LockAnew,
  ReleaseRun,
  RunRejected,
} from './commands';
import type { RunEvent } from './events';
import { evolve } from './evolve';
import { changedItems, faultyItems, lockOf, namesOf, openFlags } from './lock';
import { type Run, entryOfItem, itemsOf } from './state';

/** Of items that stand in the way, how many are named. */
const NAMED = 10;
/** Names of one event. */
const MOST_PARTNERS = 1_200;

const isLocked = ({ status }: Run): boolean => status === 'locked' || status === 'approved';
const notLocked = ({ status }: Run): { readonly rejected: RunRejected } =>
  reject({ code: 'run_not_locked', status });

export function acknowledge(
  { run, flag, items, note, by, at }: AcknowledgeFlags,
  state: Run,
): Decided {
  if (!isLocked(state)) return notLocked(state);
  const partners = items && partnersOf(items, state);
  if (partners !== null && 'rejected' in partners) return partners;
  const isOpen = (partner: string): boolean => {
    const entry = state.entries.get(partner);
    return (
      entry?.is === 'item' && entry.noted.flags.includes(flag) && !entry.acknowledged.includes(flag)
    );
  };
  const concerned = partners ?? itemsOf(state).map(({ noted }) => noted.partner);
  if (!concerned.some(isOpen)) return nothing;
  return accept({
    type: 'FlagsAcknowledged',
    data: { run, flag, partners, note, by },
    occurredAt: at,
  });
}

export function exclude({ run, items, reason, by, at }: ExcludeItems, state: Run): Decided {
  if (!isLocked(state)) return notLocked(state);
  const partners = partnersOf(items, state);
  if ('rejected' in partners) return partners;
  const data = { run, partners, reason, by };
  const excluded: RunEvent = { type: 'ItemsExcluded', data, occurredAt: at };
  const locked = lockOf(evolve(state, excluded));
  return accept(...voided(state, 'items_excluded', at), excluded, {
    type: 'RunLocked',
    data: locked,
    occurredAt: at,
  });
}

/** What was reserved on details that hold no longer, or cannot be written, is reserved on those that hold now. */
export function lockAnew({ run, by, at }: LockAnew, state: Run): Decided {
  if (!isLocked(state)) return notLocked(state);
  const names = new Set(
    [...changedItems(state), ...faultyItems(state)].map(({ noted }) => noted.partner),
  );
  if (names.size === 0) return reject({ code: 'nothing_to_ask' });
  const partners = [...names].sort();
  const attempt = state.attempt + 1;
  const asked: RunEvent[] = [];
  for (let i = 0; i < partners.length; i += MOST_PARTNERS) {
    const data = { run, attempt, partners: partners.slice(i, i + MOST_PARTNERS), by };
    asked.push({ type: 'ItemsAskedAnew', data, occurredAt: at });
  }
  return accept(...voided(state, 'locked_anew', at), ...asked);
}

export function approve({ run, hash, by, at }: ApproveRun, state: Run): Decided {
  if (state.status === 'approved' && state.hash === hash) return nothing;
  if (state.status !== 'locked') return notLocked(state);
  if (state.hash !== hash) return reject({ code: 'hash_changed', hash: state.hash });
  const refused = unapprovable(state, by);
  if (refused) return reject(refused);
  return accept({ type: 'RunApproved', data: { run, hash, by }, occurredAt: at });
}

function unapprovable(state: Run, by: string): RunRejected | undefined {
  if (state.preparers.includes(by)) return { code: 'same_person' };
  const edited = itemsOf(state).filter(({ noted }) => noted.method.editors.includes(by));
  if (edited.length > 0) return { code: 'editor_of_bank_details', items: edited.length };
  if (state.totals.count === 0) return { code: 'nothing_to_pay' };
  if (state.draft?.payingAccount === null) return { code: 'no_paying_account' };
  const changed = changedItems(state);
  if (changed.length > 0)
    return { code: 'items_changed', items: changed.length, some: namesOf(changed.slice(0, NAMED)) };
  const faulty = faultyItems(state);
  if (faulty.length > 0)
    return { code: 'items_faulty', items: faulty.length, some: namesOf(faulty.slice(0, NAMED)) };
  const flags = openFlags(state);
  if (Object.keys(flags).length > 0) return { code: 'flags_unacknowledged', flags };
  return undefined;
}

export function release({ run, by, at }: ReleaseRun, state: Run): Decided {
  const { status, hash, totals } = state;
  if (status !== 'approved') return reject({ code: 'run_not_approved', status });
  return accept({ type: 'RunReleased', data: { run, ...totals, hash, by }, occurredAt: at });
}

export function cancel({ run, reason, by, at }: CancelRun, state: Run): Decided {
  const { status } = state;
  if (status === 'cancelled') return nothing;
  const isBefore = status === 'drafted' || status === 'locking' || isLocked(state);
  if (!isBefore) return reject({ code: 'run_released', status });
  return accept({ type: 'RunCancelled', data: { run, reason, by }, occurredAt: at });
}

function voided({ status, hash, draft }: Run, why: string, at: RunEvent['occurredAt']): RunEvent[] {
  if (status !== 'approved' || draft === null) return [];
  return [{ type: 'ApprovalVoided', data: { run: draft.run, hash, why }, occurredAt: at }];
}

function partnersOf(
  items: readonly string[],
  state: Run,
): readonly string[] | { readonly rejected: RunRejected } {
  const partners = new Set<string>();
  for (const item of items) {
    const entry = entryOfItem(state, item);
    if (!entry) return reject({ code: 'item_unknown', item });
    partners.add(entry.noted.partner);
  }
  return [...partners].sort();
}

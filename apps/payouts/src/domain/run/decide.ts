import { type Decider, accept, invariant, nothing, reject } from '@tributary/kernel';
import type {
  Decided,
  DraftRun,
  ListCandidates,
  NoteAnswers,
  NoteItemChange,
  RunCommand,
  RunRejected,
  StartLocking,
} from './commands';
import type { NotedItem, RunEvent } from './events';
import { evolve } from './evolve';
import { flagsOf } from './flags';
import { lockOf } from './lock';
import { decidePaying } from './pay';
import { acknowledge, approve, cancel, exclude, lockAnew, release } from './people';
import { type Run, newRun } from './state';

/** People command it and it follows its accounts, so it remembers the ids of both. */
export const run: Decider<RunCommand, RunEvent, Run, RunRejected> = {
  initial: newRun(),
  decide,
  evolve,
};

function decide(command: RunCommand, state: Run): Decided {
  if (command.type === 'DraftRun') return draft(command, state);
  if (state.draft === null) return reject({ code: 'run_unknown' });
  switch (command.type) {
    case 'ListCandidates':
      return list(command, state);
    case 'StartLocking':
      return startLocking(command, state);
    case 'NoteAnswers':
      return noteAnswers(command, state);
    case 'NoteItemChange':
      return noteChange(command, state);
    case 'AcknowledgeFlags':
      return acknowledge(command, state);
    case 'ExcludeItems':
      return exclude(command, state);
    case 'LockAnew':
      return lockAnew(command, state);
    case 'ApproveRun':
      return approve(command, state);
    case 'ReleaseRun':
      return release(command, state);
    case 'CancelRun':
      return cancel(command, state);
    default:
      return decidePaying(command, state);
  }
}

/** A monthly run is named by its month: whoever drafts it again finds it there. */
function draft({ draft: data, at }: DraftRun, state: Run): Decided {
  return state.status === 'none' ? accept({ type: 'RunDrafted', data, occurredAt: at }) : nothing;
}

/** Listed again after a crash, it may bring somebody new; nobody comes twice, because names ascend. */
function list({ run: id, partners, at }: ListCandidates, state: Run): Decided {
  if (state.status !== 'drafted') return nothing;
  const fresh = partners.filter((partner) => partner > state.lastListed);
  if (fresh.length === 0) return nothing;
  return accept({ type: 'CandidatesListed', data: { run: id, partners: fresh }, occurredAt: at });
}

function startLocking({ run: id, at }: StartLocking, state: Run): Decided {
  if (state.status !== 'drafted') return nothing;
  const candidates = state.entries.size;
  const started: RunEvent = {
    type: 'LockingStarted',
    data: { run: id, candidates },
    occurredAt: at,
  };
  if (state.awaited > 0) return accept(started);
  const locked: RunEvent = { type: 'RunLocked', data: lockOf(state), occurredAt: at };
  // With nothing to pay there is nothing to approve either.
  return accept(started, locked, ...closedWithoutItems(locked));
}

function noteAnswers(command: NoteAnswers, state: Run): Decided {
  const { run: id, attempt, at } = command;
  if (attempt !== state.attempt) return nothing;
  const isAsked = (partner: string): boolean => state.entries.get(partner)?.is === 'asked';
  const { items, alsoShared } = notedItems(command, state, isAsked);
  const declined = command.declined
    .filter(({ partner }) => isAsked(partner))
    .map(({ partner, reason, detail, payable }) => ({ partner, reason, detail, payable }));
  if (items.length + declined.length === 0) return nothing;

  const data = { run: id, items, declined, alsoShared };
  const noted: RunEvent = { type: 'AnswersNoted', data, occurredAt: at };
  const isLast = state.awaited === items.length + declined.length;
  if (state.status !== 'locking' || !isLast) return accept(noted);
  const locked: RunEvent = {
    type: 'RunLocked',
    data: lockOf(evolve(state, noted)),
    occurredAt: at,
  };
  return accept(noted, locked, ...closedWithoutItems(locked));
}

function closedWithoutItems({ type, data, occurredAt }: RunEvent): readonly RunEvent[] {
  invariant(type === 'RunLocked', 'a run is closed by the lock that finds nothing');
  if (data.count > 0) return [];
  const closed = { run: data.run, settled: 0, rejected: 0, net: '0' };
  return [{ type: 'RunClosed', data: closed, occurredAt }];
}

function notedItems(
  { reserved, at }: NoteAnswers,
  state: Run,
  isAsked: (partner: string) => boolean,
): { readonly items: readonly NotedItem[]; readonly alsoShared: readonly string[] } {
  const answers = reserved.filter((answer) => isAsked(answer.reserved.partner));
  const here = new Map<string, number>();
  for (const {
    reserved: { method },
  } of answers)
    here.set(method.fingerprint, (here.get(method.fingerprint) ?? 0) + 1);
  const alsoShared = new Set<string>();
  const items = answers.map((answer) => {
    const { method } = answer.reserved;
    const before = state.paidTo.get(method.fingerprint) ?? [];
    for (const partner of before) alsoShared.add(partner);
    const isShared =
      before.length > 0 || (here.get(method.fingerprint) ?? 0) > 1 || answer.sharedWith !== null;
    return notedItem(answer, [
      ...flagsOf(answer, at),
      ...(isShared ? (['shared_account'] as const) : []),
    ]);
  });
  return { items, alsoShared: [...alsoShared].sort() };
}

function notedItem(
  { reserved, hash, lines, recent, sharedWith, faults }: NoteAnswers['reserved'][number],
  flags: NotedItem['flags'],
): NotedItem {
  const { item, partner, gross, net, method, replaces } = reserved;
  return {
    item,
    partner,
    gross,
    withheld: String(BigInt(gross) - BigInt(net)),
    net,
    hash,
    lines,
    method,
    replaces,
    recent,
    sharedWith,
    flags,
    faults,
  };
}

/** May come before the answer that noted the item did: it is remembered by the item's name. */
function noteChange({ run: id, partner, item, what, at }: NoteItemChange, state: Run): Decided {
  const { status, changed, hash } = state;
  const isBeforeRelease =
    status === 'drafted' || status === 'locking' || status === 'locked' || status === 'approved';
  if (!isBeforeRelease || (changed.get(item) ?? null) === what) return nothing;
  const data = { run: id, partner, item, what };
  const noted: RunEvent = { type: 'ItemChangeNoted', data, occurredAt: at };
  if (status !== 'approved') return accept(noted);
  const why = what ?? 'restored';
  return accept<RunEvent>(
    { type: 'ApprovalVoided', data: { run: id, hash, why }, occurredAt: at },
    noted,
  );
}

import { accept, formatMinor, invariant, nothing } from '@tributary/kernel';
import type { Decided, NoteFile, NoteFreed, NoteInstructions, NoteProgress } from './commands';
import type { NotedProgress, RunClosed, RunEvent } from './events';
import { evolve } from './evolve';
import { totalsOf } from './lock';
import { type Run, itemEntry, itemsOf } from './state';

type Paying = NoteFile | NoteFreed | NoteInstructions | NoteProgress;

/** After the release the run only adds up: what becomes of an item is decided on its account. */
export function decidePaying(command: Paying, state: Run): Decided {
  switch (command.type) {
    case 'NoteInstructions':
      return noteInstructions(command, state);
    case 'NoteFile':
      return noteFile(command, state);
    case 'NoteProgress':
      return noteProgress(command, state);
    case 'NoteFreed':
      return noteFreed(command, state);
  }
}

function noteInstructions(command: NoteInstructions, state: Run): Decided {
  const { run, at } = command;
  if (state.status !== 'released') return nothing;
  const isOpen = (partner: string): boolean => itemEntry(state, partner)?.progress === null;
  const instructed = command.instructed.filter(isOpen);
  const refused = command.refused.filter(({ partner }) => isOpen(partner));
  if (instructed.length + refused.length === 0) return nothing;
  const data = { run, instructed, refused };
  const noted: RunEvent = { type: 'InstructionsNoted', data, occurredAt: at };
  // Folded ahead for the last answer alone: for each, the state would be walked back and forth.
  const isLast = state.toInstruct === instructed.length + refused.length;
  return isLast ? accept(noted, ...allInstructed(evolve(state, noted), at)) : accept(noted);
}

function allInstructed(state: Run, at: RunEvent['occurredAt']): readonly RunEvent[] {
  const { draft, hash, counts } = state;
  invariant(draft?.payingAccount, 'a run is released from an account');
  const { run, entity, asset, payingAccount, payOn } = draft;
  const totals = totalsOf(itemsOf(state));
  const data = {
    run,
    entity,
    asset,
    payingAccount,
    payOn,
    hash,
    ...totals,
    refused: counts.refused,
  };
  const instructed: RunEvent = { type: 'RunInstructed', data, occurredAt: at };
  if (totals.count > 0) return [instructed];
  return [instructed, { type: 'RunClosed', data: closing(state), occurredAt: at }];
}

function noteFile(command: NoteFile, state: Run): Decided {
  const { run, file, sequence, state: is, count, isGivenBack, at } = command;
  const before = state.files.get(file);
  // A file that was voided never comes back: its items go into another one.
  if (before?.state === 'voided' || before?.state === is) return nothing;
  if (isOver(state)) return nothing;
  const back = is === 'voided' && isGivenBack === true && { isGivenBack };
  const data = { run, file, sequence, state: is, count, ...back };
  const noted: RunEvent = { type: 'FileNoted', data, occurredAt: at };
  // The bank may have been faster than the news of the file.
  return accept(noted, ...stagesAfter(evolve(state, noted), at));
}

function noteProgress({ run, items, at }: NoteProgress, state: Run): Decided {
  if (isOver(state)) return nothing;
  const fresh = newest(items).filter(({ partner, item, progress, revision }) => {
    const entry = itemEntry(state, partner);
    // An item that was left out or asked anew has answered to another name; one that is not instructed has nothing to tell.
    if (entry?.noted.item !== item || entry.progress === null) return false;
    return revision > entry.revision && progress !== entry.progress;
  });
  if (fresh.length === 0) return nothing;
  const noted: RunEvent = { type: 'ProgressNoted', data: { run, items: fresh }, occurredAt: at };
  return accept(noted, ...stagesAfter(evolve(state, noted), at));
}

/** Of several facts about one item, in whatever order they came, the last one. */
function newest(items: readonly NotedProgress[]): readonly NotedProgress[] {
  const last = new Map<string, NotedProgress>();
  for (const item of items) {
    const before = last.get(item.item);
    if (before === undefined || before.revision < item.revision) last.set(item.item, item);
  }
  return [...last.values()];
}

/** Each stage once, in their order; a run whose bank answers only by its statement is acknowledged by that. */
function stagesAfter(before: Run, at: RunEvent['occurredAt']): readonly RunEvent[] {
  const { draft } = before;
  invariant(draft, 'a run that pays was drafted');
  const { run } = draft;
  const events: RunEvent[] = [];
  let state = before;
  if (state.status === 'instructed' && hasFiles(state)) {
    const files = state.files.entries().filter(([, each]) => each.state === 'exported').length;
    events.push({ type: 'RunExported', data: { run, files }, occurredAt: at });
    state = { ...state, status: 'exported' };
  }
  const { status, counts } = state;
  const isSent = status === 'exported' || status === 'acknowledged' || status === 'settling';
  const silent = counts.instructed + counts.unknown + counts.voided;
  if (status === 'exported' && silent === 0)
    events.push({ type: 'RunAcknowledged', data: { run }, occurredAt: at });
  if (isSent && status !== 'settling' && counts.settled > 0)
    events.push({ type: 'RunSettling', data: { run }, occurredAt: at });
  if (isDone(state) && (isSent || isNeverSent(state)))
    events.push({ type: 'RunClosed', data: closing(state), occurredAt: at });
  return events;
}

/** All that will be sent stands in files. A file that takes a voided one's place may have fewer items, so nothing under way says so as well. */
const hasFiles = (state: Run): boolean =>
  state.exported > 0 && (state.exported + state.givenBack >= state.totals.count || isDone(state));

const isDone = ({ counts, totals }: Run): boolean =>
  counts.settled + counts.rejected + counts.cancelled === totals.count;

/** What is over before it was exported stood in files that were voided; of what the bank has answered the file is still heard of. */
const isNeverSent = ({ status, counts, files }: Run): boolean =>
  status === 'instructed' && (counts.settled + counts.rejected === 0 || files.size > 0);

function closing(state: Run): RunClosed['data'] {
  const { draft, counts } = state;
  invariant(draft, 'a run that is closed was drafted');
  const settled = itemsOf(state).filter(({ progress }) => progress === 'settled');
  const net = settled.reduce((sum, { noted }) => sum + BigInt(noted.net), 0n);
  const rejected = counts.rejected + counts.cancelled;
  return { run: draft.run, settled: settled.length, rejected, net: formatMinor(net) };
}

function noteFreed({ run, at }: NoteFreed, state: Run): Decided {
  if (state.status !== 'cancelled' || state.isFreed) return nothing;
  return accept({ type: 'ReservationsFreed', data: { run }, occurredAt: at });
}

const isOver = ({ status }: Run): boolean => status === 'closed' || status === 'cancelled';

import { type Day, startOfDay } from '@tributary/kernel';
import { Draft } from './draft';
import type { RailEvent } from './events';
import { ageFile } from './overdue';
import { settleBatchPart } from './match-batch';
import { matchLine } from './match-line';
import type { Work } from './match-events';
import { type Rail, lineOf, ofRail } from './state';
import { unmatchBatchPart } from './unmatch';

/** What one append is given at most: some 200 KiB of matches. */
const MOST_DECIDED = 700;
/** Of lines that need nothing; they cost time too. */
const MOST_LOOKED_AT = 4_000;

/** As much of the work as one append takes; the rest goes on behind it, and the stream says so. */
export function pastWork(before: Rail, more: readonly Work[]): readonly RailEvent[] {
  const draft = new Draft(before);
  const work = [...before.work, ...more];
  let looked = 0;
  while (work.length > 0 && draft.size < MOST_DECIDED && looked < MOST_LOOKED_AT) {
    const [first, ...rest] = work;
    if (first === undefined) break;
    const done = some(draft, first);
    looked += done.looked;
    work.splice(0, work.length, ...done.added, ...(done.left === null ? [] : [done.left]), ...rest);
  }
  const events = draft.finish();
  if (work.length === 0 && before.work.length === 0) return events;
  const { rail, zone } = ofRail(before);
  const on: Day = before.coverage?.until ?? before.coverage?.from ?? '';
  return [
    ...events,
    { type: 'MatchingFellBehind', data: { rail, work }, occurredAt: startOfDay(on, zone) },
  ];
}

/** The next append of a rail that is behind. */
export function nextWork(state: Rail): readonly RailEvent[] {
  if (state.work.length === 0) return [];
  const cached = STEPS.get(state);
  if (cached !== undefined) return cached;
  const events = pastWork(state, []);
  STEPS.set(state, events);
  return events;
}

/** Asked twice for each step: whether there is one, and which. */
const STEPS = new WeakMap<Rail, readonly RailEvent[]>();

interface Done {
  readonly looked: number;
  /** Where to go on; null: nothing is left. */
  readonly left: Work | null;
  /** Comes before it. */
  readonly added: readonly Work[];
}

function some(draft: Draft, work: Work): Done {
  switch (work.kind) {
    case 'lines':
      return someLines(draft, work);
    case 'batch': {
      const from = settleBatchPart(draft, work);
      return { looked: 1_200, left: from === null ? null : { ...work, from }, added: [] };
    }
    case 'unbatch': {
      const { next, added } = unmatchBatchPart(draft, work);
      return { looked: 1_200, left: next === null ? null : { ...work, from: next }, added };
    }
    case 'age': {
      const from = ageFile(draft, work);
      return { looked: 2_000, left: from === null ? null : { ...work, from }, added: [] };
    }
  }
}

function someLines(draft: Draft, work: Extract<Work, { kind: 'lines' }>): Done {
  const { statement, chunk, from } = work;
  const keys = draft.state.chunks.get(`${statement} ${String(chunk)}`);
  if (keys === undefined) return { looked: 0, left: null, added: [] };
  let place = from;
  for (; place < keys.length; place += 1) {
    if (draft.size >= MOST_DECIDED) return { looked: 0, left: { ...work, from: place }, added: [] };
    const key = keys[place] ?? '';
    const { match, break: id } = lineOf(draft.state, key);
    if (match !== null || id !== null) continue;
    const added = matchLine(draft, key);
    if (added.length > 0)
      return { looked: place - from, left: { ...work, from: place + 1 }, added };
  }
  return { looked: place - from, left: { ...work, chunk: chunk + 1, from: 0 }, added: [] };
}

import type {
  CommissionHold,
  CommissionKey,
  CommissionPostedData,
  CommissionReleasedData,
  LineCreditedData,
} from '@tributary/contracts';
import type { Instant, Recorded, Uuid } from '@tributary/kernel';
import type { EarningsEvent } from '../earnings/events';
import { evolve } from '../earnings/evolve';
import { type Earnings, initialEarnings, termKeyOf } from '../earnings/state';
import { groupOf, lineGroupOf } from '../earnings/window';

/** An event of a window as the log holds it. */
export type EarningsRecord = EarningsEvent &
  Pick<Recorded, 'contentHash' | 'id' | 'position' | 'recordedAt'>;

/** Where a figure stands in the log, with the hash over its content. */
export interface EventRef {
  readonly id: Uuid;
  readonly hash: string;
  readonly type: string;
  readonly position: bigint;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
}

export interface At<D> {
  readonly event: EventRef;
  readonly data: D;
}

/** Which line of a window is asked about, and the payment line or bonus that it stands with. */
export interface LineInWindow {
  readonly lineId: string;
  readonly group: string;
}

/** A window's stream as far as it was read, with every event that has a say in one line. */
export interface Story {
  readonly line: LineInWindow;
  readonly state: Earnings;
  readonly opened: EventRef | null;
  /** The payment line as it was told last; null for a bonus, which has none. */
  readonly credited: At<LineCreditedData> | null;
  /** By topic and key, as they were told last. */
  readonly terms: ReadonlyMap<string, EventRef>;
  readonly postings: readonly At<CommissionPostedData>[];
  /** Handed to payouts, and taken back from there. */
  readonly releases: readonly At<CommissionReleasedData>[];
  readonly frozen: At<{ readonly amount: string }> | null;
  readonly reason: At<{ readonly key: CommissionKey; readonly reason: string | null }> | null;
  /** Of the payment line, and of the whole window. */
  readonly holds: readonly At<readonly CommissionHold[]>[];
  readonly decisions: readonly At<{ readonly amount: string; readonly at: Instant }>[];
  /** Of the last event that was read. */
  readonly position: bigint;
}

export const emptyStory = (line: LineInWindow): Story => ({
  line,
  state: initialEarnings,
  opened: null,
  credited: null,
  terms: new Map(),
  postings: [],
  releases: [],
  frozen: null,
  reason: null,
  holds: [],
  decisions: [],
  position: 0n,
});

/** Events of other lines change the window, and with it perhaps what this line is worth, and say nothing else about it. */
export function withEvent(story: Story, record: EarningsRecord): Story {
  const { position } = record;
  const state = evolve(story.state, record);
  return { ...story, ...told(story, record), state, position };
}

const refOf = ({ id, contentHash, type, position, occurredAt, recordedAt }: EarningsRecord) => ({
  id,
  hash: contentHash,
  type,
  position,
  occurredAt,
  recordedAt,
});

function told(story: Story, record: EarningsRecord): Partial<Story> {
  const event = refOf(record);
  const { line } = story;
  switch (record.type) {
    case 'WindowOpened':
      return { opened: event };
    case 'TermLearned':
      return { terms: new Map(story.terms).set(termKeyOf(record.data), event) };
    case 'LineLearned': {
      const { line: data, child } = record.data;
      return lineGroupOf(data, child) === line.group ? { credited: { event, data } } : {};
    }
    case 'HoldsChanged': {
      const { group, holds: data } = record.data;
      if (group !== null && group !== line.group) return {};
      const others = story.holds.filter(({ data: [first] }) => first && isOfWindow(first));
      const own = story.holds.filter(({ data: [first] }) => first && !isOfWindow(first));
      const kept = group === null ? own : others;
      return { holds: data.length === 0 ? kept : [...kept, { event, data }] };
    }
    default:
      return 'lineId' in record.data && record.data.lineId === line.lineId
        ? toldOfLine(story, record, event)
        : {};
  }
}

/** What holds a whole window holds its partner. */
const isOfWindow = ({ reason }: CommissionHold): boolean => reason === 'suspended';

function toldOfLine(story: Story, record: EarningsRecord, event: EventRef): Partial<Story> {
  switch (record.type) {
    case 'CommissionPosted':
      return { postings: [...story.postings, { event, data: record.data }] };
    case 'CommissionReleased':
    case 'ReleaseTakenBack':
      return { releases: [...story.releases, { event, data: record.data }] };
    case 'LineFrozen':
      return { frozen: { event, data: record.data } };
    case 'EarningExplained':
      return { reason: { event, data: record.data } };
    case 'OverrideDecided':
      return { decisions: [...story.decisions, { event, data: record.data }] };
    default:
      return {};
  }
}

/** Known from what was posted for the line, or said about it. */
export const keyOf = ({ postings: [posting], reason }: Story): CommissionKey | null =>
  posting?.data.key ?? reason?.data.key ?? null;

/** Under which name everything is found that has a say in an event's line alone; empty: it concerns the whole window. */
export function concernOf(event: EarningsEvent): string {
  switch (event.type) {
    case 'LineLearned':
      return lineGroupOf(event.data.line, event.data.child);
    case 'HoldPlaced':
    case 'HoldLifted':
      return event.data.group;
    case 'HoldsChanged':
      return event.data.group ?? '';
    default:
      return 'key' in event.data && typeof event.data.key === 'object'
        ? groupOf(event.data.key)
        : '';
  }
}

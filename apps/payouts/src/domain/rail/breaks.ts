import { type Day, type Instant, startOfDay } from '@tributary/kernel';
import type { Break, BreakType, Candidate } from './break-events';
import type { RailEvent } from './events';
import type { ItemId } from '../item';
import type { OfRail } from './match-events';
import { type Rail, type RailLine, itemOf, ofRail } from './state';

/** Who looks at it first, until somebody else is named. */
export const FIRST_OWNER = 'finance';

/** Of breaks that are to be open those that are not, dated by the last of them. */
export function opened(state: Rail, breaks: readonly Break[]): readonly RailEvent[] {
  const fresh = breaks.filter(({ id }) => !state.breaks.has(id) && !state.explained.has(id));
  return fresh.length === 0 ? [] : [openedEvent(ofRail(state), fresh)];
}

export const openedEvent = (
  { rail, entity, zone }: OfRail,
  breaks: readonly Break[],
): RailEvent => ({
  type: 'BreaksOpened',
  data: { rail, entity, breaks },
  occurredAt: startOf(latestOf(breaks.map(({ on }) => on)), zone),
});

/** Of these those that are open. */
export function closed(
  state: Rail,
  ids: readonly string[],
  because: string,
  by: string | null = null,
): readonly RailEvent[] {
  const open = ids.flatMap((id) => state.breaks.get(id) ?? []);
  return open.length === 0 ? [] : [closedEvent(ofRail(state), open, because, by)];
}

export const closedEvent = (
  { rail, entity, zone }: OfRail,
  breaks: readonly Break[],
  because: string,
  by: string | null,
): RailEvent => ({
  type: 'BreaksClosed',
  data: { rail, entity, breaks: breaks.map(({ id, type }) => ({ id, type })), because, by },
  occurredAt: startOf(latestOf(breaks.map(({ on }) => on)), zone),
});

const STARTS = new Map<string, Instant>();
const MOST_STARTS = 512;

/** Remembered, because zone rules are slow to ask for and breaks come in thousands of one day. */
export function startOf(day: Day, zone: string): Instant {
  const known = STARTS.get(`${day} ${zone}`);
  if (known !== undefined) return known;
  if (STARTS.size >= MOST_STARTS) STARTS.clear();
  const start = startOfDay(day, zone);
  STARTS.set(`${day} ${zone}`, start);
  return start;
}

export const latestOf = (days: readonly Day[]): Day =>
  days.reduce((latest, day) => (day > latest ? day : latest));

export const breakOfLine = (
  key: string,
  { bookedOn, amount, side }: RailLine,
  why: {
    readonly type: BreakType;
    readonly cause: string;
    readonly candidates?: readonly Candidate[];
  },
): Break => ({
  id: `${why.type}.${key}`,
  type: why.type,
  about: { line: key },
  cause: why.cause,
  on: bookedOn,
  amount,
  side,
  candidates: why.candidates ?? [],
  owner: FIRST_OWNER,
});

/** What is asked about a payment as long as nobody knows that it is one; how it ends, by a line or by people, makes no difference. */
export const openQuestionsOf = (item: ItemId): readonly string[] =>
  (['B01', 'B03', 'B15', 'B16'] as const).map((type) => `${type}.${item}`);

export function breakOfItem(state: Rail, id: ItemId, type: BreakType, cause: string): Break {
  const item = itemOf(state, id);
  return {
    id: `${type}.${id}`,
    type,
    about: { item: id },
    cause,
    on: item.payOn,
    amount: item.amount,
    side: null,
    candidates: [],
    owner: FIRST_OWNER,
  };
}

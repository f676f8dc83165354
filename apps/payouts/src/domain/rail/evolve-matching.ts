import type { Uuid } from '@tributary/kernel';
import type { ItemId } from '../item';
import type { Break, BreakEvent } from './break-events';
import { itemsSettled } from './files';
import { indexItem } from './find';
import type { LineUnmatched, LinesBooked, LinesMatched } from './match-events';
import { type Rail, type RailItem, type RailLine, itemOf, lineOf } from './state';

export const withItem = (state: Rail, id: ItemId, item: RailItem): Rail => ({
  ...state,
  index: indexItem(state.index, id, state.items.get(id), item),
  items: state.items.set(id, item),
});

export function withMatches(state: Rail, { matches }: LinesMatched['data']): Rail {
  let next = state;
  for (const { line: key, tier, kind, items, batch, repayment } of matches) {
    const line = lineOf(next, key);
    const ids = items.map(({ item }) => item);
    const before = line.match?.items ?? [];
    const all = batch === null ? [...before, ...ids] : [];
    const of = repayment === undefined ? {} : { repayment: repayment.repayment };
    const match = { kind, tier, batch, items: all, ...of };
    next = withLine(next, key, { ...line, match, isHandsOff: false });
    next = { ...next, proposals: next.proposals.delete(key) };
    for (const id of ids) {
      const item = itemOf(next, id);
      const change = kind === 'settled' ? { settledBy: key } : { returnedBy: key };
      next = withItem(next, id, { ...item, ...change });
    }
    if (kind === 'settled') next = { ...next, files: itemsSettled(next.files, ids, true) };
  }
  return next;
}

export function withBooked(state: Rail, { kind, tier, lines }: LinesBooked['data']): Rail {
  let next = state;
  for (const { line: key, remittance } of lines) {
    const of = remittance === undefined ? {} : { remittance };
    const match = { kind, tier, items: [], batch: null, ...of };
    if (remittance !== undefined) next = withShown(next, remittance, key);
    next = withLine(next, key, { ...lineOf(next, key), match, isHandsOff: false });
    next = { ...next, proposals: next.proposals.delete(key) };
  }
  return next;
}

function withShown(state: Rail, remittance: Uuid, shownBy: string | null): Rail {
  const known = state.remittances.get(remittance);
  if (known === undefined) return state;
  return { ...state, remittances: state.remittances.set(remittance, { ...known, shownBy }) };
}

export function withoutMatch(state: Rail, data: LineUnmatched['data']): Rail {
  const { line: key, kind, items, last, byPerson, remittance } = data;
  let next = remittance === undefined ? state : withShown(state, remittance, null);
  const ids = items.map(({ item }) => item);
  for (const id of ids) {
    const item = itemOf(next, id);
    const change = kind === 'settled' ? { settledBy: null } : { returnedBy: null };
    next = withItem(next, id, { ...item, ...change });
  }
  if (kind === 'settled') next = { ...next, files: itemsSettled(next.files, ids, false) };
  if (!last) return next;
  return withLine(next, key, { ...lineOf(next, key), match: null, isHandsOff: byPerson });
}

const withLine = (state: Rail, key: string, line: RailLine): Rail => ({
  ...state,
  lines: state.lines.set(key, line),
});

function withBreak(state: Rail, opened: Break): Rail {
  const next = { ...state, breaks: state.breaks.set(opened.id, opened) };
  if (!('line' in opened.about)) return next;
  const key = opened.about.line;
  return withLine(next, key, { ...lineOf(next, key), break: opened.id });
}

function withoutBreak(state: Rail, id: string, by: string | null): Rail {
  const known = state.breaks.get(id);
  if (known === undefined) return state;
  const next = { ...state, breaks: state.breaks.delete(id) };
  if ('line' in known.about) {
    const key = known.about.line;
    const line = lineOf(next, key);
    return line.break === id ? withLine(next, key, { ...line, break: null }) : next;
  }
  return by === null ? next : { ...next, explained: next.explained.set(id, true) };
}

export function withBreaks(state: Rail, event: BreakEvent): Rail {
  switch (event.type) {
    case 'BreaksOpened':
      return event.data.breaks.reduce(withBreak, state);
    case 'BreaksClosed': {
      const { breaks, by } = event.data;
      return breaks.reduce((next, { id }) => withoutBreak(next, id, by), state);
    }
    case 'BreakAssigned': {
      const { id, owner } = event.data;
      const known = state.breaks.get(id);
      return known === undefined
        ? state
        : { ...state, breaks: state.breaks.set(id, { ...known, owner }) };
    }
  }
}

import {
  type Decider,
  type Decision,
  type Instant,
  PersistentMap,
  type Uuid,
  accept,
  nothing,
  unreachable,
} from '@tributary/kernel';
import type { EvidenceItem, FactRef, Identifier } from '../evidence';
import {
  type CrowdFound,
  type EvidenceNoted,
  type IdentifierEvent,
  MOST_LINKS,
  MOST_TOUCHES,
} from './events';
import { type Items, type NotedItem, inChunks, latestOf, noItems, noted, withdrawn } from './items';

export interface NoteEvidence {
  readonly type: 'NoteEvidence';
  readonly identifier: Identifier;
  readonly items: readonly NotedItem[];
}

/** A fact was taken back, and with it every item that is named by it. */
export interface WithdrawItem {
  readonly type: 'WithdrawItem';
  readonly identifier: Identifier;
  /** The id of that fact. */
  readonly item: Uuid;
  readonly by: FactRef;
  readonly at: Instant;
}

export type IdentifierCommand = NoteEvidence | WithdrawItem;

export interface IdentifierState {
  /** Empty once it is a crowd. */
  readonly items: Items;
  readonly touches: number;
  readonly linkFacts: number;
  /** Ids of the identifiers that it was ever linked to. */
  readonly linkedTo: PersistentMap<true>;
  readonly isCrowd: boolean;
}

export const identifier: Decider<IdentifierCommand, IdentifierEvent, IdentifierState> = {
  initial: {
    items: noItems,
    touches: 0,
    linkFacts: 0,
    linkedTo: PersistentMap.empty<true>(),
    isCrowd: false,
  },
  decide,
  evolve,
  // Repeats are recognised by items and versions.
  remembersCommands: false,
  mostlyNew: true,
};

function decide(
  command: IdentifierCommand,
  state: IdentifierState,
): Decision<IdentifierEvent, never> {
  if (state.isCrowd) return nothing;
  switch (command.type) {
    case 'NoteEvidence':
      return noting(command.identifier, noted(command.items, state.items), state);
    case 'WithdrawItem': {
      const { item, by, at } = command;
      return noting(command.identifier, withdrawn(item, by, at, state.items), state);
    }
    default:
      return unreachable(command);
  }
}

function noting(
  identifier: Identifier,
  items: readonly EvidenceItem[],
  state: IdentifierState,
): Decision<IdentifierEvent, never> {
  const occurredAt = latestOf(items);
  if (occurredAt === undefined) return nothing;
  const events: EvidenceNoted[] = inChunks(items).map((chunk) => ({
    type: 'EvidenceNoted',
    data: { identifier, items: chunk },
    occurredAt,
  }));
  const { touches, linkFacts, linkedTo } = events.reduce(evolve, state);
  const links = linkedTo.size;
  if (Math.max(touches, linkFacts) <= MOST_TOUCHES && links <= MOST_LINKS) return { events };
  const crowd: CrowdFound = {
    type: 'CrowdFound',
    data: { identifier, touches, links },
    occurredAt,
  };
  return accept<IdentifierEvent>(...events, crowd);
}

function evolve(state: IdentifierState, { type, data }: IdentifierEvent): IdentifierState {
  if (type === 'CrowdFound') {
    return { ...state, items: noItems, linkedTo: PersistentMap.empty<true>(), isCrowd: true };
  }
  return data.items.reduce(withItem, state);
}

/** Every item is counted when it comes first; an item that was taken back stays counted. */
function withItem(state: IdentifierState, item: EvidenceItem): IdentifierState {
  const isNew = !state.items.has(item.item);
  const items = state.items.set(item.item, item);
  if (isNew && item.body.kind === 'touch') return { ...state, items, touches: state.touches + 1 };
  if (isNew && item.body.kind === 'link') {
    const linkedTo = state.linkedTo.set(item.body.to.id, true);
    return { ...state, items, linkFacts: state.linkFacts + 1, linkedTo };
  }
  return { ...state, items };
}

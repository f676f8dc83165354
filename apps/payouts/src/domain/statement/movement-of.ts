import type { Instant } from '@tributary/kernel';
import type { AccountEvent, OfItem } from '../account/events';
import type { Movement, MovementAbout } from './movement';

/** What the event that reserved an item says, and later ones do not repeat. */
export interface KnownItem {
  /** Where it goes, masked. */
  readonly to: string;
  readonly replaces: readonly string[];
}

export interface Happened {
  readonly revision: number;
  readonly occurredAt: Instant;
}

/** An event of an account as a movement of a statement; nothing for one that moves no money. */
export function movementOf(
  event: AccountEvent & Happened,
  items: ReadonlyMap<string, KnownItem>,
): Movement | null {
  const { data, revision, occurredAt: at } = event;
  if (!('entry' in data) || data.entry === undefined) return null;
  const { entry } = data;
  const taxAbout = 'taxes' in data ? { taxAbout: taxOf(data) } : {};
  return { revision, at, kind: kindOf(event), entry, about: aboutOf(event, items), ...taxAbout };
}

/** Items of which something has to be looked up. */
export const itemsNamedBy = (events: readonly AccountEvent[]): readonly string[] => [
  ...new Set(events.flatMap(({ data }) => ('item' in data ? [data.item] : []))),
];

/** The kinds of what is withheld and given back follow from the legs of the entry. */
function kindOf({ type }: AccountEvent): Movement['kind'] {
  switch (type) {
    case 'ReleaseTaken':
      return 'earned';
    case 'AdjustmentBooked':
      return 'adjusted';
    case 'PayoutInstructed':
    case 'PayoutRejected':
    case 'PayoutSettled':
    case 'PayoutVoided':
    case 'SettlementUndone':
      return 'paid';
    case 'PayoutReturned':
    case 'ReturnUndone':
      return 'returned';
    case 'ReceivableRepaid':
      return 'repaid';
    case 'ReceivableWrittenOff':
    case 'WriteOffReversed':
      return 'written_off';
    default:
      return 'other';
  }
}

function aboutOf(event: AccountEvent, items: ReadonlyMap<string, KnownItem>): MovementAbout {
  switch (event.type) {
    case 'ReleaseTaken': {
      const { line, programme, plan, window } = event.data;
      return { line, programme, plan, window };
    }
    case 'AdjustmentBooked': {
      const { line, programme, reason } = event.data;
      return { line, programme, reason };
    }
    case 'PayoutSettled':
      return {
        ...ofItem(event.data, items),
        ...known({ bankReference: event.data.bankReference }),
      };
    case 'PayoutReturned': {
      const { bankReference, reason } = event.data;
      return { ...ofItem(event.data, items), ...known({ bankReference, reason }) };
    }
    case 'SettlementUndone':
    case 'ReturnUndone':
      return { ...ofItem(event.data, items), reason: event.data.reason };
    case 'PayoutInstructed':
    case 'PayoutRejected':
    case 'PayoutVoided':
      return ofItem(event.data, items);
    case 'ReceivableWrittenOff':
      return { reason: event.data.reason };
    default:
      return {};
  }
}

function ofItem({ item }: OfItem, items: ReadonlyMap<string, KnownItem>): MovementAbout {
  const { to, replaces = [] } = items.get(item) ?? {};
  return {
    item,
    ...(to === undefined ? {} : { to }),
    ...(replaces.length === 0 ? {} : { replaces: replaces.join(' ') }),
  };
}

/** Of several taxes, their names alone: what each was computed on stands in the register of what was withheld. */
function taxOf({ item, taxes }: OfItem): MovementAbout {
  const [only, ...others] = taxes;
  const tax = taxes.map((each) => each.tax).join(', ');
  if (only === undefined || others.length > 0) return { item, ...(tax === '' ? {} : { tax }) };
  return { item, tax, base: only.base, rateBp: only.rateBp };
}

const known = (about: { readonly [K in keyof MovementAbout]: string | null }): MovementAbout =>
  Object.fromEntries(Object.entries(about).filter(([, value]) => value !== null));

import { type Picked, keyedTable, projection } from '@tributary/feeds';
import type { Instant, Json, JsonObject } from '@tributary/kernel';
import type { ListedItem } from '../domain/rail/file-events';

const OF_ITEM = { $tenant: 'text', $stream: 'text', $occurredAt: 'instant', item: 'text' } as const;
const BOOKED = {
  rail: 'text',
  bankLine: 'text',
  bookedOn: 'text',
  bankReference: 'text?',
  endToEndId: 'text?',
} as const;

const EVENTS = {
  PayoutReserved: {
    ...OF_ITEM,
    partner: 'text',
    entity: 'text',
    asset: 'text',
    run: 'text',
    gross: 'bigint',
    net: 'bigint',
    'method.kind': 'text',
    'method.display': 'text',
    replaces: 'json',
  },
  ReservationCancelled: { ...OF_ITEM, reason: 'text' },
  PayoutInstructed: OF_ITEM,
  PayoutAccepted: { ...OF_ITEM, bankReference: 'text?' },
  PayoutUnknown: { ...OF_ITEM, codes: 'json' },
  PayoutRejected: { ...OF_ITEM, codes: 'json', bankReference: 'text?' },
  PayoutVoided: OF_ITEM,
  PayoutSettled: { ...OF_ITEM, ...BOOKED },
  SettlementUndone: OF_ITEM,
  PayoutReturned: { ...OF_ITEM, ...BOOKED, amount: 'bigint', fee: 'bigint', reason: 'text?' },
  ReturnUndone: OF_ITEM,
  FileItemsListed: {
    $tenant: 'text',
    rail: 'text',
    file: 'text',
    sequence: 'int',
    items: 'json',
  },
} as const;

type Answered = Exclude<
  Picked<typeof EVENTS>,
  { readonly $type: 'FileItemsListed' | 'PayoutReserved' }
>;

/**
 * Each payment from its reservation to the line of the bank that shows it, and to the one that brings it back. What a run has paid
 * stays as it was when the item comes back later: a return has columns of its own. What its reservation said never changes; every later
 * change stands beside it with its place in the log, so that a payment can be shown as it was known at any of them.
 */
export const payoutRegister = projection({
  name: 'payout_register',
  version: 4,
  events: EVENTS,
  tables: {
    payout_item: keyedTable({
      key: { tenant: 'text', item: 'text' },
      sets: {
        account: 'text',
        partner: 'text',
        entity: 'text',
        asset: 'text',
        run: 'text',
        gross: 'bigint',
        net: 'bigint',
        method: 'text',
        method_display: 'text',
        replaces: 'json',
        state: 'text',
        rail: 'text?',
        file: 'text?',
        file_sequence: 'int?',
        instructed_at: 'instant?',
        bank_line: 'text?',
        booked_on: 'text?',
        bank_reference: 'text?',
        end_to_end_id: 'text?',
        rejected_at: 'instant?',
        codes: 'json?',
        returned_line: 'text?',
        returned_on: 'text?',
        returned_amount: 'bigint?',
        return_fee: 'bigint?',
        return_reason: 'text?',
        return_reference: 'text?',
        return_end_to_end_id: 'text?',
        reissued_as: 'text?',
        /** Of the last change: an earlier position is answered from the changes. */
        last_position: 'bigint',
      },
      /** `back_position`: when it came back, or was refused, for the first time. */
      keeps: { reserved_at: 'instant', reserved_position: 'bigint', back_position: 'bigint?' },
      indexes: [
        '(tenant, run, reserved_at, item)',
        '(tenant, reserved_at, item)',
        '(tenant, booked_on, item) where booked_on is not null',
        '(tenant, returned_on) where returned_on is not null',
        '(tenant, partner, reserved_at, item)',
        '(tenant, item) where back_position is not null',
      ],
    }),
    payout_item_change: keyedTable({
      key: { tenant: 'text', item: 'text', position: 'bigint' },
      sets: { said: 'json' },
      writtenOnce: true,
    }),
  },
  rows(event) {
    const { $tenant: tenant, $position: position } = event;
    if (event.$type === 'FileItemsListed') {
      const { rail, file, sequence: file_sequence } = event;
      const items = event.items as unknown as readonly ListedItem[];
      const place = { rail, file, file_sequence };
      return changed(
        { tenant, position },
        items.map(({ item }) => [item, place]),
      );
    }
    if (event.$type === 'PayoutReserved') {
      const { item: reissued_as, replaces } = event;
      const { payout_item, payout_item_change } = changed(
        { tenant, position },
        (replaces as unknown as readonly string[]).map((each) => [each, { reissued_as }]),
      );
      return { payout_item: [reservedRow(event), ...payout_item], payout_item_change };
    }
    const isBack = event.$type === 'PayoutRejected' || event.$type === 'PayoutReturned';
    const kept = isBack ? { back_position: position } : {};
    return changed({ tenant, position }, [[event.item, saidOf(event)]], kept);
  },
});

interface Reserved {
  readonly $tenant: string;
  readonly $stream: string;
  readonly $occurredAt: Instant;
  readonly $position: bigint;
  readonly item: string;
  readonly partner: string;
  readonly entity: string;
  readonly asset: string;
  readonly run: string;
  readonly gross: bigint;
  readonly net: bigint;
  readonly 'method.kind': string;
  readonly 'method.display': string;
  readonly replaces: Json;
}

/** Spelled out: there are as many of these as partners are paid. */
const reservedRow = (event: Reserved) => ({
  tenant: event.$tenant,
  item: event.item,
  account: event.$stream,
  partner: event.partner,
  entity: event.entity,
  asset: event.asset,
  run: event.run,
  gross: event.gross,
  net: event.net,
  method: event['method.kind'],
  method_display: event['method.display'],
  replaces: event.replaces,
  state: 'reserved',
  reserved_at: event.$occurredAt,
  reserved_position: event.$position,
  last_position: event.$position,
});

/** What changes of a payment after its reservation: columns of the same names. */
interface Said {
  readonly state?: string;
  readonly rail?: string;
  readonly file?: string;
  readonly file_sequence?: number;
  readonly instructed_at?: Instant | null;
  readonly bank_line?: string | null;
  readonly booked_on?: string | null;
  readonly bank_reference?: string | null;
  readonly end_to_end_id?: string | null;
  readonly rejected_at?: Instant;
  readonly codes?: Json;
  readonly returned_line?: string | null;
  readonly returned_on?: string | null;
  readonly returned_amount?: bigint | null;
  readonly return_fee?: bigint | null;
  readonly return_reason?: string | null;
  readonly return_reference?: string | null;
  readonly return_end_to_end_id?: string | null;
  readonly reissued_as?: string;
}

/** Each as it is from now on, and what was changed to make it so. */
function changed(
  { tenant, position }: { readonly tenant: string; readonly position: bigint },
  changes: readonly (readonly [item: string, said: Said])[],
  kept: { readonly back_position?: bigint } = {},
) {
  return {
    payout_item: changes.map(([item, said]) => ({
      tenant,
      item,
      last_position: position,
      ...said,
      ...kept,
    })),
    payout_item_change: changes.map(([item, said]) => ({
      tenant,
      item,
      position,
      said: asJson(said),
    })),
  };
}

/** JSON has no integers of this size, so that they stand as text, from which the database reads them. */
const asJson = (said: Said): JsonObject =>
  Object.fromEntries(
    Object.entries(said).map(([name, value]: [string, bigint | Json]) => [
      name,
      typeof value === 'bigint' ? String(value) : value,
    ]),
  );

/** What an answer of the bank, or of those who instruct it, changes. */
function saidOf(event: Answered): Said {
  switch (event.$type) {
    case 'ReservationCancelled':
      return { state: 'cancelled' };
    case 'PayoutInstructed':
      return { state: 'instructed', instructed_at: event.$occurredAt };
    case 'PayoutAccepted':
      return { state: 'accepted', bank_reference: event.bankReference };
    case 'PayoutUnknown':
      return { state: 'unknown', codes: event.codes };
    case 'PayoutRejected':
      return { state: 'rejected', rejected_at: event.$occurredAt, codes: event.codes };
    case 'PayoutVoided':
      return { state: 'reserved', instructed_at: null };
    case 'SettlementUndone':
      return { state: 'instructed', bank_line: null, booked_on: null, end_to_end_id: null };
    case 'PayoutSettled': {
      const { rail, bankLine: bank_line, bookedOn: booked_on, bankReference } = event;
      const reference = bankReference === null ? {} : { bank_reference: bankReference };
      const shown = { rail, bank_line, booked_on, end_to_end_id: event.endToEndId };
      return { state: 'settled', ...shown, ...reference };
    }
    case 'PayoutReturned':
      return returnOf(event);
    case 'ReturnUndone':
      return NOT_RETURNED;
  }
}

const NOT_RETURNED = {
  returned_line: null,
  returned_on: null,
  returned_amount: null,
  return_fee: null,
  return_reason: null,
  return_reference: null,
  return_end_to_end_id: null,
} as const;

interface Return {
  readonly bankLine: string;
  readonly bookedOn: string;
  readonly amount: bigint;
  readonly fee: bigint;
  readonly reason: string | null;
  readonly bankReference: string | null;
  readonly endToEndId: string | null;
}

const returnOf = ({ bankLine, bookedOn, amount, fee, reason, ...named }: Return) => ({
  returned_line: bankLine,
  returned_on: bookedOn,
  returned_amount: amount,
  return_fee: fee,
  return_reason: reason,
  return_reference: named.bankReference,
  return_end_to_end_id: named.endToEndId,
});

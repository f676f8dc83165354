import { keyedTable, projection } from '@tributary/feeds';
import type { Instant, Json } from '@tributary/kernel';
import type { ListedItem } from '../domain/rail/file-events';

const OF_ITEM = { $tenant: 'text', $stream: 'text', $occurredAt: 'instant', item: 'text' } as const;
const BOOKED = {
  rail: 'text',
  bankLine: 'text',
  bookedOn: 'text',
  bankReference: 'text?',
} as const;

/**
 * Each payment from its reservation to the line of the bank that shows it, and to the one that brings it back. What a run has paid
 * stays as it was when the item comes back later: a return has columns of its own.
 */
export const payoutRegister = projection({
  name: 'payout_register',
  version: 1,
  events: {
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
  },
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
        rejected_at: 'instant?',
        codes: 'json?',
        returned_line: 'text?',
        returned_on: 'text?',
        returned_amount: 'bigint?',
        return_fee: 'bigint?',
        return_reason: 'text?',
        return_reference: 'text?',
        reissued_as: 'text?',
      },
      keeps: { reserved_at: 'instant' },
      indexes: [
        '(tenant, run, item)',
        '(tenant, reserved_at, item)',
        '(tenant, booked_on, item) where booked_on is not null',
        '(tenant, partner, item)',
      ],
    }),
  },
  rows(event) {
    const { $tenant: tenant } = event;
    if (event.$type === 'FileItemsListed') {
      const { rail, file, sequence: file_sequence } = event;
      const items = event.items as unknown as readonly ListedItem[];
      return {
        payout_item: items.map(({ item }) => ({ tenant, item, rail, file, file_sequence })),
      };
    }
    const { item, $occurredAt: at } = event;
    const of = { tenant, item };
    switch (event.$type) {
      case 'PayoutReserved': {
        const replaced = event.replaces as unknown as readonly string[];
        const reissued = replaced.map((each) => ({ tenant, item: each, reissued_as: item }));
        return { payout_item: [reservedRow(event), ...reissued] };
      }
      case 'ReservationCancelled':
        return { payout_item: [{ ...of, state: 'cancelled' }] };
      case 'PayoutInstructed':
        return { payout_item: [{ tenant, item, state: 'instructed', instructed_at: at }] };
      case 'PayoutAccepted':
        return { payout_item: [{ ...of, state: 'accepted', bank_reference: event.bankReference }] };
      case 'PayoutUnknown':
        return { payout_item: [{ ...of, state: 'unknown', codes: event.codes }] };
      case 'PayoutRejected':
        return {
          payout_item: [{ ...of, state: 'rejected', rejected_at: at, codes: event.codes }],
        };
      case 'PayoutVoided':
        return { payout_item: [{ ...of, state: 'reserved', instructed_at: null }] };
      case 'SettlementUndone':
        return { payout_item: [{ ...of, state: 'instructed', bank_line: null, booked_on: null }] };
      case 'PayoutSettled': {
        const { rail, bankLine: bank_line, bookedOn: booked_on } = event;
        const reference =
          event.bankReference === null ? {} : { bank_reference: event.bankReference };
        return {
          payout_item: [{ ...of, state: 'settled', rail, bank_line, booked_on, ...reference }],
        };
      }
      case 'PayoutReturned':
        return { payout_item: [{ ...of, ...returnOf(event) }] };
      case 'ReturnUndone':
        return { payout_item: [{ ...of, ...NOT_RETURNED }] };
    }
  },
});

interface Reserved {
  readonly $tenant: string;
  readonly $stream: string;
  readonly $occurredAt: Instant;
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
});

const NOT_RETURNED = {
  returned_line: null,
  returned_on: null,
  returned_amount: null,
  return_fee: null,
  return_reason: null,
  return_reference: null,
} as const;

interface Return {
  readonly bankLine: string;
  readonly bookedOn: string;
  readonly amount: bigint;
  readonly fee: bigint;
  readonly reason: string | null;
  readonly bankReference: string | null;
}

const returnOf = ({ bankLine, bookedOn, amount, fee, reason, bankReference }: Return) => ({
  returned_line: bankLine,
  returned_on: bookedOn,
  returned_amount: amount,
  return_fee: fee,
  return_reason: reason,
  return_reference: bankReference,
});

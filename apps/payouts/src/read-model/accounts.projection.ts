import { keyedTable, projection } from '@tributary/feeds';
import type { Instant, Json } from '@tributary/kernel';
import type { LineMove } from '../domain/account/moved';
import type { ReservedLine } from '../domain/account/terms';
import { ACCOUNT_EVENTS, type AccountChange } from './accounts.events';

export const SUMS = [
  'taken',
  'adjusted',
  'repaid',
  'written_off',
  'payable',
  'reserved',
  'disputed',
  'in_flight',
  'settled',
  'withheld',
  'owed',
  'allowance',
] as const;
type Sum = (typeof SUMS)[number];
type Sums = Partial<Record<Sum, bigint>>;

/**
 * What each account holds in all. What moved, and what was told and replaced when it was told again, also stands with its place in the log,
 * so that an account can be shown as it was known at any of them; what moved a debt says how old it is.
 */
export const accounts = projection({
  name: 'accounts',
  version: 3,
  events: ACCOUNT_EVENTS,
  tables: {
    account: keyedTable({
      key: { tenant: 'text', partner: 'text', entity: 'text', asset: 'text' },
      adds: SUMS,
      sets: {
        stream: 'text',
        statuses: 'json',
        declined: 'json',
        demanded: 'bigint',
        pay_by: 'instant',
        last_position: 'bigint',
      },
      keeps: { opened_position: 'bigint' },
      indexes: ['(tenant, entity, asset, partner) where owed > 0'],
    }),
    account_move: keyedTable({
      key: {
        tenant: 'text',
        partner: 'text',
        entity: 'text',
        asset: 'text',
        position: 'bigint',
      },
      adds: SUMS,
      sets: { occurred_at: 'instant' },
      indexes: ['(tenant, partner, entity, asset) where owed <> 0'],
      writtenOnce: true,
    }),
    /** The last value under each name counts. */
    account_told: keyedTable({
      key: {
        tenant: 'text',
        partner: 'text',
        entity: 'text',
        asset: 'text',
        name: 'text',
        position: 'bigint',
      },
      sets: { value: 'json' },
      writtenOnce: true,
    }),
  },
  rows(event) {
    const { $tenant: tenant, $position: position, $occurredAt: occurred_at } = event;
    const { partner, entity, asset } = event;
    const of = { tenant, partner, entity, asset };
    const sums = sumsOf(event);
    const isMoved = Object.values(sums).some((sum) => sum !== 0n);
    return {
      account: [{ ...of, ...sums, ...saidOf(event), last_position: position }],
      account_move: isMoved ? [{ ...of, ...sums, position, occurred_at }] : [],
      account_told: toldOf(event).map(([name, value]) => ({ ...of, name, position, value })),
    };
  },
});

/** What is shown of an account besides its money. */
function saidOf(event: AccountChange) {
  switch (event.$type) {
    // The first of its stream, which has not to be named again.
    case 'AccountOpened':
      return { stream: event.$stream, opened_position: event.$position };
    case 'PartnerLearned':
      return { statuses: event.steps };
    case 'ReservationDeclined':
      return { declined: declinedBy(event) };
    case 'ReceivableDemanded':
      return { demanded: event.amount, pay_by: event.payBy };
    default:
      return undefined;
  }
}

/** The same, as an earlier position is answered from it. */
function toldOf(event: AccountChange): readonly (readonly [name: string, value: Json])[] {
  switch (event.$type) {
    case 'PartnerLearned':
      return [['statuses', event.steps]];
    case 'ReservationDeclined':
      return [['declined', declinedBy(event)]];
    case 'ReceivableDemanded':
      return [['demanded', { amount: String(event.amount), payBy: event.payBy }]];
    default:
      return [];
  }
}

interface Declined {
  readonly run: string;
  readonly reason: string;
  readonly detail: string;
  readonly $occurredAt: Instant;
}

const declinedBy = ({ run, reason, detail, $occurredAt: at }: Declined) => ({
  ...{ run, reason, detail, at },
});

/** What moved between the lines and what is owed, and what happened to whole amounts. */
function sumsOf(event: AccountChange): Sums {
  if (event.$type === 'PayoutReserved' || event.$type === 'LinesReserved') {
    const held = event.lines as unknown as readonly ReservedLine[];
    const gross = held.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
    return { payable: -gross, reserved: gross };
  }
  const owed = 'owed' in event ? { owed: event.owed } : {};
  return { ...('lines' in event ? movedSums(event.lines) : {}), ...owed, ...wholeOf(event) };
}

function movedSums(lines: Json): Sums {
  let [payable, disputed] = [0n, 0n];
  for (const move of lines as unknown as readonly LineMove[]) {
    payable += BigInt(move.payable ?? 0);
    disputed += BigInt(move.disputed ?? 0);
  }
  return { payable, disputed };
}

function wholeOf(event: AccountChange): Sums {
  switch (event.$type) {
    case 'ReleaseTaken':
      return { taken: event.amount };
    case 'AdjustmentBooked':
      return { adjusted: event.amount };
    case 'ReceivableRepaid':
      return { repaid: event.amount };
    case 'ReceivableWrittenOff':
      return { written_off: event.amount, allowance: -event.fromAllowance };
    case 'WriteOffReversed':
      return { written_off: -event.amount };
    case 'ReceivableAllowedFor':
      return { allowance: event.change };
    default:
      return 'gross' in event ? itemSums(event) : {};
  }
}

type OfItem = Extract<AccountChange, { readonly gross: bigint }>;

function itemSums({ $type, gross, withheld, net }: OfItem): Sums {
  switch ($type) {
    case 'ReservationCancelled':
      return { reserved: -gross };
    case 'PayoutInstructed':
      return { reserved: -gross, in_flight: net, withheld };
    case 'PayoutVoided':
      return { reserved: gross, in_flight: -net, withheld: -withheld };
    case 'PayoutRejected':
      return { in_flight: -net, withheld: -withheld };
    case 'PayoutSettled':
      return { in_flight: -net, settled: net };
    case 'SettlementUndone':
      return { in_flight: net, settled: -net };
    case 'PayoutReturned':
      return { settled: -net, withheld: -withheld };
    case 'ReturnUndone':
      return { settled: net, withheld };
  }
}

import { keyedTable, projection } from '@tributary/feeds';
import type { Json } from '@tributary/kernel';
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

/** What each account holds in all, and every change of what its partner owes. */
export const accounts = projection({
  name: 'accounts',
  version: 2,
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
      },
      indexes: ['(tenant, entity, asset, partner) where owed > 0'],
    }),
    account_debt: keyedTable({
      key: { position: 'bigint' },
      sets: {
        tenant: 'text',
        partner: 'text',
        entity: 'text',
        asset: 'text',
        amount: 'bigint',
        occurred_at: 'instant',
      },
      indexes: ['(tenant, partner, entity, asset)'],
      writtenOnce: true,
    }),
  },
  rows(event) {
    const { $tenant: tenant, partner, entity, asset } = event;
    const row = { tenant, partner, entity, asset, ...sumsOf(event), ...saidOf(event) };
    if (!('owed' in event) || event.owed === 0n) return { account: [row] };
    const { $position: position, owed: amount, $occurredAt: occurred_at } = event;
    const debt = { position, tenant, partner, entity, asset, amount, occurred_at };
    return { account: [row], account_debt: [debt] };
  },
});

/** What is shown of an account besides its money. */
function saidOf(event: AccountChange) {
  switch (event.$type) {
    // The first of its stream, which has not to be named again.
    case 'AccountOpened':
      return { stream: event.$stream };
    case 'PartnerLearned':
      return { statuses: event.steps };
    case 'ReservationDeclined': {
      const { run, reason, detail, $occurredAt: at } = event;
      return { declined: { run, reason, detail, at } };
    }
    case 'ReceivableDemanded':
      return { demanded: event.amount, pay_by: event.payBy };
    default:
      return undefined;
  }
}

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

import { type Picked, type TableOf, keyedTable, projection } from '@tributary/feeds';
import { CodedError, type Json, type Leg } from '@tributary/kernel';
import { TAX_RECOVERABLE, WITHHOLDING } from '../domain/account/money';
import type { TaxPart } from '../domain/account/events';
import type { Withheld } from '../domain/account/terms';

const ON_ITEM = {
  $tenant: 'text',
  $stream: 'text',
  $revision: 'bigint',
  $occurredAt: 'instant',
  partner: 'text',
  entity: 'text',
  asset: 'text',
  run: 'text',
  item: 'text',
} as const;

const OF_ITEM = {
  ...ON_ITEM,
  taxes: 'json',
  taxRemitted: 'json?',
  'entry.legs': 'json',
} as const;

const OF_TAX = {
  ...ON_ITEM,
  rule: 'text',
  tax: 'text',
  rateBp: 'int',
  amount: 'bigint',
  remittance: 'text',
  month: 'text',
  'entry.legs': 'json?',
} as const;

const EVENTS = {
  PayoutInstructed: OF_ITEM,
  PayoutRejected: OF_ITEM,
  PayoutVoided: OF_ITEM,
  PayoutReturned: OF_ITEM,
  ReturnUndone: OF_ITEM,
  ItemTaxRemitted: OF_TAX,
  ItemTaxRecovered: OF_TAX,
  TaxRemitted: {
    $tenant: 'text',
    remittance: 'text',
    entity: 'text',
    asset: 'text',
    tax: 'text',
    rule: 'text',
    month: 'text',
    amount: 'bigint',
    offset: 'bigint',
  },
} as const;

type Fed = Picked<typeof EVENTS>;
type OfItemEvent = Extract<Fed, { readonly taxes: Json }>;
type OfTaxEvent = Extract<Fed, { readonly $type: 'ItemTaxRecovered' | 'ItemTaxRemitted' }>;

type RowOf<T> = T extends TableOf<infer R> ? R : never;

/**
 * What was kept back, and what was given back, once for every tax of every movement of an item; and what the authority was paid for it.
 * `withheld` and `recoverable` are what the entries of the account say, `remitted` and `recovered` have theirs with the remittance.
 */
const withholdingMove = keyedTable({
  key: { tenant: 'text', stream: 'text', revision: 'bigint', rule: 'text' },
  keeps: {
    position: 'bigint',
    kind: 'text',
    at: 'instant',
    partner: 'text',
    entity: 'text',
    asset: 'text',
    run: 'text',
    item: 'text',
    tax: 'text',
    rate_bp: 'int',
    base: 'bigint',
    withheld: 'bigint',
    // What was paid to the authority already and is claimed back from it.
    recoverable: 'bigint',
    remitted: 'bigint',
    recovered: 'bigint',
    remittance: 'text?',
    /** For which it was remitted; else the month is that of `at`. */
    of_month: 'text?',
  },
  indexes: [
    '(tenant, entity, at)',
    '(tenant, entity, of_month) where of_month is not null',
    '(tenant, entity, rule) where recoverable <> 0',
    '(tenant, remittance) where remittance is not null',
  ],
  writtenOnce: true,
});

/** What was remitted as a whole, as the account of withheld tax has it: its items hear of it a little later. */
const taxRemitted = keyedTable({
  key: { tenant: 'text', remittance: 'text' },
  keeps: {
    position: 'bigint',
    entity: 'text',
    asset: 'text',
    tax: 'text',
    rule: 'text',
    month: 'text',
    covers: 'bigint',
    recovered: 'bigint',
  },
  indexes: ['(tenant, entity, month)'],
  writtenOnce: true,
});

/** The register of what is owed to tax authorities; it adds up to the legs of the entries, or the event is parked. */
export const withholding = projection({
  name: 'withholding',
  version: 3,
  events: EVENTS,
  tables: { withholding_move: withholdingMove, tax_remitted: taxRemitted },
  rows(event) {
    switch (event.$type) {
      case 'TaxRemitted':
        return { tax_remitted: [remittedRow(event)] };
      case 'ItemTaxRecovered':
      case 'ItemTaxRemitted':
        return { withholding_move: [notedRow(event)] };
      default:
        return { withholding_move: movedRows(event) };
    }
  },
});

function movedRows(event: OfItemEvent): readonly RowOf<typeof withholdingMove>[] {
  const taxes = event.taxes as unknown as readonly Withheld[];
  const legs = event['entry.legs'] as unknown as readonly Leg[];
  const withheld = creditOf(legs, WITHHOLDING);
  const recoverable = -creditOf(legs, TAX_RECOVERABLE);
  const sum = taxes.reduce((total, { amount }) => total + BigInt(amount), 0n);
  const sign = KEEPS_BACK.has(event.$type) ? 1n : -1n;
  // Tax of an item comes back from us or, as far as it was remitted, from the authority.
  if (withheld - recoverable !== sign * sum) throw differs(event, sum, withheld, recoverable);
  const parts = (event.taxRemitted ?? []) as unknown as readonly TaxPart[];
  const remitted = new Map(parts.map(({ rule, amount }) => [rule, BigInt(amount)]));
  const asked = [...remitted.values()].reduce((total, amount) => total + amount, 0n);
  if (recoverable !== -sign * asked) throw differs(event, asked, withheld, recoverable);
  return taxes.map((tax) => {
    const [amount, paid] = [BigInt(tax.amount), remitted.get(tax.rule) ?? 0n];
    return {
      ...whose(event),
      rule: tax.rule,
      tax: tax.tax,
      rate_bp: tax.rateBp,
      base: sign * BigInt(tax.base),
      withheld: sign * (amount - paid),
      recoverable: -sign * paid,
      ...NOTHING_REMITTED,
    };
  });
}

const NOTHING_REMITTED = { remitted: 0n, recovered: 0n, remittance: null, of_month: null };

const whose = (event: OfItemEvent | OfTaxEvent) => ({
  tenant: event.$tenant,
  stream: event.$stream,
  revision: event.$revision,
  position: event.$position,
  kind: event.$type,
  at: event.$occurredAt,
  partner: event.partner,
  entity: event.entity,
  asset: event.asset,
  run: event.run,
  item: event.item,
});

/** It moves money of the account only where the payment had come back, or was paid after all, before the account heard of it. */
function notedRow(event: OfTaxEvent): RowOf<typeof withholdingMove> {
  const legs = (event['entry.legs'] ?? []) as unknown as readonly Leg[];
  const { rule, tax, rateBp: rate_bp, amount, remittance, month: of_month } = event;
  const isRemitted = event.$type === 'ItemTaxRemitted';
  return {
    ...whose(event),
    ...{ rule, tax, rate_bp, base: 0n, remittance, of_month },
    withheld: creditOf(legs, WITHHOLDING),
    recoverable: -creditOf(legs, TAX_RECOVERABLE),
    remitted: isRemitted ? amount : 0n,
    recovered: isRemitted ? 0n : amount,
  };
}

function remittedRow(
  event: Extract<Fed, { readonly $type: 'TaxRemitted' }>,
): RowOf<typeof taxRemitted> {
  const { $tenant: tenant, $position: position, amount, offset: recovered } = event;
  const { remittance, entity, asset, tax, rule, month } = event;
  const of = { tenant, remittance, position, entity, asset, tax, rule, month };
  return { ...of, covers: amount + recovered, recovered };
}

const KEEPS_BACK: ReadonlySet<string> = new Set(['PayoutInstructed', 'ReturnUndone']);

const creditOf = (legs: readonly Leg[], account: string): bigint =>
  legs
    .filter((leg) => leg.account === account)
    .reduce((sum, { side, amount }) => sum + (side === 'credit' ? 1n : -1n) * BigInt(amount), 0n);

function differs(
  { $type, item }: { readonly $type: string; readonly item: Json },
  sum: bigint,
  withheld: bigint,
  recoverable: bigint,
): CodedError {
  const facts = {
    item,
    taxes: String(sum),
    withheld: String(withheld),
    recoverable: String(recoverable),
  };
  return new CodedError(
    'register_differs',
    `The taxes of ${$type} do not add up to the legs of its entry.`,
    facts,
  );
}

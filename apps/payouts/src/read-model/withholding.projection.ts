import { type TableOf, keyedTable, projection } from '@tributary/feeds';
import { CodedError, type Json, type Leg } from '@tributary/kernel';
import { TAX_RECOVERABLE, WITHHOLDING } from '../domain/account/money';
import type { Withheld } from '../domain/account/terms';

const OF_ITEM = {
  $tenant: 'text',
  $stream: 'text',
  $revision: 'bigint',
  $occurredAt: 'instant',
  partner: 'text',
  entity: 'text',
  asset: 'text',
  run: 'text',
  item: 'text',
  taxes: 'json',
  'entry.legs': 'json',
} as const;

type RowOf<T> = T extends TableOf<infer R> ? R : never;

/** What was kept back, and what was given back, once for every tax of every movement of an item. */
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
  },
  indexes: ['(tenant, entity, at)'],
  writtenOnce: true,
});

/** The register of what is owed to tax authorities; it adds up to the legs of the entries, or the event is parked. */
export const withholding = projection({
  name: 'withholding',
  version: 2,
  events: {
    PayoutInstructed: OF_ITEM,
    PayoutRejected: OF_ITEM,
    PayoutVoided: OF_ITEM,
    PayoutReturned: OF_ITEM,
    ReturnUndone: OF_ITEM,
  },
  tables: { withholding_move: withholdingMove },
  rows(event) {
    const taxes = event.taxes as unknown as readonly Withheld[];
    const legs = event['entry.legs'] as unknown as readonly Leg[];
    const withheld = creditOf(legs, WITHHOLDING);
    const recoverable = -creditOf(legs, TAX_RECOVERABLE);
    const sum = taxes.reduce((total, { amount }) => total + BigInt(amount), 0n);
    const sign = KEEPS_BACK.has(event.$type) ? 1n : -1n;
    // Of an item as a whole: its tax comes back from us or, once it was remitted, from the authority.
    if (withheld - recoverable !== sign * sum) throw differs(event, sum, withheld, recoverable);
    const part = withheld === 0n ? { of: 'recoverable' as const } : { of: 'withheld' as const };
    return {
      withholding_move: taxes.map((tax): RowOf<typeof withholdingMove> => {
        const amount = sign * BigInt(tax.amount);
        return {
          tenant: event.$tenant,
          stream: event.$stream,
          revision: event.$revision,
          rule: tax.rule,
          position: event.$position,
          kind: event.$type,
          at: event.$occurredAt,
          partner: event.partner,
          entity: event.entity,
          asset: event.asset,
          run: event.run,
          item: event.item,
          tax: tax.tax,
          rate_bp: tax.rateBp,
          base: sign * BigInt(tax.base),
          withheld: part.of === 'withheld' ? amount : 0n,
          recoverable: part.of === 'recoverable' ? -amount : 0n,
        };
      }),
    };
  },
});

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

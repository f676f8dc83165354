import { type Decision, accept, nothing, reject } from '@tributary/kernel';
import type { AccountRejected, NoteTaxRecovered, NoteTaxRemitted } from './commands';
import type { AccountEvent, TaxPart } from './events';
import { type Side, TAX_RECOVERABLE, WITHHOLDING, across, entryOf } from './money';
import { ofAccount } from './reserve';
import { type Account, type Item, type ItemStatus, withheldOf } from './state';

type Answer = Decision<AccountEvent, AccountRejected>;

/** While an item stands so, what was withheld of it is owed to the authority, or was paid to it. */
const KEPT_BACK: ReadonlySet<ItemStatus> = new Set([
  'instructed',
  'accepted',
  'unknown',
  'settled',
]);

/** What the authority has for one item by one rule. */
export function paidToAuthority({ taxPaid }: Pick<Item, 'taxPaid'>, rule: string): bigint {
  // A rule may have the name of what every object inherits.
  const isKnown = taxPaid !== undefined && Object.hasOwn(taxPaid.byRule, rule);
  return BigInt(isKnown ? (taxPaid.byRule[rule] ?? 0) : 0);
}

/**
 * What is withheld ends where `sign` is positive, as it does when nothing is paid after all: what has been paid to the authority by
 * then is asked back of it, and the rest is owed to it no longer.
 */
export function taxSides(item: Item, sign: 1n | -1n): readonly Side[] {
  const { taxes, taxPaid } = item;
  const withheld = withheldOf(taxes);
  if (taxPaid === undefined) return [across(WITHHOLDING, sign * withheld)];
  const paid = taxes.reduce((sum, { rule }) => sum + paidToAuthority(item, rule), 0n);
  return [across(TAX_RECOVERABLE, sign * paid), across(WITHHOLDING, sign * (withheld - paid))];
}

/** The part of an item's tax that the authority has; left out where that is nothing. */
export function remittedOf(item: Item): { readonly taxRemitted?: readonly TaxPart[] } {
  if (item.taxPaid === undefined) return {};
  const parts = item.taxes.flatMap(({ rule }) => {
    const paid = paidToAuthority(item, rule);
    return paid === 0n ? [] : [{ rule, amount: String(paid) }];
  });
  return parts.length === 0 ? {} : { taxRemitted: parts };
}

/** All of it. */
export function isTaxRemitted(item: Item): boolean {
  const paid = item.taxes.reduce((sum, { rule }) => sum + paidToAuthority(item, rule), 0n);
  return paid > 0n && paid === withheldOf(item.taxes);
}

/** The payment may have come back before the account heard that its tax was paid: then that is asked back as well. */
export function noteRemitted(command: NoteTaxRemitted, account: Account, item: Item): Answer {
  const { rule, amount } = command;
  const tax = item.taxes.find((each) => each.rule === rule);
  if (tax === undefined) return reject({ code: 'tax_not_withheld', rule });
  if (isNoted(command, item)) return nothing;
  if (BigInt(amount) <= 0n) return reject({ code: 'invalid_amount' });
  if (paidToAuthority(item, rule) + BigInt(amount) > BigInt(tax.amount))
    return reject({ code: 'more_than_withheld', withheld: tax.amount });
  return noted('ItemTaxRemitted', command, { account, item, isLate: !KEPT_BACK.has(item.status) });
}

/** What had come back may have been paid after all by now: then so much is owed to the authority again. */
export function noteRecovered(command: NoteTaxRecovered, account: Account, item: Item): Answer {
  const { rule, amount } = command;
  if (isNoted(command, item)) return nothing;
  if (BigInt(amount) <= 0n) return reject({ code: 'invalid_amount' });
  const remitted = paidToAuthority(item, rule);
  if (BigInt(amount) > remitted)
    return reject({ code: 'more_than_remitted', remitted: String(remitted) });
  return noted('ItemTaxRecovered', command, { account, item, isLate: KEPT_BACK.has(item.status) });
}

type Note = NoteTaxRecovered | NoteTaxRemitted;

const EVENT_OF = {
  NoteTaxRecovered: 'ItemTaxRecovered',
  NoteTaxRemitted: 'ItemTaxRemitted',
} as const;

export const noteOf = (type: keyof typeof NAMES, rule: string, remittance: string): string =>
  `${NAMES[type]} ${rule} ${remittance}`;

const NAMES = { ItemTaxRecovered: 'recovered', ItemTaxRemitted: 'remitted' } as const;

const isNoted = ({ type, rule, remittance }: Note, { taxPaid }: Item): boolean =>
  taxPaid?.noted.includes(noteOf(EVENT_OF[type], rule, remittance)) === true;

function noted(
  type: 'ItemTaxRecovered' | 'ItemTaxRemitted',
  { rule, amount, remittance, month, at }: Note,
  to: { readonly account: Account; readonly item: Item; readonly isLate: boolean },
): Answer {
  const { account, item, isLate } = to;
  const of = ofAccount(account);
  const { tax = '', rateBp = 0 } = item.taxes.find((each) => each.rule === rule) ?? {};
  const { run, item: id } = item;
  const late = [across(TAX_RECOVERABLE, BigInt(amount)), across(WITHHOLDING, -BigInt(amount))];
  const entry = isLate ? { entry: entryOf(of, { lines: [], owed: '0' }, late) } : {};
  const data = { ...of, run, item: id, rule, tax, rateBp, amount, remittance, month, ...entry };
  return accept({ type, data, occurredAt: at });
}

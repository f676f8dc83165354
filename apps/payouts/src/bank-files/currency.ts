import { type Asset, CodedError, assetOf } from '@tributary/kernel';
import type { UnreadableRow } from '../domain/rail/bank-line';

/** What ISO 4217 says of money in no currency. */
const NO_CURRENCY: Asset = 'XXX/2';

/** Without a currency nothing can be counted, and the statement says so. */
export function assetFrom(currency: string, unreadable: UnreadableRow[]): Asset {
  try {
    return assetOf(currency);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    unreadable.push({ place: null, code: 'currency', why: `"${currency}" is no currency.` });
    return NO_CURRENCY;
  }
}

import type { JsonObject, Recorded } from '@tributary/kernel';
import { type Finding, findingAt } from './finding';
import type { Law } from './law';
import { textAt } from './text-at';

/** What the law below is about. */
export const ONCE_ONLY_TYPES: ReadonlySet<string> = new Set([
  'ItemTaxRecovered',
  'ItemTaxRemitted',
  'PayoutReturned',
  'PayoutSettled',
  'ReleaseTaken',
  'ReturnUndone',
  'SettlementUndone',
  'TaxRemitted',
]);

/**
 * A release is booked once, and an item is settled once and returned once, unless a person has taken that back in between. Tax is
 * remitted once, and no more of it to the items than was remitted in all.
 */
export class OnceOnly implements Law {
  private readonly releases = new Map<string, bigint>();
  private readonly settled = new Map<string, bigint>();
  private readonly returned = new Map<string, bigint>();
  private readonly remittances = new Map<string, bigint>();
  /** By remittance: what of it no item has got. */
  private readonly taxLeft = new Map<string, { remitted: bigint; recovered: bigint }>();

  take(event: Recorded): Finding | undefined {
    const { type, data, tenant } = event;
    const item = `${tenant} ${textAt(data, 'item')}`;
    switch (type) {
      case 'ReleaseTaken': {
        const release = textAt(data, 'release');
        return this.once(this.releases, `${tenant} ${release}`, event, 'release', () => {
          return `release ${release} was booked before`;
        });
      }
      case 'PayoutSettled':
        return this.once(this.settled, item, event, 'settlement', () => {
          return `item ${textAt(data, 'item')} was settled before`;
        });
      case 'PayoutReturned':
        if (!this.settled.has(item))
          return findingAt(
            event,
            'settlement',
            `item ${textAt(data, 'item')} came back and was never settled`,
          );
        return this.once(this.returned, item, event, 'settlement', () => {
          return `item ${textAt(data, 'item')} came back before`;
        });
      case 'SettlementUndone':
        this.settled.delete(item);
        return undefined;
      case 'ReturnUndone':
        this.returned.delete(item);
        return undefined;
      case 'TaxRemitted':
        return this.remitted(event);
      case 'ItemTaxRecovered':
        return this.shared(event, 'recovered');
      case 'ItemTaxRemitted':
        return this.shared(event, 'remitted');
      default:
        return undefined;
    }
  }

  private remitted(event: Recorded): Finding | undefined {
    const { data, tenant } = event;
    const remittance = textAt(data, 'remittance');
    const recovered = amountAt(data, 'offset');
    const remitted = amountAt(data, 'amount') + recovered;
    const key = `${tenant} ${remittance}`;
    if (!this.taxLeft.has(key)) this.taxLeft.set(key, { remitted, recovered });
    return this.once(this.remittances, key, event, 'remittance', () => {
      return `remittance ${remittance} was booked before`;
    });
  }

  private shared(event: Recorded, part: 'recovered' | 'remitted'): Finding | undefined {
    const { data, tenant } = event;
    const remittance = textAt(data, 'remittance');
    const left = this.taxLeft.get(`${tenant} ${remittance}`);
    if (left !== undefined) left[part] -= amountAt(data, 'amount');
    if (left !== undefined && left[part] >= 0n) return undefined;
    const why = left === undefined ? 'was never booked' : `is ${part} beyond its amount`;
    return findingAt(event, 'remittance', `remittance ${remittance} ${why}`);
  }

  private once(
    seen: Map<string, bigint>,
    key: string,
    event: Recorded,
    what: Finding['what'],
    detail: () => string,
  ): Finding | undefined {
    const before = seen.get(key);
    seen.set(key, event.position);
    return before === undefined
      ? undefined
      : findingAt(event, what, `${detail()}, at position ${before}`);
  }
}

/** What is no amount is told of elsewhere, and comes to nothing here. */
function amountAt(data: JsonObject, name: string): bigint {
  const text = textAt(data, name);
  return /^[0-9]+$/.test(text) ? BigInt(text) : 0n;
}

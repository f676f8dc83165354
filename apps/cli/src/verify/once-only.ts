import type { Recorded } from '@tributary/kernel';
import { type Finding, findingAt } from './finding';
import type { Law } from './law';
import { textAt } from './text-at';

/** What the law below is about. */
export const ONCE_ONLY_TYPES: ReadonlySet<string> = new Set([
  'PayoutReturned',
  'PayoutSettled',
  'ReleaseTaken',
  'ReturnUndone',
  'SettlementUndone',
]);

/** A release is booked once, and an item is settled once and returned once, unless a person has taken that back in between. */
export class OnceOnly implements Law {
  private readonly releases = new Map<string, bigint>();
  private readonly settled = new Map<string, bigint>();
  private readonly returned = new Map<string, bigint>();

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
      default:
        return undefined;
    }
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

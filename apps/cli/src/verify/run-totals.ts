import { type Recorded, categoryOf, idsOf } from '@tributary/kernel';
import { type Finding, findingAt } from './finding';
import type { Law } from './law';

interface Item {
  readonly partner: string;
  readonly gross: string;
  readonly withheld: string;
  readonly net: string;
}

interface Totals extends Omit<Item, 'partner'> {
  readonly count: number;
}

/** The category of the streams that the law below is about. */
export const RUN = 'run';

/** What a run says that it pays is the sum of what the accounts have reserved for it. */
export class RunTotals implements Law {
  /** By run and partner. */
  private readonly runs = new Map<string, Map<string, Item>>();

  take(event: Recorded): Finding | undefined {
    const { type, data, stream, tenant } = event;
    if (categoryOf(stream) !== RUN) return undefined;
    const run = `${tenant} ${idsOf(stream).join('.')}`;
    const items = this.runs.get(run) ?? new Map<string, Item>();
    this.runs.set(run, items);
    if (TOLD.has(type)) {
      const different = differenceOf(data as unknown as Totals, [...items.values()]);
      return different === undefined ? undefined : findingAt(event, 'run', different);
    }
    const { items: noted = [], refused = [], partners = [] } = data as unknown as Partial<Noted>;
    if (type === 'AnswersNoted') for (const item of noted) items.set(item.partner, item);
    if (type === 'InstructionsNoted') for (const { partner } of refused) items.delete(partner);
    if (LEFT_OUT.has(type)) for (const partner of partners) items.delete(partner);
    if (OVER.has(type)) this.runs.delete(run);
    return undefined;
  }
}

/** Which say what the run comes to. */
const TOLD: ReadonlySet<string> = new Set(['RunInstructed', 'RunLocked', 'RunReleased']);
const LEFT_OUT: ReadonlySet<string> = new Set(['ItemsAskedAnew', 'ItemsExcluded']);
const OVER: ReadonlySet<string> = new Set(['RunCancelled', 'RunClosed']);

interface Noted {
  readonly items: readonly Item[];
  readonly refused: readonly Item[];
  readonly partners: readonly string[];
}

function differenceOf(told: Totals, items: readonly Item[]): string | undefined {
  if (told.count !== items.length) return `${told.count} items are told, ${items.length} are there`;
  for (const name of ['gross', 'withheld', 'net'] as const) {
    const sum = items.reduce((total, item) => total + BigInt(item[name]), 0n);
    if (BigInt(told[name]) !== sum)
      return `${name} is told as ${told[name]}, the items sum to ${sum}`;
  }
  return undefined;
}

import type { Instant } from '@tributary/kernel';
import { BEGINNING } from '../policy/standard';
import type { Credit, CreditStep, CreditTimelines } from './credit';

/** Of a timeline: with more causes that count, the first and the latest stay. */
export const MOST_STEPS = 64;
/** Of all timelines of one customer, which are told in one event, beside as many steps of its activity as there may be. */
export const MOST_TOLD_BYTES = 46_000;

/** From which paidAt on sales are credited how; ascending, the first from the beginning. */
export type Schedule = readonly Governed[];
export interface Governed {
  readonly from: Instant;
  readonly credit: Credit;
}

/** What holds from a time on. */
export interface Epoch {
  readonly at: Instant;
  readonly schedule: Schedule;
}

/** Each word of a person takes over from its `from` on; of two about the same sales the later one in the list stands. */
export const scheduleOf = (base: Credit, adjudicated: readonly Governed[]): Schedule =>
  adjudicated.reduce<Governed[]>(
    (schedule, word) => [...schedule.filter(({ from }) => from < word.from), word],
    [{ from: BEGINNING, credit: base }],
  );

/** Credits that differ only in what was put aside are one to a sale: it keeps the decision by which it was first credited so. */
export const sameEffect = (a: Credit, b: Credit): boolean =>
  a.decision === b.decision || effectOf(a) === effectOf(b);

/** Credits are made by one function, so their fields are in one order. */
const effectOf = (credit: Credit): string => JSON.stringify({ ...credit, decision: '' });

/** Keeps a told credit in place of one with the same effect, so that what did not change is not told again. */
export function keepTold(schedule: Schedule, told: Schedule): Schedule {
  return schedule.map((governed) => {
    const before = told.find(({ from }) => from === governed.from);
    return before && sameEffect(before.credit, governed.credit) ? before : governed;
  });
}

/** Steps that belong together: a change, with everything that still holds of later sales. */
type Groups = readonly CreditStep[][];

/** What is told of one customer, while deals are added to it as long as there is room for what holds of each. */
export class Telling {
  private readonly general: Groups;
  private readonly deals = new Map<string, Groups>();
  private neededBytes: number;

  constructor(general: readonly Epoch[]) {
    this.general = groupsOf(general);
    this.neededBytes = bytesOfLast(this.general);
  }

  /** False where there is no room: then it is told as everything else of the customer. */
  takes(deal: string, epochs: readonly Epoch[]): boolean {
    const groups = groupsOf(epochs);
    const bytes = this.neededBytes + bytesOfLast(groups);
    if (bytes > MOST_TOLD_BYTES) return false;
    this.neededBytes = bytes;
    this.deals.set(deal, groups);
    return true;
  }

  /** What held before has what room is left, each history the same. */
  timelines(): CreditTimelines {
    const leftBytes = Math.max(0, MOST_TOLD_BYTES - this.neededBytes);
    const spareBytes = Math.floor(leftBytes / (1 + this.deals.size));
    const within = (groups: Groups) =>
      withinLimits(groups, bytesOfLast(groups) + spareBytes).flat();
    const deals = [...this.deals].map(([deal, groups]) => [deal, within(groups)] as const);
    return { general: within(this.general), deals: Object.fromEntries(deals) };
  }
}

const bytesOfLast = (groups: Groups): number => bytesOf(groups.at(-1) ?? []);

/** The last step with at <= t and from <= paidAt has to be right, so nothing of a group is left out. */
function groupsOf(epochs: readonly Epoch[]): Groups {
  const groups: CreditStep[][] = [];
  let told: Schedule = [];
  for (const { at, schedule: decided } of epochs) {
    const schedule = keepTold(decided, told);
    const changed = schedule.findIndex((governed, i) => !isSame(governed, told[i]));
    const first = changed >= 0 ? changed : schedule.length < told.length ? schedule.length - 1 : -1;
    if (first >= 0)
      groups.push(schedule.slice(first).map(({ from, credit }) => stepOf(at, from, credit)));
    told = schedule;
  }
  return groups;
}

const isSame = (a: Governed, b: Governed | undefined): boolean =>
  a.from === b?.from && a.credit === b.credit;

const stepOf = (at: Instant, from: Instant, value: Credit): CreditStep =>
  from === at ? { at, value } : { at, from, value };

/** What holds now is always told, what held first if there is room, and of what lies between the latest. */
function withinLimits(groups: Groups, budgetBytes: number): CreditStep[][] {
  const first = groups[0];
  const last = groups.at(-1);
  if (!first || !last || first === last) return [...groups];
  let steps = last.length + first.length;
  let bytes = bytesOf(last) + bytesOf(first);
  if (bytes > budgetBytes) return [last];
  let kept = groups.length - 1;
  for (; kept > 1; kept--) {
    const group = groups[kept - 1] ?? [];
    steps += group.length;
    bytes += bytesOf(group);
    if (steps > MOST_STEPS || bytes > budgetBytes) break;
  }
  return [first, ...groups.slice(kept)];
}

/** As canonical JSON writes them, from above. */
const bytesOf = (steps: readonly CreditStep[]): number =>
  steps.reduce((sum, { value: { parts, influenced, evidence } }) => {
    const partBytes = parts.reduce(
      (all, { partner, role }) => all + partner.length + role.length + 50,
      0,
    );
    return sum + 400 + partBytes + influenced.length * 40 + evidence.length * 135;
  }, 0);

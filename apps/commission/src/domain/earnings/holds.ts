import type { CommissionHold, PartnerData } from '@tributary/contracts';
import { type Instant, type Step, canonicalJson, laterOf } from '@tributary/kernel';
import type { Earnings, Group, KnownLine } from './state';
import { EMPTY_GROUP } from './state';
import { topicOfPartner } from './topics';
import type { WorthOfGroup } from './worth';

/** While its steps say so; an interval per turn. */
function intervalsOf<V>(
  steps: readonly Step<V>[],
  holds: (value: V) => boolean,
): readonly { readonly from: Instant; readonly until: Instant | null }[] {
  const intervals: { from: Instant; until: Instant | null }[] = [];
  for (const { at, value } of steps) {
    const last = intervals.at(-1);
    const isOpen = last?.until === null;
    if (holds(value) && !isOpen) intervals.push({ from: at, until: null });
    if (!holds(value) && isOpen) last.until = at;
  }
  return intervals;
}

/** What people have placed on a line, here or while its payment was in another window, and lifted here or there. */
export function placedOn(
  { placed, lifted }: Group,
  told: readonly CommissionHold[] = [],
): readonly CommissionHold[] {
  const here = new Set(placed.map(({ id }) => id));
  return [
    ...placed.map((hold) => ({
      ...hold,
      until: hold.until ?? told.find(({ id }) => id === hold.id)?.until ?? null,
    })),
    ...told
      .filter(({ id }) => !here.has(id))
      .map((hold) => ({ ...hold, until: hold.until ?? lifted[hold.id] ?? null })),
  ];
}

/** Everything that holds a line by itself, now and in the past. */
export function holdsOfGroup(
  line: KnownLine | undefined,
  worths: WorthOfGroup,
  placed: readonly CommissionHold[],
  lifted: Group['lifted'],
): readonly CommissionHold[] {
  const disputes =
    line === undefined ? [] : intervalsOf(line.fact.steps, ({ disputed }) => disputed);
  const approvals = [...worths.values()].flatMap(({ latest }) =>
    latest?.hold?.conditions.includes('approval') === true ? [latest.paidAt] : [],
  );
  return [
    ...disputes.map((interval, i): CommissionHold => {
      const id = `dispute${String(i + 1)}`;
      const condition = 'the dispute of the customer is decided';
      return { id, reason: 'dispute', owner: 'finance', condition, ...interval };
    }),
    ...approvals.slice(0, 1).map((from): CommissionHold => ({
      id: 'approval',
      reason: 'approval',
      owner: 'programme',
      condition: 'somebody approves it',
      from,
      until: lifted['approval'] ?? null,
    })),
    ...placed,
  ];
}

/** A suspended partner goes on earning; all of it is held. */
export function holdsOfWindow({ opened, terms }: Earnings): readonly CommissionHold[] {
  if (opened === null) return [];
  const { partner } = opened;
  const told = terms[`${topicOfPartner(partner)} ${partner}`]?.data as PartnerData | undefined;
  return intervalsOf(told?.steps ?? [], ({ status }) => status === 'suspended').map(
    (interval, i) => ({
      id: `suspended${String(i + 1)}`,
      reason: 'suspended',
      owner: 'programme',
      condition: 'the partner is reinstated or ended',
      ...interval,
    }),
  );
}

export const sameHolds = (a: readonly CommissionHold[], b: readonly CommissionHold[]): boolean =>
  a.length === b.length &&
  (a.length === 0 || canonicalJson(a as never) === canonicalJson(b as never));

/**
 * What nobody has ended yet holds, whatever the day that is asked of: whoever places a hold does not want a release of an earlier day
 * to pass by it. A suspension is announced ahead, so it begins on its day.
 */
const isOpen = ({ until, reason }: CommissionHold): boolean =>
  until === null && reason !== 'suspended';

/** The first moment from `from` on at which nothing holds it; undefined when that is not before `asOf`, or something holds it then. */
export function freeAt(
  from: Instant,
  holds: readonly CommissionHold[],
  asOf: Instant,
): Instant | undefined {
  const stands = (hold: CommissionHold, at: Instant) =>
    hold.from <= at && (hold.until === null || at < hold.until);
  if (from > asOf || holds.some((hold) => isOpen(hold) || stands(hold, asOf))) return undefined;
  let at = from;
  for (;;) {
    const next = holds.find((hold) => stands(hold, at));
    if (next === undefined) return at;
    if (next.until === null || next.until > asOf) return undefined;
    at = laterOf(at, next.until);
  }
}

export const holdsOn = (state: Earnings, group: string): readonly CommissionHold[] => [
  ...state.holds,
  ...(state.groups.get(group) ?? EMPTY_GROUP).holds,
];

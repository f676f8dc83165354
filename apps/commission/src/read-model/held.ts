import type { CommissionHold } from '@tributary/contracts';
import { type Instant, laterOf } from '@tributary/kernel';

/** Who has to do what before an amount is released. */
export interface WaitsFor {
  readonly reason: CommissionHold['reason'] | 'window';
  readonly owner: string;
  readonly condition: string;
  /** Null: nobody knows when. */
  readonly until: Instant | null;
}

const stands = ({ from, until }: CommissionHold, at: Instant): boolean =>
  from <= at && (until === null || at < until);

/** What holds an amount on that day: everything in force then, or its time alone, or that nobody has released it yet. */
export function waitsFor(
  until: Instant,
  holds: readonly CommissionHold[],
  on: Instant,
): readonly WaitsFor[] {
  const standing = holds
    .filter((hold) => stands(hold, on))
    .map(({ reason, owner, condition, until: ends }) => ({
      reason,
      owner,
      condition,
      until: ends,
    }));
  if (standing.length > 0 && until <= on) return standing;
  const condition = until > on ? 'its time has passed' : 'holds are released';
  return [{ reason: 'window', owner: 'finance', condition, until }, ...standing];
}

/** The earliest day on which it may be released, as things stand on that one; null as long as a hold has no end. */
export function payableOn(
  until: Instant,
  holds: readonly CommissionHold[],
  on: Instant = until,
): Instant | null {
  let at = holds.some((hold) => stands(hold, on)) ? laterOf(until, on) : until;
  for (;;) {
    const next = holds.find((hold) => stands(hold, at));
    if (next === undefined) return at;
    if (next.until === null) return null;
    at = next.until;
  }
}

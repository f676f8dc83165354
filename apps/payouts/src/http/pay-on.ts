import { type Day, type Instant, addDays, dayOf } from '@tributary/kernel';
import { Refusal } from '@tributary/platform';

const MOST_DAYS_AHEAD = 366;

/** Money that is asked to arrive beyond a year was not meant so: what a run reserves would wait for it and be paid by nothing else. */
export function assertPayDay(payOn: Day | undefined, at: Instant): void {
  const last = dayOf(addDays(at, MOST_DAYS_AHEAD, 'UTC'), 'UTC');
  if (payOn === undefined || payOn <= last) return;
  const detail = `Money is paid within a year: name a day up to ${last}.`;
  const errors = [{ pointer: '/payOn', code: 'pay_day_too_far', detail }];
  throw new Refusal(422, 'pay_day_too_far', detail, { errors });
}

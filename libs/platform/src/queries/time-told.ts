import type { Instant } from '@tributary/kernel';
import { Refusal } from '../errors/problem';

/** Time is a command, and whoever tells it may be late, but never early. `rule`: what does not come before its time. */
export function assertHasCome(asOf: Instant, receivedAt: Instant, rule: string): void {
  if (asOf <= receivedAt) return;
  const detail = `${rule}: \`asOf\` is not later than now.`;
  const errors = [{ pointer: '/asOf', code: 'in_the_future', detail }];
  throw new Refusal(422, 'in_the_future', detail, { errors });
}

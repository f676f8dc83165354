import { isInstant } from '@tributary/kernel';
import {
  type CommandContext,
  type Principal,
  Refusal,
  invalidCursor,
  readCursor,
} from '@tributary/platform';

/** Of an order by a moment, and then by a name. */
export function momentCursor(after: string): readonly [string, string] {
  const [at = '', name = ''] = readCursor(after, 2);
  if (!isInstant(at)) throw invalidCursor();
  return [at, name];
}

export function assertOwn({ role, partnerId }: Principal, partner: string): void {
  if (role === 'partner' && partner !== partnerId)
    throw new Refusal(403, 'not_your_partner', 'A key of a partner reaches that partner alone.');
}

export const byWhom = ({ cause, receivedAt }: CommandContext) => ({ by: cause.actor, receivedAt });

import type { StreamLog } from '@tributary/kernel';
import { Dispatched, commandHandler } from '@tributary/platform';
import {
  type PayoutPolicies,
  type PayoutPolicyCommand,
  type PayoutPolicyEvent,
  type PayoutPolicyRejected,
  payoutPolicy,
  payoutPolicyStreamOf,
} from '../domain/run/policy';

export class DecidePayoutPolicy extends Dispatched<PayoutPolicyCommand, PayoutPolicyRejected> {}

export const payoutPolicyHandler = commandHandler(
  DecidePayoutPolicy,
  payoutPolicy,
  ({ entity }, tenant) => payoutPolicyStreamOf(tenant, entity),
);

/** From the stream itself: a run never pays by what was replaced a moment ago. */
export async function readPolicies(
  log: Pick<StreamLog, 'read'>,
  tenant: string,
  entity: string,
): Promise<{ readonly policies: PayoutPolicies; readonly position: bigint }> {
  let policies = payoutPolicy.initial;
  let position = 0n;
  for await (const event of log.read(payoutPolicyStreamOf(tenant, entity))) {
    policies = payoutPolicy.evolve(policies, event as unknown as PayoutPolicyEvent);
    ({ position } = event);
  }
  return { policies, position };
}

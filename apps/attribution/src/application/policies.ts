import { Dispatched, commandHandler } from '@tributary/platform';
import { type PolicyCommand, type PolicyRejected, policy } from '../domain/policy/decide';
import { policyStreamOf } from '../domain/policy/events';

export class DecidePolicy extends Dispatched<PolicyCommand, PolicyRejected> {}

export const policyHandler = commandHandler(DecidePolicy, policy, ({ programme }, tenant) =>
  policyStreamOf(tenant, programme),
);

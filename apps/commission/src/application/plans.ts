import { Dispatched, commandHandler } from '@tributary/platform';
import { type PlanCommand, type PlanRejected, plan } from '../domain/plan/decide';
import { planStreamOf } from '../domain/plan/events';

export class DecidePlan extends Dispatched<PlanCommand, PlanRejected> {}

export const planOf = (command: PlanCommand): string =>
  command.type === 'DraftPlanVersion' ? command.document.planId : command.plan;

export const planHandler = commandHandler(DecidePlan, plan, (command, tenant) =>
  planStreamOf(tenant, planOf(command)),
);

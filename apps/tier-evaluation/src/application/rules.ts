import { Dispatched, commandHandler } from '@tributary/platform';
import { type RulesCommand, type RulesRejected, rules } from '../domain/rules/decide';
import { rulesStreamOf } from '../domain/rules/events';

export class DecideRules extends Dispatched<RulesCommand, RulesRejected> {}

export const rulesHandler = commandHandler(DecideRules, rules, ({ track }, tenant) =>
  rulesStreamOf(tenant, track),
);

import type { CommandBus } from '@nestjs/cqrs';
import { type CommandAnswer, type CommandContext, answerOf } from '@tributary/platform';
import { DecideStanding } from '../application/standings';
import type { ByPeople } from '../domain/standing/commands';
import { STANDING_REFUSALS } from './statuses';

export const SERVICE = 'tier-evaluation';

type ByWhom = 'by' | 'partner' | 'receivedAt' | 'track';
/** As it is asked for; of which standing, by whom and when is filled in. */
export type Asked = ByPeople extends infer C
  ? C extends ByPeople
    ? Omit<C, ByWhom>
    : never
  : never;

export interface OfStanding {
  readonly partner: string;
  readonly track: string;
}

export async function decideBy(
  bus: CommandBus,
  context: CommandContext,
  { partner, track }: OfStanding,
  asked: Asked,
): Promise<CommandAnswer> {
  const { cause, receivedAt } = context;
  const command = { ...asked, partner, track, by: cause.actor, receivedAt } as ByPeople;
  const outcome = await bus.execute(new DecideStanding(command, context));
  return answerOf(outcome, { service: SERVICE, id: `${partner}.${track}` }, STANDING_REFUSALS);
}

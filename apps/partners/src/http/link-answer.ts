import type { CommandBus } from '@nestjs/cqrs';
import { type CommandAnswer, type CommandContext, answerOf } from '@tributary/platform';
import { DecideLink } from '../application/commands';
import type { LinkCommand, LinkRejected } from '../domain/link/decide';
import { NOT_IN_HISTORY, SERVICE } from './statuses';

const STATUS: Readonly<Record<LinkRejected['code'], number>> = {
  ...NOT_IN_HISTORY,
  already_closed: 409,
  already_owner: 409,
  link_exists: 409,
  link_unknown: 404,
};

/** Links and coupons are one thing under two addresses. */
export async function decideLink(
  commands: CommandBus,
  context: CommandContext,
  command: LinkCommand,
): Promise<CommandAnswer> {
  const outcome = await commands.execute(new DecideLink(command, context));
  return answerOf(outcome, { service: SERVICE, id: command.link }, STATUS);
}

import type { CommandBus } from '@nestjs/cqrs';
import {
  answerOf,
  type CommandAnswer,
  type CommandContext,
  type Refusals,
} from '@tributary/platform';
import { DecideLink } from '../application/commands';
import type { LinkCommand, LinkRejected } from '../domain/link/decide';
import { NOT_IN_HISTORY, SERVICE } from './statuses';

const REFUSALS: Refusals<LinkRejected> = {
  ...NOT_IN_HISTORY,
  already_closed: [409, 'The link is closed already at that time.'],
  already_owner: [409, 'The link belongs to this partner already at that time.'],
  link_exists: [409, 'There is a link or coupon of this code already.'],
  link_unknown: [404, 'There is no link or coupon of this code.'],
};

/** Links and coupons are one thing under two addresses. */
export async function decideLink(
  commands: CommandBus,
  context: CommandContext,
  command: LinkCommand,
): Promise<CommandAnswer> {
  const outcome = await commands.execute(new DecideLink(command, context));
  return answerOf(outcome, { service: SERVICE, id: command.link }, REFUSALS);
}

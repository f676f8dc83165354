import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { type Day, uuidV5 } from '@tributary/kernel';
import type { CommandContext } from '@tributary/platform';
import { DecideRail } from './matching';

export interface Aged {
  readonly asOf: Day;
  readonly payingAccounts: number;
  readonly position: bigint;
}

/** Time is a command: asked about one day twice, it says nothing new. What is too much for one answer follows by itself. */
@Injectable()
export class BreakAgeing {
  constructor(private readonly commands: CommandBus) {}

  async age(context: CommandContext, rails: readonly string[], asOf: Day): Promise<Aged> {
    let position = 0n;
    for (const rail of rails) {
      const { cause, tenant, receivedAt: at } = context;
      const commandId = uuidV5(cause.commandId, rail);
      const outcome = await this.commands.execute(
        new DecideRail(
          { type: 'AgeBreaks', rail, asOf, at },
          { tenant, cause: { ...cause, commandId } },
        ),
      );
      if (outcome.kind !== 'rejected' && outcome.position > position) ({ position } = outcome);
    }
    return { asOf, payingAccounts: rails.length, position };
  }
}

import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { type Instant, instant, uuidV5 } from '@tributary/kernel';
import {
  Allow,
  type CommandContext,
  Idempotent,
  IsInstant,
  Refusal,
  ServiceRuntime,
  notYetVisible,
  tokenOf,
} from '@tributary/platform';
import { ToFact } from '../application/facts';
import { factOutcomes } from '../read-model/fact-outcomes.projection';
import { FactsAhead } from '../read-model/facts-ahead.queries';

export class DueFactsBody {
  @ApiProperty({ description: 'Everything whose time has come until then is handed on.' })
  @IsInstant()
  asOf!: string;
}

interface TakenUp {
  readonly asOf: Instant;
  /** Facts that were handed on; each is once. */
  readonly facts: number;
  readonly token: string;
}

const AT_ONCE = 16;
const WAIT_MS = 20_000;

/** Time is a command, so that whoever replays the log sees the same facts become due. */
@ApiTags('events')
@Controller('v1/due-facts')
@Allow('admin', 'programme')
export class FactsAheadController {
  constructor(
    private readonly commands: CommandBus,
    private readonly ahead: FactsAhead,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary:
      'Hands on the facts that were `future_dated` and whose time has come; to be called every hour',
    description:
      'A fact that lies more than 24 hours ahead is taken, and waits. Twice, or late, changes nothing more: what it says holds since its own time.',
  })
  async takeUp(
    @Idempotent() { cause, tenant, receivedAt }: CommandContext,
    @Body() body: DueFactsBody,
  ): Promise<TakenUp> {
    const asOf = instant(body.asOf);
    if (asOf > receivedAt) throw inTheFuture();
    let position = await this.runtime.log.head();
    const shown = await this.runtime.feeds.waitUntil([factOutcomes.name], position, WAIT_MS);
    if (!shown) throw notYetVisible();
    let facts = 0;
    for await (const page of this.ahead.due(tenant, asOf)) {
      const waiting = [...page];
      const worker = async () => {
        for (let of = waiting.shift(); of !== undefined; of = waiting.shift()) {
          // One key hands each on once, also when the first attempt came to half of them.
          const commandId = uuidV5(cause.commandId, of.source, of.id);
          const outcome = await this.commands.execute(
            new ToFact(
              { type: 'TakeUpFact', ...of, asOf },
              { tenant, cause: { ...cause, commandId } },
            ),
          );
          if (outcome.kind === 'accepted') facts += 1;
          if (outcome.kind !== 'rejected' && outcome.position > position) ({ position } = outcome);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
    }
    return { asOf, facts, token: tokenOf(this.runtime.name, position) };
  }
}

function inTheFuture(): Refusal {
  const detail = 'What has not happened yet is not handed on: `asOf` is not later than now.';
  const errors = [{ pointer: '/asOf', code: 'in_the_future', detail }];
  return new Refusal(422, 'in_the_future', detail, { errors });
}

import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { type Instant, instant, uuidV5 } from '@tributary/kernel';
import {
  Allow,
  type CommandContext,
  Idempotent,
  IsInstant,
  ServiceRuntime,
  notYetVisible,
  tokenOf,
  assertHasCome,
} from '@tributary/platform';
import { DecideStanding } from '../application/standings';
import { standings } from '../read-model/standings.projection';
import { Standings } from '../read-model/standings.queries';

export class ClockBody {
  @ApiProperty({ description: 'Everything that time alone has changed until then is noticed.' })
  @IsInstant()
  asOf!: string;
}

interface Advanced {
  readonly asOf: Instant;
  readonly standings: number;
  /** Those of which something followed. */
  readonly changed: number;
  readonly token: string;
}

const AT_ONCE = 16;
const WAIT_MS = 20_000;

/** Time is a command, so that whoever replays the log sees the same quarters end. */
@ApiTags('tiers')
@Controller('v1/tier-evaluations')
@Allow('admin', 'programme')
export class ClockController {
  constructor(
    private readonly commands: CommandBus,
    private readonly read: Standings,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Evaluates every partner as of a time; to be called every day',
    description:
      'Certificates run out, quarters end, and so does grace. Each quarter has a scorecard of each partner. Twice, or late, changes nothing more.',
  })
  async advance(
    @Idempotent() { cause, tenant, receivedAt }: CommandContext,
    @Body() body: ClockBody,
  ): Promise<Advanced> {
    const asOf = instant(body.asOf);
    assertHasCome(asOf, receivedAt, 'What has not happened yet is not evaluated');
    let position = await this.runtime.log.head();
    const shown = await this.runtime.feeds.waitUntil([standings.name], position, WAIT_MS);
    if (!shown) throw notYetVisible();
    let [count, changed] = [0, 0];
    for await (const page of this.read.all(tenant)) {
      count += page.length;
      const waiting = [...page];
      const worker = async () => {
        for (let of = waiting.shift(); of !== undefined; of = waiting.shift()) {
          // One key advances each standing once, also when the first attempt came to half of them.
          const commandId = uuidV5(cause.commandId, of.partner, of.track);
          const outcome = await this.commands.execute(
            new DecideStanding(
              { type: 'AdvanceClock', ...of, asOf },
              { tenant, cause: { ...cause, commandId } },
            ),
          );
          if (outcome.kind === 'accepted') changed += 1;
          if (outcome.kind !== 'rejected' && outcome.position > position) ({ position } = outcome);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
    }
    return { asOf, standings: count, changed, token: tokenOf(this.runtime.name, position) };
  }
}

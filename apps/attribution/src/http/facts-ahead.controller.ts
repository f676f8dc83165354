import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Instant, instant, uuidV5 } from '@tributary/kernel';
import {
  Allow,
  type CommandContext,
  cursorOf,
  Idempotent,
  instantCursor,
  invalidCursor,
  ServiceRuntime,
  notYetVisible,
  tokenOf,
  assertHasCome,
} from '@tributary/platform';
import { ToFact } from '../application/facts';
import { factOutcomes } from '../read-model/fact-outcomes.projection';
import { type AheadCursor, FactsAhead } from '../read-model/facts-ahead.queries';
import { DueFactsBody } from './facts-ahead.dto';

interface TakenUp {
  readonly asOf: Instant;
  /** Facts that were handed on just now; each is once. */
  readonly facts: number;
  /** Facts are left: send it again with `next` as `after`, under a key of its own. */
  readonly more: boolean;
  readonly next: string | null;
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
      'A fact that lies more than 24 hours ahead is taken, and waits. Twice, or late, changes nothing more: what it says holds since its own time. ' +
      'One request hands on a page of facts: while the answer says `more`, send `next` as `after`, with the same `asOf`.',
  })
  async takeUp(
    @Idempotent() { cause, tenant, receivedAt }: CommandContext,
    @Body() body: DueFactsBody,
  ): Promise<TakenUp> {
    const asOf = instant(body.asOf);
    assertHasCome(asOf, receivedAt, 'What has not happened yet is not handed on');
    const due = { tenant, asOf };
    const after = body.after === undefined ? null : readDueCursor(body.after, due);
    const head = await this.runtime.log.head();
    // What is due behind a page was to be seen when the first was asked for, so that what follows from one page does not delay the next.
    if (!after && !(await this.runtime.feeds.waitUntil([factOutcomes.name], head, WAIT_MS)))
      throw notYetVisible();
    const page = await this.ahead.due({ ...due, after, limit: body.limit });
    const next = page.next && dueCursor(page.next, due);
    const waiting = [...page.facts];
    let [facts, position] = [0, head];
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
    const token = tokenOf(this.runtime.name, position);
    return { asOf, facts, more: next !== null, next, token };
  }
}

/** Which command a cursor belongs to. The edge binds cursors of questions to what was asked; that of a command binds itself. */
interface Due {
  readonly tenant: string;
  readonly asOf: Instant;
}

const dueCursor = ([waitsUntil, stream]: AheadCursor, { tenant, asOf }: Due): string =>
  cursorOf(waitsUntil, stream, asOf, tenant);

/** With another `asOf` the facts before it would be passed over, and nobody would be told. */
function readDueCursor(cursor: string, { tenant, asOf }: Due): AheadCursor {
  const [waitsUntil, stream, of, whose] = instantCursor(cursor, 4);
  if (waitsUntil === undefined || stream === undefined) throw invalidCursor();
  if (of !== asOf || whose !== tenant) throw invalidCursor();
  return [instant(waitsUntil), stream];
}

import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Instant, type Outcome, instant, parseStreamName, uuidV5 } from '@tributary/kernel';
import {
  Allow,
  answerOf,
  AskedAt,
  Caller,
  type CommandAnswer,
  type CommandContext,
  cursorOf,
  Idempotent,
  type LogPoint,
  momentOf,
  notYetVisible,
  pointAsked,
  type Principal,
  Refusal,
  type Refusals,
  SAME_PERSON,
  ServiceRuntime,
  standingAt,
  tokenOf,
  assertHasCome,
} from '@tributary/platform';
import { DecideEarnings } from '../application/earnings';
import type { EarningsCommand, EarningsRejected } from '../domain/earnings/commands';
import { windowOfStream } from '../domain/earnings/window';
import { earned } from '../read-model/earnings.projection';
import { type HeldPage, Holds } from '../read-model/holds.queries';
import { HoldsQuery } from './earnings.dto';
import { HoldBody, LiftBody, OverrideBody, ReleaseBody } from './holds.dto';
import { readHeldCursor, readReleaseCursor, releaseCursor } from './keyset';

const REFUSALS: Refusals<EarningsRejected> = {
  hold_exists: [409, 'The line has a hold of this id already.'],
  hold_unknown: [
    404,
    'The line has no hold of this id that a person may lift; what facts have placed ends with the facts.',
  ],
  line_unknown: [404, 'Nothing was earned on a line of this id.'],
  override_unknown: [404, 'No override of this id waits for approval on this line.'],
  same_person: SAME_PERSON,
  worth_below_zero: [
    422,
    "A line is worth zero at least; to take more back, adjust the partner's account.",
  ],
};

interface Released {
  readonly asOf: Instant;
  readonly windows: number;
  /** Parts that were released just now. What a large window has left follows by itself. */
  readonly released: number;
  /** Windows are left: send it again with `next` as `after`, under a key of its own. */
  readonly more: boolean;
  readonly next: string | null;
  readonly token: string;
}

const WINDOWS_AT_ONCE = 16;
const WAIT_MS = 20_000;

type OnLine = 'by' | 'id' | 'line' | 'receivedAt';
type AboutLine = Extract<EarningsCommand, { line: string }>;
/** As it is asked for; whose line it is, and by whom, is filled in. */
type Asked = AboutLine extends infer C ? (C extends AboutLine ? Omit<C, OnLine> : never) : never;

@ApiTags('earnings')
@Controller('v1')
@Allow('finance', 'admin')
export class HoldsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly holds: Holds,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Post('releases')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Releases to payouts everything whose hold has ended by then',
    description:
      'Each part is dated by the end of its hold, so that releasing twice, late or in two steps gives the same entries. One request looks ' +
      'at a page of windows: while the answer says `more`, send `next` as `after`, with the same `asOf`. It counts what was left to release when it came in.',
  })
  async release(
    @Idempotent() { cause, tenant, receivedAt }: CommandContext,
    @Body() body: ReleaseBody,
  ): Promise<Released> {
    const asOf = instant(body.asOf);
    assertHasCome(asOf, receivedAt, 'Holds end when their time has come');
    const release = { tenant, asOf };
    const after = body.after === undefined ? '' : readReleaseCursor(body.after, release);
    const head = await this.runtime.log.head();
    if (!(await this.runtime.feeds.waitUntil([earned.name], head, WAIT_MS))) throw notYetVisible();
    const page = await this.holds.windowsDue({ ...release, after, limit: body.limit });
    const next = page.next && releaseCursor(page.next, release);
    const streams = [...page.streams];
    const windows = streams.length;
    let [released, position] = [0, head];
    const worker = async () => {
      for (let stream = streams.shift(); stream !== undefined; stream = streams.shift()) {
        // One key releases each window once, also when the first attempt came to half of them.
        const commandId = uuidV5(cause.commandId, stream);
        const id = windowOfStream(parseStreamName(stream));
        const outcome = await this.run(
          { tenant, cause: { ...cause, commandId } },
          { type: 'ReleaseHolds', id, asOf, by: cause.actor },
        );
        if (outcome.kind === 'rejected') continue;
        released += outcome.events.filter(({ type }) => type === 'CommissionReleased').length;
        if (outcome.position > position) position = outcome.position;
      }
    };
    await Promise.all(Array.from({ length: Math.min(WINDOWS_AT_ONCE, windows) }, worker));
    const token = tokenOf(this.runtime.name, position);
    return { asOf, windows, released, more: next !== null, next, token };
  }

  @Get('holds')
  @Allow('finance', 'admin', 'auditor', 'programme')
  @ApiOperation({
    summary: 'What is held on a day, and who has to do what before it is released',
    description:
      'All parts together are the balance of the Held account on that day. Asked with `known` or `position`, as it was known there; ' +
      '`on` is then that moment, unless it is named.',
  })
  async list(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Query() query: HoldsQuery,
  ): Promise<HeldPage & LogPoint> {
    const point = await pointAsked(this.runtime, [earned.name], query);
    const { limit } = query;
    const on = momentOf(query.on, point?.known ?? askedAt);
    const after = query.after === undefined ? null : readHeldCursor(query.after);
    const upTo = point?.position;
    const { last, ...page } = await this.holds.page({ tenant, on, upTo, after, limit });
    const standing = standingAt(point, page.position);
    return {
      ...page,
      ...standing,
      next: last && cursorOf(last.line, last.until, last.entity, last.asset),
    };
  }

  @Post('lines/:line/holds')
  @HttpCode(201)
  @ApiOperation({
    summary: 'Holds a line, whatever its plan says',
    description:
      'It holds what the same partner earns of that payment under the same plan, also where a correction moves the payment into another ' +
      'window, in which the line has another name. It is lifted under either.',
  })
  async place(
    @Idempotent() context: CommandContext,
    @Param('line') line: string,
    @Body() { reason, owner, condition }: HoldBody,
  ): Promise<CommandAnswer> {
    const hold = context.newId;
    return await this.decide(context, line, hold, {
      type: 'PlaceHold',
      hold,
      reason,
      owner,
      condition,
    });
  }

  @Post('lines/:line/holds/:hold/lifts')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Lifts a hold, or gives the approval that a rule asks for',
    description: 'The name of that hold is `approval`. What follows from facts ends with them.',
  })
  async lift(
    @Idempotent() context: CommandContext,
    @Param('line') line: string,
    @Param('hold') hold: string,
    @Body() { note }: LiftBody,
  ): Promise<CommandAnswer> {
    return await this.decide(context, line, hold, { type: 'LiftHold', hold, note });
  }

  @Post('lines/:line/overrides')
  @HttpCode(201)
  @ApiOperation({ summary: 'Proposes what a line is to be worth; a second person approves it' })
  async propose(
    @Idempotent() context: CommandContext,
    @Param('line') line: string,
    @Body() { amount, reason }: OverrideBody,
  ): Promise<CommandAnswer> {
    const override = context.newId;
    return await this.decide(context, line, override, {
      type: 'ProposeOverride',
      override,
      amount,
      reason,
    });
  }

  @Post('lines/:line/overrides/:override/approvals')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Approves what somebody else has proposed; it is dated by this decision',
  })
  async approve(
    @Idempotent() context: CommandContext,
    @Param('line') line: string,
    @Param('override') override: string,
  ): Promise<CommandAnswer> {
    return await this.decide(context, line, override, { type: 'ApproveOverride', override });
  }

  private async decide(
    { cause, tenant, receivedAt }: CommandContext,
    line: string,
    answeredAs: string,
    asked: Asked,
  ): Promise<CommandAnswer> {
    const stream = await this.holds.streamOfLine(tenant, line);
    if (stream === undefined)
      throw new Refusal(404, 'line_unknown', 'Nobody has earned on a line of this name.');
    const id = windowOfStream(parseStreamName(stream));
    const outcome = await this.run(
      { tenant, cause },
      { ...asked, id, line, by: cause.actor, receivedAt },
    );
    return answerOf(outcome, { service: this.runtime.name, id: answeredAs }, REFUSALS);
  }

  private run(
    context: Pick<CommandContext, 'cause' | 'tenant'>,
    command: EarningsCommand,
  ): Promise<Outcome<EarningsRejected>> {
    return this.commands.execute(new DecideEarnings(command, context));
  }
}

import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Instant, dayOf, instant, withoutDashes } from '@tributary/kernel';
import {
  Allow,
  AskedAt,
  Caller,
  type CommandAnswer,
  type CommandContext,
  Idempotent,
  type Principal,
  ServiceRuntime,
  answerOf,
  cursorOf,
  instantCursor,
  readCursor,
  tokenOf,
  untilVisible,
  assertHasCome,
} from '@tributary/platform';
import { RunDesk } from '../application/runs-desk';
import { RunFigures } from '../read-model/runs.figures';
import { runs } from '../read-model/runs.projection';
import { PayoutRuns } from '../read-model/runs.queries';
import { assertPayDay } from './pay-on';
import { REFUSALS } from './runs.decisions.controller';
import {
  AdvanceRunsBody,
  DeclinedQuery,
  DraftRunBody,
  OnTimeQuery,
  RunItemsQuery,
  RunQuery,
  RunsQuery,
} from './runs.dto';
import { runNamed, runUnknown } from './runs.names';

@ApiTags('payout runs')
@Controller('v1/payout-runs')
@Allow('finance', 'admin')
export class RunsController {
  constructor(
    private readonly desk: RunDesk,
    private readonly payoutRuns: PayoutRuns,
    private readonly figures: RunFigures,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({
    summary: 'Drafts a run on demand and begins to reserve what it will pay',
    description:
      'Every account answers with a reservation or with the reason why nothing is paid to it. The run is locked once all have answered.',
  })
  async draft(
    @Idempotent() context: CommandContext,
    @Body() { entity, asset, payOn, partners }: DraftRunBody,
  ): Promise<CommandAnswer> {
    assertPayDay(payOn, context.receivedAt);
    const asked = { entity, asset, payOn: payOn ?? null, partners: partners ?? null };
    const outcome = await this.desk.draft(context, asked);
    return answerOf(outcome, { service: this.runtime.name, id: context.newId }, REFUSALS);
  }

  @Post('advance')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Drafts the monthly runs whose day has come',
    description:
      'For the closed month, on the day of the policy in the zone of the entity. A month has one run, however often this is sent.',
  })
  async advance(@Idempotent() context: CommandContext, @Body() body: AdvanceRunsBody) {
    const asOf = instant(body.asOf);
    assertHasCome(asOf, context.receivedAt, 'A run is drafted when its day has come');
    const { runs: drafted, position } = await this.desk.advance(context, asOf);
    const items = drafted.map(({ run, ...each }) => ({ ...each, run: withoutDashes(run) }));
    return { asOf, runs: items, token: tokenOf(this.runtime.name, position) };
  }

  @Post('dry-runs')
  @HttpCode(200)
  @ApiOperation({
    summary: 'What a run would be if it were drafted now; writes nothing',
    description: 'Asks every account the question that locking asks, so the items are the same.',
  })
  async dryRun(
    @Idempotent() { cause, tenant, receivedAt: at }: CommandContext,
    @Body() { entity, asset, payOn, partners }: DraftRunBody,
  ) {
    assertPayDay(payOn, at);
    const asked = { entity, asset, payOn: payOn ?? null, partners: partners ?? null };
    return await this.desk.dryRun(tenant, asked, { run: cause.commandId, by: cause.actor, at });
  }

  @Get()
  @Allow('finance', 'admin', 'auditor')
  @ApiOperation({ summary: 'Runs, the latest first' })
  async list(@Caller() { tenant }: Principal, @Query() query: RunsQuery) {
    await untilVisible(this.runtime, [runs.name], query);
    const [at = 'infinity', run = ''] =
      query.after === undefined ? [] : instantCursor(query.after, 2);
    const { limit, entity = null } = query;
    const after = [at as Instant | 'infinity', run] as const;
    const page = await this.payoutRuns.page(tenant, entity, after, limit);
    const last = page.items.length < limit ? undefined : page.items.at(-1);
    return { ...page, next: last ? cursorOf(last.draftedAt, last.run) : null };
  }

  @Get(':run')
  @Allow('finance', 'admin', 'auditor')
  @ApiOperation({ summary: 'A run with its totals, its flags and every step of its life' })
  async find(@Caller() { tenant }: Principal, @Param('run') run: string, @Query() query: RunQuery) {
    const { found, position } = await this.found(tenant, run, query);
    return { ...found, position };
  }

  @Get(':run/items')
  @Allow('finance', 'admin', 'auditor')
  @ApiOperation({ summary: 'The items of a run, with what was flagged and how far each is' })
  async items(
    @Caller() { tenant }: Principal,
    @Param('run') run: string,
    @Query() query: RunItemsQuery,
  ) {
    await this.found(tenant, run, query);
    const { limit, only = null } = query;
    const page = await this.payoutRuns.items(tenant, run, { only, limit, after: partnerIn(query) });
    return withNext(page, limit);
  }

  @Get(':run/declined')
  @Allow('finance', 'admin', 'auditor')
  @ApiOperation({ summary: 'Who was left out of a run, and why; what is theirs stays payable' })
  async declined(
    @Caller() { tenant }: Principal,
    @Param('run') run: string,
    @Query() query: DeclinedQuery,
  ) {
    await this.found(tenant, run, query);
    const { limit, reason: only = null } = query;
    const after = partnerIn(query);
    return withNext(await this.payoutRuns.declined(tenant, run, { only, limit, after }), limit);
  }

  @Get(':run/diff')
  @Allow('finance', 'admin', 'auditor')
  @ApiOperation({ summary: 'What is different from the run before' })
  async diff(@Caller() { tenant }: Principal, @Param('run') run: string, @Query() query: RunQuery) {
    const { position } = await this.found(tenant, run, query);
    return { ...(await this.figures.diff(tenant, run)), position };
  }

  @Get(':run/on-time')
  @Allow('finance', 'admin', 'auditor')
  @ApiOperation({
    summary: 'Whether what a run pays was paid in time',
    description:
      'Due is the end of the month of the payment and the days of the policy. What waited for tax papers, identity, bank details, a dispute or the minimum is shown beside it.',
  })
  async onTime(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Param('run') run: string,
    @Query() query: OnTimeQuery,
  ) {
    const { found, position, zone } = await this.found(tenant, run, query);
    const asOf = query.asOf ?? dayOf(askedAt, zone);
    return { run: found.run, ...(await this.figures.onTime(tenant, run, asOf)), position };
  }

  private async found(tenant: string, run: string, query: RunQuery) {
    runNamed(run);
    await untilVisible(this.runtime, [runs.name], query);
    const { found, position } = await this.payoutRuns.find(tenant, run);
    if (!found) throw runUnknown();
    return { found, position, zone: found.zone };
  }
}

const partnerIn = ({ after }: { readonly after?: string }): string =>
  after === undefined ? '' : (readCursor(after, 1)[0] ?? '');

function withNext<T extends { readonly partner: string }>(
  page: { readonly position: bigint; readonly items: readonly T[] },
  limit: number,
) {
  const last = page.items.length < limit ? undefined : page.items.at(-1);
  return { ...page, next: last ? cursorOf(last.partner) : null };
}

import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { TRACKS, type Track } from '@tributary/contracts';
import type { Instant } from '@tributary/kernel';
import {
  Allow,
  AskedAt,
  Caller,
  type CommandAnswer,
  type CommandContext,
  Idempotent,
  LimitedQuery,
  type Principal,
  Refusal,
  ServiceRuntime,
  momentOf,
  pointAsked,
  standingAt,
  untilVisible,
} from '@tributary/platform';
import { Scorecards } from '../application/scorecards';
import { isTrack } from '../domain/rules/decide';
import { evaluations } from '../read-model/evaluations.projection';
import { Evaluations, type NoticeShown } from '../read-model/evaluations.queries';
import { decideBy } from './deciding';
import {
  ScorecardQuery,
  ScorecardsQuery,
  TaskAssignmentBody,
  TaskDoneBody,
  TaskPath,
  TasksQuery,
} from './scorecards.dto';
import { StandingPath } from './standings.dto';

@ApiTags('tiers')
@Controller('v1')
@Allow('admin', 'programme', 'auditor', 'finance', 'partner')
export class ScorecardsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly cards: Scorecards,
    private readonly read: Evaluations,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Get('partners/:partner/standings/:track/scorecard')
  @ApiOperation({
    summary: 'Where a partner stands at any time, with the evidence, and what its next tier needs',
    description: 'Computed from everything that is known, or was known then.',
  })
  async scorecard(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Param() { partner, track }: StandingPath,
    @Query() query: ScorecardQuery,
  ) {
    const asked = { tenant, partner, track: known(track), at: momentOf(query.at, askedAt) };
    const point = await pointAsked(this.runtime, [], query);
    const card = await this.cards.at({ ...asked, point });
    return { ...card, ...standingAt(point, card.position) };
  }

  @Get('partners/:partner/standings/:track/scorecards')
  @ApiOperation({
    summary: 'Scorecards as they were issued, the latest first',
    description: 'One for every quarter, for every change, and whenever somebody asked for one.',
  })
  async issued(
    @Caller() { tenant }: Principal,
    @Param() { partner, track }: StandingPath,
    @Query() query: ScorecardsQuery,
  ) {
    const of = { partner, track: known(track) };
    const point = await pointAsked(this.runtime, [evaluations.name], query);
    const { items, position } = await this.read.scorecards(tenant, of, query, point);
    return { ...of, items, ...standingAt(point, position) };
  }

  @Get('partners/:partner/benefits')
  @ApiOperation({ summary: 'What comes with the tiers that a partner has at a time' })
  async benefits(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Param('partner') partner: string,
    @Query() query: ScorecardQuery,
  ) {
    const at = momentOf(query.at, askedAt);
    const point = await pointAsked(this.runtime, [], query);
    const tracks = Object.keys(TRACKS) as Track[];
    const found = await Promise.all(
      tracks.map((track) => this.cards.benefits({ tenant, partner, track, at, point })),
    );
    const items = tracks.map((track, i) => ({ track, ...found[i] }));
    const position = found.reduce(
      (last, each) => (each.position > last ? each.position : last),
      0n,
    );
    return { partner, at, items, ...standingAt(point, position) };
  }

  @Get('demotions')
  @Allow('admin', 'programme', 'auditor', 'finance')
  @ApiOperation({ summary: 'Tiers that are about to fall, and appeals against it' })
  async demotions(@Caller() { tenant }: Principal, @Query() query: LimitedQuery) {
    await untilVisible(this.runtime, [evaluations.name], query);
    return await this.read.notices(tenant, null, query.limit);
  }

  @Get('partners/:partner/demotions')
  @ApiOperation({
    summary: 'Tiers of a partner that are about to fall, and why',
    description: 'A key of the partner sees what became of its appeal, and not who decided why.',
  })
  async demotionsOf(
    @Caller() { tenant, role }: Principal,
    @Param('partner') partner: string,
    @Query() query: LimitedQuery,
  ) {
    await untilVisible(this.runtime, [evaluations.name], query);
    const notices = await this.read.notices(tenant, partner, query.limit);
    return role === 'partner'
      ? { ...notices, items: notices.items.map(noticeForThePartner) }
      : notices;
  }

  @Get('tier-tasks')
  @Allow('admin', 'programme', 'auditor', 'finance')
  @ApiOperation({ summary: 'What somebody has to do because of a tier' })
  async tasks(@Caller() { tenant }: Principal, @Query() query: TasksQuery) {
    await untilVisible(this.runtime, [evaluations.name], query);
    const { limit, partner, state, owner } = query;
    return await this.read.tasks(tenant, { partner, state, owner }, limit);
  }

  @Post('partners/:partner/standings/:track/tasks/:task/assignments')
  @HttpCode(200)
  @Allow('admin', 'programme')
  @ApiOperation({ summary: 'Hands a task to another owner' })
  async assign(
    @Idempotent() context: CommandContext,
    @Param() { task, ...path }: TaskPath,
    @Body() { owner }: TaskAssignmentBody,
  ): Promise<CommandAnswer> {
    const asked = { type: 'AssignTask', task, owner } as const;
    return await decideBy(this.commands, context, path, asked);
  }

  @Post('partners/:partner/standings/:track/tasks/:task/completions')
  @HttpCode(200)
  @Allow('admin', 'programme')
  @ApiOperation({ summary: 'Says that a task is done' })
  async complete(
    @Idempotent() context: CommandContext,
    @Param() { task, ...path }: TaskPath,
    @Body() { note }: TaskDoneBody,
  ): Promise<CommandAnswer> {
    return await decideBy(this.commands, context, path, { type: 'CloseTask', task, note });
  }
}

const noticeForThePartner = ({ appeal, ...notice }: NoticeShown) => {
  const { upheld, at } = appeal?.decided ?? {};
  const decided = upheld === undefined ? null : { upheld, at };
  return { ...notice, appeal: appeal && { decided } };
};

function known(track: string): Track {
  if (isTrack(track)) return track;
  throw new Refusal(404, 'track_unknown', `Tracks are ${Object.keys(TRACKS).join(' and ')}.`);
}

import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { instant } from '@tributary/kernel';
import {
  Allow,
  answerOf,
  Caller,
  type CommandAnswer,
  type CommandContext,
  Idempotent,
  OF_A_DRAFT,
  type Principal,
  Refusal,
  type Refusals,
  ServiceRuntime,
  untilVisible,
  WaitingQuery,
} from '@tributary/platform';
import { DecideRules } from '../application/rules';
import { type RulesCommand, type RulesRejected, isTrack } from '../domain/rules/decide';
import type { Flaw } from '../domain/rules/flaws';
import { VOCABULARY } from '../domain/rules/read-rules';
import { STARTER_RULES } from '../domain/rules/starter';
import { whichTier } from '../domain/rules/tier-tree';
import { rules } from '../read-model/rules.projection';
import { TierRulesRead } from '../read-model/rules.queries';
import { NewRulesBody, RulesApprovalBody, TierTreeQuery } from './rules.dto';
import { SERVICE } from './deciding';

const REFUSALS: Refusals<RulesRejected> = {
  ...OF_A_DRAFT,
  history_full: [
    409,
    'So many versions of these rules are on record that one more does not fit into what is told to others.',
  ],
  rules_invalid: [422, 'The rules cannot be used as they are worded; see errors.'],
  start_taken: [409, 'Another version begins at this very time; let this one begin at another.'],
  track_unknown: [404, 'There is no such track; `tracks` lists those there are.'],
};

@ApiTags('tiers')
@Controller('v1')
@Allow('admin', 'programme')
export class RulesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly read: TierRulesRead,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Post('tier-rules/:track/drafts')
  @ApiOperation({
    summary: 'Drafts the next version of the rules of a track',
    description:
      'It decides nothing before a second person approves it. A new draft takes the place of one that waits.',
  })
  async draft(
    @Idempotent() context: CommandContext,
    @Param('track') track: string,
    @Body() { effectiveFrom, content }: NewRulesBody,
  ): Promise<CommandAnswer> {
    const from = instant(effectiveFrom);
    const { cause, receivedAt } = context;
    return await this.decide(context, {
      type: 'DraftRules',
      track,
      content,
      effectiveFrom: from,
      by: cause.actor,
      receivedAt,
    });
  }

  @Post('tier-rules/:track/approvals')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Approves what somebody else has drafted, which publishes it',
    description: 'Every partner of the track is evaluated anew. Nobody loses a tier for the past.',
  })
  async approve(
    @Idempotent() context: CommandContext,
    @Param('track') track: string,
    @Body() { hash }: RulesApprovalBody,
  ): Promise<CommandAnswer> {
    const { cause, receivedAt } = context;
    const by = cause.actor;
    return await this.decide(context, { type: 'ApproveRules', track, hash, by, receivedAt });
  }

  @Get('tier-rules')
  @Allow('admin', 'programme', 'auditor', 'finance', 'partner')
  @ApiOperation({
    summary: 'The rules that are built in, and everything that rules may ask for',
    description: 'They hold where nobody has published any.',
  })
  builtIn() {
    return { starters: STARTER_RULES, vocabulary: VOCABULARY };
  }

  @Get('tier-rules/:track')
  @Allow('admin', 'programme', 'auditor', 'finance')
  @ApiOperation({ summary: 'The rules of a track, every version, and the draft that waits' })
  async find(
    @Caller() { tenant }: Principal,
    @Param('track') track: string,
    @Query() query: WaitingQuery,
  ) {
    if (!isTrack(track)) throw new Refusal(404, 'track_unknown', 'There is no such track.');
    await untilVisible(this.runtime, [rules.name], query);
    return { ...(await this.read.find(tenant, track)), starter: STARTER_RULES[track] };
  }

  @Get('tier-tree')
  @Allow('admin', 'programme', 'auditor', 'finance', 'partner')
  @ApiOperation({ summary: 'Which tier of the integration track to aim at' })
  tree(@Query() { selfServe, marquee }: TierTreeQuery) {
    const tier = whichTier({ selfServe, marquee });
    const rule = STARTER_RULES.integration.content.tiers.find((each) => each.tier === tier);
    return { track: 'integration', tier, criteria: rule?.criteria ?? [] };
  }

  private async decide(context: CommandContext, command: RulesCommand): Promise<CommandAnswer> {
    const outcome = await this.commands.execute(new DecideRules(command, context));
    if (outcome.kind === 'rejected' && outcome.rejected.code === 'rules_invalid')
      throw invalidRules(outcome.rejected.flaws);
    return answerOf(outcome, { service: SERVICE, id: command.track }, REFUSALS);
  }
}

/** Each flaw where the body has it. */
function invalidRules(flaws: readonly Flaw[]): Refusal {
  const errors = flaws.map(({ pointer, ...flaw }) => ({ pointer: `/content${pointer}`, ...flaw }));
  const [status, detail] = REFUSALS.rules_invalid;
  return new Refusal(status, 'rules_invalid', detail, { errors });
}

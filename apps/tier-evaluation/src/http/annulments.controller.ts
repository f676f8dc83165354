import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { instant } from '@tributary/kernel';
import { Allow, type CommandAnswer, type CommandContext, Idempotent } from '@tributary/platform';
import {
  AnnulmentApprovalBody,
  AnnulmentBody,
  AnnulmentRejectionBody,
  AppealBody,
  AppealDecisionBody,
} from './annulments.dto';
import { decideBy } from './deciding';
import { StandingPath } from './standings.dto';

@ApiTags('tiers')
@Controller('v1/partners/:partner/standings/:track')
@Allow('admin', 'programme')
export class AnnulmentsController {
  constructor(private readonly commands: CommandBus) {}

  @Post('annulments')
  @ApiOperation({
    summary: 'Proposes to take a tier away for the past, because of fraud',
    description: 'The one way in which a tier falls backwards. A second person decides.',
  })
  async annul(
    @Idempotent() context: CommandContext,
    @Param() path: StandingPath,
    @Body() { tier, from, until, reason, evidence }: AnnulmentBody,
  ): Promise<CommandAnswer> {
    return await decideBy(this.commands, context, path, {
      type: 'ProposeAnnulment',
      tier,
      from: instant(from),
      until: until === undefined ? null : instant(until),
      reason,
      evidence,
    });
  }

  @Post('annulments/approvals')
  @HttpCode(200)
  @ApiOperation({ summary: 'Approves an annulment that somebody else has proposed' })
  async approve(
    @Idempotent() context: CommandContext,
    @Param() path: StandingPath,
    @Body() { annulment }: AnnulmentApprovalBody,
  ): Promise<CommandAnswer> {
    const asked = { type: 'ApproveAnnulment', annulment } as const;
    return await decideBy(this.commands, context, path, asked);
  }

  @Post('annulments/rejections')
  @HttpCode(200)
  @ApiOperation({ summary: 'Turns an annulment down, or takes back your own' })
  async turnDown(
    @Idempotent() context: CommandContext,
    @Param() path: StandingPath,
    @Body() { annulment, reason }: AnnulmentRejectionBody,
  ): Promise<CommandAnswer> {
    const asked = { type: 'RejectAnnulment', annulment, reason } as const;
    return await decideBy(this.commands, context, path, asked);
  }

  @Post('appeals')
  @Allow('admin', 'programme', 'partner')
  @ApiOperation({
    summary: 'Appeals against a tier that is about to fall',
    description: 'It stays until somebody has decided.',
  })
  async appeal(
    @Idempotent() context: CommandContext,
    @Param() path: StandingPath,
    @Body() { tier, reason }: AppealBody,
  ): Promise<CommandAnswer> {
    const asked = { type: 'AppealDemotion', tier, reason } as const;
    return await decideBy(this.commands, context, path, asked);
  }

  @Post('appeals/decisions')
  @HttpCode(200)
  @ApiOperation({ summary: 'Decides an appeal: until when the tier stays, or that it falls' })
  async decideAppeal(
    @Idempotent() context: CommandContext,
    @Param() path: StandingPath,
    @Body() { tier, keepUntil, reason }: AppealDecisionBody,
  ): Promise<CommandAnswer> {
    return await decideBy(this.commands, context, path, {
      type: 'DecideAppeal',
      tier,
      keepUntil: keepUntil === null ? null : instant(keepUntil),
      reason,
    });
  }
}

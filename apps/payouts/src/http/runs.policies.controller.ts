import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Instant, type Asset, instant } from '@tributary/kernel';
import {
  Allow,
  answerOf,
  AskedAt,
  Caller,
  type CommandAnswer,
  type CommandContext,
  Idempotent,
  OF_A_DRAFT,
  type Principal,
  Refusal,
  type Refusals,
  ServiceRuntime,
} from '@tributary/platform';
import { loadSettings } from '../application/files';
import { DecidePayoutPolicy, readPolicies } from '../application/runs-policies';
import { isOfPayer } from '../application/runs-terms';
import {
  type PayoutPolicyCommand,
  type PayoutPolicyRejected,
  policyAt,
} from '../domain/run/policy';
import { ApprovePolicyBody, type PayingAccountBody, PayoutPolicyBody } from './runs.dto';

const REFUSALS: Refusals<PayoutPolicyRejected> = {
  ...OF_A_DRAFT,
};

@ApiTags('payout runs')
@Controller('v1/payout-policies/:entity')
@Allow('finance', 'admin')
export class PayoutPoliciesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({
    summary: 'Words how an entity pays',
    description:
      'In force at once, unless it pays from an account that no version has paid from: then a second person approves it. An account of another entity or currency is refused; one that nobody has registered pays nothing until somebody does.',
  })
  async word(
    @Idempotent() context: CommandContext,
    @Param('entity') entity: string,
    @Body() body: PayoutPolicyBody,
  ): Promise<CommandAnswer> {
    const { effectiveFrom, minimum, runDay, isAutomatic, dueDays, payingAccounts } = body;
    const policy = {
      minimum: byAsset(minimum.map(({ asset, amount }) => [asset, amount])),
      runDay,
      isAutomatic,
      dueDays,
      payingAccounts: byAsset(payingAccounts.map(({ asset, rail }) => [asset, rail])),
    };
    await this.assertOfPayer(context.tenant, entity, payingAccounts);
    return await this.decide(context, {
      type: 'WordPayoutPolicy',
      entity,
      policy,
      effectiveFrom: instant(effectiveFrom),
      by: context.cause.actor,
      receivedAt: context.receivedAt,
    });
  }

  @Post('approvals')
  @HttpCode(200)
  @ApiOperation({ summary: 'Approves what somebody else has worded' })
  async approve(
    @Idempotent() context: CommandContext,
    @Param('entity') entity: string,
    @Body() { hash }: ApprovePolicyBody,
  ): Promise<CommandAnswer> {
    return await this.decide(context, {
      type: 'ApprovePayoutPolicy',
      entity,
      hash,
      by: context.cause.actor,
      receivedAt: context.receivedAt,
    });
  }

  @Get()
  @Allow('finance', 'admin', 'auditor')
  @ApiOperation({ summary: 'How an entity pays now, every version, and what waits for approval' })
  async find(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Param('entity') entity: string,
  ) {
    const { policies, position } = await readPolicies(this.runtime.log, tenant, entity);
    const { published: versions, draft } = policies;
    return { entity, inForce: policyAt(policies, askedAt), versions, draft, position };
  }

  private async assertOfPayer(
    tenant: string,
    entity: string,
    named: readonly PayingAccountBody[],
  ): Promise<void> {
    for (const [place, { asset, rail }] of named.entries()) {
      const settings = await loadSettings(this.runtime.log, tenant, rail);
      if (settings === undefined || isOfPayer(settings, { entity, asset })) continue;
      const detail = `${rail} pays ${settings.asset} of ${settings.entity}.`;
      const errors = [{ pointer: `/payingAccounts/${String(place)}/rail`, code: DIFFERS, detail }];
      throw new Refusal(422, DIFFERS, detail, { errors });
    }
  }

  private async decide(
    context: CommandContext,
    command: PayoutPolicyCommand,
  ): Promise<CommandAnswer> {
    const outcome = await this.commands.execute(new DecidePayoutPolicy(command, context));
    return answerOf(outcome, { service: this.runtime.name, id: command.entity }, REFUSALS);
  }
}

const DIFFERS = 'account_differs';

const byAsset = (pairs: readonly (readonly [Asset, string])[]): Readonly<Record<Asset, string>> =>
  Object.fromEntries(pairs);

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
import { DecidePolicy } from '../application/policies';
import type { PolicyCommand, PolicyRejected } from '../domain/policy/decide';
import type { Flaw } from '../domain/policy/read-content';
import { STANDARD_POLICY } from '../domain/policy/standard';
import { policies } from '../read-model/policies.projection';
import { Policies } from '../read-model/policies.queries';
import { NewPolicyVersionBody, PoliciesQuery, PolicyApprovalBody } from './policies.dto';

const REFUSALS: Refusals<PolicyRejected> = {
  ...OF_A_DRAFT,
  history_full: [
    409,
    'So many versions of this policy are on record that one more does not fit into what is told to others.',
  ],
  name_reserved: [422, 'Decisions name the built-in policy so; no programme may have this name.'],
  policy_invalid: [422, 'The policy cannot be used as it is worded; see errors.'],
  start_taken: [409, 'Another version begins at this very time; let this one begin at another.'],
};

@ApiTags('policies')
@Controller('v1/policies')
@Allow('admin', 'programme')
export class PoliciesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly policies: Policies,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Post()
  @ApiOperation({
    summary: 'Drafts the next version of the policy by which a programme credits',
    description:
      'It governs nothing before a second person approves it. A new draft takes the place of one that waits.',
  })
  async draft(
    @Idempotent() context: CommandContext,
    @Body() { programme, effectiveFrom, content }: NewPolicyVersionBody,
  ): Promise<CommandAnswer> {
    const { cause, receivedAt } = context;
    return await this.decide(context, {
      type: 'DraftPolicyVersion',
      programme,
      content,
      effectiveFrom: instant(effectiveFrom),
      by: cause.actor,
      receivedAt,
    });
  }

  @Post(':policy/approvals')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Approves what somebody else has drafted, which publishes it',
    description: 'Customers whose conversion it governs are decided anew.',
  })
  async approve(
    @Idempotent() context: CommandContext,
    @Param('policy') programme: string,
    @Body() { hash }: PolicyApprovalBody,
  ): Promise<CommandAnswer> {
    const { cause, receivedAt } = context;
    return await this.decide(context, {
      type: 'ApprovePolicyVersion',
      programme,
      hash,
      by: cause.actor,
      receivedAt,
    });
  }

  @Get()
  @Allow('admin', 'programme', 'auditor', 'finance')
  @ApiOperation({
    summary: 'The policies of your programmes, and the one that is built in',
    description: 'A programme that has published none is credited by `standard`.',
  })
  async list(@Caller() { tenant }: Principal, @Query() query: PoliciesQuery) {
    await untilVisible(this.runtime, [policies.name], query);
    const { after = '', limit } = query;
    return { ...(await this.policies.page(tenant, after, limit)), standard: STANDARD_POLICY };
  }

  @Get(':policy')
  @Allow('admin', 'programme', 'auditor', 'finance')
  @ApiOperation({ summary: 'A policy with all its versions, and the draft that waits' })
  async find(
    @Caller() { tenant }: Principal,
    @Param('policy') policy: string,
    @Query() query: WaitingQuery,
  ) {
    await untilVisible(this.runtime, [policies.name], query);
    const { found, position } = await this.policies.find(tenant, policy);
    if (!found) {
      const detail = 'Nobody has drafted a policy for this programme; the standard one holds.';
      throw new Refusal(404, 'policy_unknown', detail);
    }
    return { ...found, position };
  }

  private async decide(context: CommandContext, command: PolicyCommand): Promise<CommandAnswer> {
    const outcome = await this.commands.execute(new DecidePolicy(command, context));
    if (outcome.kind === 'rejected' && outcome.rejected.code === 'policy_invalid')
      throw invalidPolicy(outcome.rejected.flaws);
    return answerOf(outcome, { service: this.runtime.name, id: command.programme }, REFUSALS);
  }
}

/** Each flaw where the body has it. */
function invalidPolicy(flaws: readonly Flaw[]): Refusal {
  const errors = flaws.map(({ pointer, ...flaw }) => ({ pointer: `/content${pointer}`, ...flaw }));
  const [status, detail] = REFUSALS.policy_invalid;
  return new Refusal(status, 'policy_invalid', detail, { errors });
}

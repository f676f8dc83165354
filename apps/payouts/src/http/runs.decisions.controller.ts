import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  Allow,
  answerOf,
  type CommandAnswer,
  type CommandContext,
  Idempotent,
  type Refusals,
  SAME_PERSON,
  ServiceRuntime,
} from '@tributary/platform';
import { DecideRun } from '../application/runs';
import type {
  AcknowledgeFlags,
  ApproveRun,
  CancelRun,
  ExcludeItems,
  LockAnew,
  ReleaseRun,
  RunRejected,
} from '../domain/run/commands';
import { AcknowledgeFlagsBody, ApproveRunBody, CancelRunBody, ExcludeItemsBody } from './runs.dto';
import { runNamed } from './runs.names';

export const REFUSALS: Refusals<RunRejected> = {
  editor_of_bank_details: [
    403,
    'You were the last to edit bank details of payees in this run: another person has to approve it.',
  ],
  flags_unacknowledged: [
    409,
    'Somebody has to look at what is flagged and acknowledge it; `flags` counts what is open.',
  ],
  hash_changed: [
    409,
    'The run was locked anew since you read it. Read it again and name the hash that stands in `hash`.',
  ],
  item_unknown: [404, 'There is no such payment in this run.'],
  items_changed: [
    409,
    'Bank details or amounts of payments have changed since the lock; `some` names them. Ask their accounts again.',
  ],
  items_faulty: [
    409,
    'Payments cannot be written into a file as they are; `some` names them. Have them mended, then ask their accounts again.',
  ],
  no_paying_account: [
    409,
    'No paying account fits this entity and currency; register one, and draft the run anew.',
  ],
  nothing_to_ask: [409, 'Every payment is as it was locked, so there is no account to ask again.'],
  nothing_to_pay: [409, 'The run pays nobody; cancel it.'],
  run_not_approved: [409, 'Only an approved run can be released; this one is as `status` says.'],
  run_not_locked: [
    409,
    'That is possible only while the run is locked; this one is as `status` says.',
  ],
  run_released: [
    409,
    'The run is released, and its payments are on their way: it can no longer be cancelled.',
  ],
  run_unknown: [404, 'There is no such run.'],
  same_person: SAME_PERSON,
};

type Filled = 'at' | 'by' | 'run';
type Asked =
  | Omit<AcknowledgeFlags, Filled>
  | Omit<ApproveRun, Filled>
  | Omit<CancelRun, Filled>
  | Omit<ExcludeItems, Filled>
  | Omit<LockAnew, Filled>
  | Omit<ReleaseRun, Filled>;

@ApiTags('payout runs')
@Controller('v1/payout-runs/:run')
@Allow('finance', 'admin')
export class RunDecisionsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Post('acknowledgements')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Says that what was flagged has been looked at',
    description: 'A run with a flag that nobody has answered for cannot be approved.',
  })
  async acknowledge(
    @Idempotent() context: CommandContext,
    @Param('run') run: string,
    @Body() { flag, items, note }: AcknowledgeFlagsBody,
  ): Promise<CommandAnswer> {
    const asked = { type: 'AcknowledgeFlags', flag, items: items ?? null, note } as const;
    return await this.decide(context, run, asked);
  }

  @Post('exclusions')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Takes items out of a locked run',
    description:
      'Their reservations are given back, and the run has another hash: an approval is void.',
  })
  async exclude(
    @Idempotent() context: CommandContext,
    @Param('run') run: string,
    @Body() { items, reason }: ExcludeItemsBody,
  ): Promise<CommandAnswer> {
    return await this.decide(context, run, { type: 'ExcludeItems', items, reason });
  }

  @Post('locks')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Reserves anew what cannot be paid as it was reserved',
    description:
      'Items whose bank details have changed since, or which cannot be written as they are, are asked again. The run has another hash.',
  })
  async lockAnew(
    @Idempotent() context: CommandContext,
    @Param('run') run: string,
  ): Promise<CommandAnswer> {
    return await this.decide(context, run, { type: 'LockAnew' });
  }

  @Post('approvals')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Approves what somebody else has prepared, by its hash',
    description:
      'Not by who drafted or changed it, nor by who had a hand in the bank details of any of its items.',
  })
  async approve(
    @Idempotent() context: CommandContext,
    @Param('run') run: string,
    @Body() { hash }: ApproveRunBody,
  ): Promise<CommandAnswer> {
    return await this.decide(context, run, { type: 'ApproveRun', hash });
  }

  @Post('releases')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Instructs every item of an approved run; from here on nothing is undone',
  })
  async release(
    @Idempotent() context: CommandContext,
    @Param('run') run: string,
  ): Promise<CommandAnswer> {
    return await this.decide(context, run, { type: 'ReleaseRun' });
  }

  @Post('cancellations')
  @HttpCode(202)
  @ApiOperation({ summary: 'Gives up a run before its release, and frees every reservation' })
  async cancel(
    @Idempotent() context: CommandContext,
    @Param('run') run: string,
    @Body() { reason }: CancelRunBody,
  ): Promise<CommandAnswer> {
    return await this.decide(context, run, { type: 'CancelRun', reason });
  }

  private async decide(
    { cause, tenant, receivedAt: at }: CommandContext,
    name: string,
    asked: Asked,
  ): Promise<CommandAnswer> {
    const command = { ...asked, run: runNamed(name), by: cause.actor, at };
    const outcome = await this.commands.execute(new DecideRun(command, { tenant, cause }));
    return answerOf(outcome, { service: this.runtime.name, id: name }, REFUSALS);
  }
}

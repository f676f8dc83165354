import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Instant, instant } from '@tributary/kernel';
import {
  Allow,
  answerOf,
  AskedAt,
  Caller,
  type CommandAnswer,
  type CommandContext,
  Idempotent,
  momentOf,
  type Principal,
  type Refusals,
  ServiceRuntime,
  untilVisible,
} from '@tributary/platform';
import { DecideCertification, DecideQualification } from '../application/commands';
import type { CertificationCommand, CertificationRejected } from '../domain/certification/decide';
import type { QualificationCommand, QualificationRejected } from '../domain/qualification/decide';
import { qualifications } from '../read-model/qualifications.projection';
import { Qualifications } from '../read-model/qualifications.queries';
import { RegistryQuery, timing } from './bodies';
import {
  CertificationStepBody,
  CertificationStepPath,
  CertificationStepWithdrawalBody,
  QualificationBody,
  QualificationPath,
  QualificationWithdrawalBody,
} from './qualifications.dto';
import { NOT_IN_HISTORY, SERVICE } from './statuses';

const REFUSALS: Refusals<QualificationRejected> = {
  ...NOT_IN_HISTORY,
  ends_before_start: [422, 'It would end before it begins; let `validUntil` be later than `at`.'],
  kind_unknown: [404, 'There is no such kind of qualification; `kinds` lists those there are.'],
  level_unknown: [422, 'This kind has no such level; `levels` lists those it has.'],
  qualification_unknown: [404, 'The partner has no such qualification on record.'],
  record_reserved: [
    409,
    'The path to certification keeps this record itself; choose another name.',
  ],
};
const CERTIFICATION_REFUSALS: Refusals<CertificationRejected> = {
  completed_in_future: [
    422,
    'What is completed has been completed: name the present or an earlier time.',
  ],
  record_exists: [
    409,
    'There is a step with this record already; take it back first if it was wrong.',
  ],
  record_unknown: [404, 'No step with this record is on the path.'],
};

@ApiTags('partners')
@Controller('v1/partners/:partner')
@Allow('admin', 'programme')
export class QualificationsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly read: Qualifications,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Post('qualifications/:kind/:record')
  @ApiOperation({
    summary: 'Records what a partner may show for itself: a certificate, a plan, a commitment',
    description: 'Again under the same record it is renewed, also late, also for the future.',
  })
  async grant(
    @Idempotent() context: CommandContext,
    @Param() path: QualificationPath,
    @Body() body: QualificationBody,
  ): Promise<CommandAnswer> {
    const { level, validUntil, evidence } = body;
    return await this.qualify(context, {
      type: 'GrantQualification',
      ...ofRecord(path, context),
      level,
      validUntil: validUntil === undefined ? null : instant(validUntil),
      evidence,
      ...timing(context, body),
    });
  }

  @Post('qualifications/:kind/:record/withdrawals')
  @HttpCode(200)
  @ApiOperation({ summary: 'It no longer holds, from now or from a day on' })
  async withdraw(
    @Idempotent() context: CommandContext,
    @Param() path: QualificationPath,
    @Body() body: QualificationWithdrawalBody,
  ): Promise<CommandAnswer> {
    const { reason } = body;
    return await this.qualify(context, {
      type: 'WithdrawQualification',
      ...ofRecord(path, context),
      reason,
      ...timing(context, body),
    });
  }

  @Post('certification/steps')
  @ApiOperation({
    summary: 'Records a step on the way to the certificate',
    description:
      'Four hours of technical training, eight of product training, a demo and a pilot customer: then the partner is certified, since the last of them.',
  })
  async step(
    @Idempotent() context: CommandContext,
    @Param('partner') partner: string,
    @Body() { record, step, minutes, completedAt, evidence }: CertificationStepBody,
  ): Promise<CommandAnswer> {
    const { cause, receivedAt } = context;
    return await this.certify(context, {
      type: 'RecordCertificationStep',
      partner,
      record,
      step,
      minutes,
      completedAt: instant(completedAt),
      evidence,
      by: cause.actor,
      receivedAt,
    });
  }

  @Post('certification/steps/:record/withdrawals')
  @HttpCode(200)
  @ApiOperation({ summary: 'Takes back a step that was recorded in error' })
  async takeBack(
    @Idempotent() context: CommandContext,
    @Param() { partner, record }: CertificationStepPath,
    @Body() { reason }: CertificationStepWithdrawalBody,
  ): Promise<CommandAnswer> {
    const { cause, receivedAt } = context;
    return await this.certify(context, {
      type: 'TakeBackCertificationStep',
      partner,
      record,
      reason,
      by: cause.actor,
      receivedAt,
    });
  }

  @Get('qualifications')
  @Allow('admin', 'programme', 'auditor', 'finance', 'partner')
  @ApiOperation({ summary: 'What a partner may show for itself at a time, with its history' })
  async list(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Param('partner') partner: string,
    @Query() query: RegistryQuery,
  ) {
    await untilVisible(this.runtime, [qualifications.name], query);
    const at = momentOf(query.at, askedAt);
    return { partner, ...(await this.read.ofPartner(tenant, partner, at)) };
  }

  @Get('certification')
  @Allow('admin', 'programme', 'auditor', 'finance', 'partner')
  @ApiOperation({ summary: 'How far a partner is on the way to its certificate' })
  async certification(
    @Caller() { tenant }: Principal,
    @Param('partner') partner: string,
    @Query() query: RegistryQuery,
  ) {
    await untilVisible(this.runtime, [qualifications.name], query);
    return { partner, ...(await this.read.certification(tenant, partner)) };
  }

  private async qualify(
    context: CommandContext,
    command: QualificationCommand,
  ): Promise<CommandAnswer> {
    const outcome = await this.commands.execute(new DecideQualification(command, context));
    const id = `${command.partner}.${command.kind}.${command.record}`;
    return answerOf(outcome, { service: SERVICE, id }, REFUSALS);
  }

  private async certify(
    context: CommandContext,
    command: CertificationCommand,
  ): Promise<CommandAnswer> {
    const outcome = await this.commands.execute(new DecideCertification(command, context));
    const id = `${command.partner}.${command.record}`;
    return answerOf(outcome, { service: SERVICE, id }, CERTIFICATION_REFUSALS);
  }
}

const ofRecord = ({ partner, kind, record }: QualificationPath, { cause }: CommandContext) => ({
  partner,
  kind,
  record,
  by: cause.actor,
});

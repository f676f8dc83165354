import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  Allow,
  Caller,
  type CommandAnswer,
  type CommandContext,
  Idempotent,
  type Principal,
  ServiceRuntime,
  answerOf,
  untilVisible,
} from '@tributary/platform';
import { PeriodCuts } from '../application/periods-cuts';
import type { PeriodRejected } from '../domain/period/commands';
import { periods } from '../read-model/periods.projection';
import { PeriodsShown } from '../read-model/periods.queries';
import { EntityParams, PeriodParams, PeriodsQuery } from './periods.dto';

const STATUS: Readonly<Record<PeriodRejected['code'], number>> = {
  month_not_over: 409,
  not_in_order: 409,
  period_blocked: 409,
  not_soft_closed: 409,
  same_person: 403,
  not_closed: 409,
  certified_otherwise: 409,
  trial_balance_off: 409,
  released_not_zero: 409,
};

@ApiTags('periods')
@Controller('v1/periods')
@Allow('finance', 'admin')
export class PeriodsController {
  constructor(
    private readonly cuts: PeriodCuts,
    private readonly shown: PeriodsShown,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Get(':entity')
  @Allow('finance', 'admin', 'auditor')
  @ApiOperation({
    summary:
      'How far the months of an entity have come, and what would keep the next cut from being made',
    description:
      'The figures of a month, and its certificate, are the ledger’s: /v1/ledger/periods.',
  })
  async list(
    @Caller() { tenant }: Principal,
    @Param() { entity }: EntityParams,
    @Query() query: PeriodsQuery,
  ) {
    await untilVisible(this.runtime, [periods.name], query);
    const [{ position, months }, beforeSoftClose, beforeClose] = await Promise.all([
      this.shown.months(tenant, entity),
      this.shown.behind(tenant, entity),
      this.shown.breaks(tenant, entity),
    ]);
    return { position, entity, months, blockers: { beforeSoftClose, beforeClose } };
  }

  @Post(':entity/:month/soft-close')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Cuts commission’s entries of a month',
    description:
      'What commission books from here on belongs to a later month and says which one it was earned in. Refused while commission is still posting for the entity; each blocker is named with its owner.',
  })
  async softClose(
    @Idempotent() context: CommandContext,
    @Param() { entity, month }: PeriodParams,
  ): Promise<CommandAnswer> {
    return this.answer(await this.cuts.softClose(context, entity, month), entity, month);
  }

  @Post(':entity/:month/close')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Closes a month, as another person than the one who soft-closed it',
    description:
      'Refused until the ledger has confirmed that every release before the soft-close was taken, and while bank and books disagree. The ledger then certifies it by itself.',
  })
  async close(
    @Idempotent() context: CommandContext,
    @Param() { entity, month }: PeriodParams,
  ): Promise<CommandAnswer> {
    return this.answer(await this.cuts.close(context, entity, month), entity, month);
  }

  private answer(
    outcome: Awaited<ReturnType<PeriodCuts['close']>>,
    entity: string,
    month: string,
  ): CommandAnswer {
    const id = `${entity}.${month}`;
    return answerOf(outcome, { service: this.runtime.name, id }, STATUS);
  }
}

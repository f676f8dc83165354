import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  Allow,
  answerOf,
  Caller,
  type CommandAnswer,
  type CommandContext,
  Idempotent,
  type Principal,
  type Refusals,
  SAME_PERSON,
  ServiceRuntime,
  untilVisible,
} from '@tributary/platform';
import { PeriodCuts } from '../application/periods-cuts';
import type { PeriodRejected } from '../domain/period/commands';
import { periods } from '../read-model/periods.projection';
import { PeriodsShown } from '../read-model/periods.queries';
import { EntityParams, PeriodParams, PeriodsQuery } from './periods.dto';

const REFUSALS: Refusals<PeriodRejected> = {
  month_not_over: [409, 'The month runs until the time that `until` names; close it then.'],
  not_in_order: [409, 'Months are closed one after another; the next is `next`.'],
  period_blocked: [
    409,
    'Something stands in the way of the close; `blockers` says what, and what to do about each.',
  ],
  not_soft_closed: [409, 'Close the month softly first; only then can it be closed for good.'],
  same_person: SAME_PERSON,
  not_closed: [409, 'Only a month that is closed can be certified.'],
  certified_otherwise: [
    409,
    'The month is certified already, with the digest that `digest` shows.',
  ],
  trial_balance_off: [
    409,
    'Debit and credit differ by `difference`; the books have to balance before they are certified.',
  ],
  released_not_zero: [
    409,
    'What commission has released was not taken over by payouts completely: `balance` is left.',
  ],
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
    return answerOf(outcome, { service: this.runtime.name, id }, REFUSALS);
  }
}

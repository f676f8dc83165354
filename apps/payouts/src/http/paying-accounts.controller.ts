import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { parseAsset, startOfDay } from '@tributary/kernel';
import {
  Allow,
  Caller,
  type CommandAnswer,
  type CommandContext,
  Idempotent,
  type Principal,
  Refusal,
  ServiceRuntime,
  answerOf,
  untilVisible,
} from '@tributary/platform';
import { DecideFile } from '../application/files';
import { paymentFiles } from '../read-model/files.projection';
import { PaymentFilesShown } from '../read-model/files.queries';
import { railNamed } from '../rails/rails';
import { accountUnknown } from './files.names';
import { FILE_REFUSALS } from './files.refusals';
import { FilesPageQuery, FilesReadQuery, PayingAccountBody } from './paying-accounts.dto';

@ApiTags('paying accounts')
@Controller('v1/paying-accounts')
@Allow('admin', 'finance')
export class PayingAccountsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly shown: PaymentFilesShown,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Post()
  @ApiOperation({
    summary: 'Registers an account that partners are paid from',
    description:
      'Its balance is booked once, against equity; from then on its statements continue it.',
  })
  async register(
    @Idempotent() context: CommandContext,
    @Body() body: PayingAccountBody,
  ): Promise<CommandAnswer> {
    const { id, opening, on, asset, account, ...rest } = body;
    const { branchDigit = null, ...digits } = account;
    assertWritable(body);
    const settings = {
      ...rest,
      asset: parseAsset(asset),
      account: { ...digits, branchDigit },
    };
    const outcome = await this.commands.execute(
      new DecideFile(
        {
          type: 'RegisterPayingAccount',
          rail: id,
          settings,
          opening,
          on,
          openedAt: startOfDay(on, settings.zone),
          by: context.cause.actor,
        },
        context,
      ),
    );
    return answerOf(outcome, { service: this.runtime.name, id }, FILE_REFUSALS);
  }

  @Get()
  @Allow('admin', 'finance', 'auditor')
  @ApiOperation({ summary: 'The accounts that partners are paid from' })
  async list(@Caller() { tenant }: Principal, @Query() query: FilesPageQuery) {
    await untilVisible(this.runtime, [paymentFiles.name], query);
    return await this.shown.accounts(tenant, query.after ?? '', query.limit);
  }

  @Get(':account')
  @Allow('admin', 'finance', 'auditor')
  @ApiOperation({ summary: 'One of them' })
  async find(
    @Caller() { tenant }: Principal,
    @Param('account') id: string,
    @Query() query: FilesReadQuery,
  ) {
    await untilVisible(this.runtime, [paymentFiles.name], query);
    const { found, position } = await this.shown.account(tenant, id);
    if (!found) throw accountUnknown();
    return { ...found, position };
  }
}

/** Its files would ask for as many centavos as there are cents to pay. */
function assertWritable({ format, asset }: PayingAccountBody): void {
  const { asset: only } = railNamed(format);
  if (only === null || only === asset) return;
  const detail = `Files of ${format} pay ${only} alone.`;
  const errors = [{ pointer: '/asset', code: 'format_of_another_currency', detail }];
  throw new Refusal(422, 'format_of_another_currency', detail, { errors });
}

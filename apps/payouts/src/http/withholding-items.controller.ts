import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  Allow,
  Caller,
  type Columns,
  type Principal,
  ServiceRuntime,
  asAccepted,
  limitAsked,
  readCursor,
} from '@tributary/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  ITEM_KEY_LENGTH,
  type ItemRow,
  WithholdingItems,
} from '../read-model/withholding-items.queries';
import { withholding } from '../read-model/withholding.projection';
import { readMonths } from './withholding.asked';
import { RegisterQuery } from './withholding.dto';

@ApiTags('withholding')
@Controller('v1/reports/withholding')
@Allow('admin', 'finance', 'auditor')
export class WithholdingItemsController {
  constructor(
    private readonly shown: WithholdingItems,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Get('items')
  @ApiOperation({
    summary: 'What was kept back of each payment, and what of it the tax authority has',
    description:
      'By the month in which a payment was instructed. `totals` of a month say what may be remitted of it, which is `owed`. ' +
      'Asked with `known` or `position`, as it was known there. Answers CSV to who accepts it.',
  })
  async items(
    @Caller() { tenant }: Principal,
    @Query() query: RegisterQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const page = await readMonths(this.runtime, {
      tenant,
      query,
      limit: limitAsked(query, { request, reply }),
      shown: [withholding.name],
      readAfter: (cursor) => readCursor(cursor, ITEM_KEY_LENGTH),
      page: (asked) => this.shown.page(asked),
    });
    return asAccepted<ItemRow, typeof page>(page, COLUMNS, { request, reply });
  }
}

const COLUMNS: Columns<ItemRow> = {
  month: ({ month }) => month,
  item: ({ item }) => item,
  partner: ({ partner }) => partner,
  entity: ({ entity }) => entity,
  asset: ({ asset }) => asset,
  tax: ({ tax }) => tax,
  rule: ({ rule }) => rule,
  withheld: ({ withheld }) => BigInt(withheld),
  remitted: ({ remitted }) => BigInt(remitted),
  owed: ({ owed }) => BigInt(owed),
  recoverable: ({ recoverable }) => BigInt(recoverable),
  recovered: ({ recovered }) => BigInt(recovered),
  remittances: ({ remittances }) => remittances.join(' '),
};

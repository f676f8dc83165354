import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  Allow,
  Caller,
  type Columns,
  type Principal,
  ServiceRuntime,
  asAccepted,
  cursorOf,
  pointAsked,
  readCursor,
  standingAt,
} from '@tributary/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RunTerms } from '../application/runs-terms';
import { WITHHOLDING } from '../domain/account/money';
import {
  ITEM_KEY_LENGTH,
  type ItemRow,
  WithholdingItems,
} from '../read-model/withholding-items.queries';
import { withholding } from '../read-model/withholding.projection';
import { assertInOrder } from './withholding.asked';
import { RegisterQuery } from './withholding.dto';

@ApiTags('withholding')
@Controller('v1/reports/withholding')
@Allow('admin', 'finance', 'auditor')
export class WithholdingItemsController {
  private readonly terms: RunTerms;

  constructor(
    private readonly shown: WithholdingItems,
    private readonly runtime: ServiceRuntime,
  ) {
    this.terms = new RunTerms(runtime.log, runtime.database);
  }

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
    const { entity, partner, tax, from, to, limit } = query;
    assertInOrder(query);
    const point = await pointAsked(this.runtime, [withholding.name], query);
    const after = query.after === undefined ? null : readCursor(query.after, ITEM_KEY_LENGTH);
    const zone = query.zone ?? (await this.terms.zoneOf({ tenant, entity }));
    const upTo = point?.position;
    const asked = { tenant, entity, partner, tax, from, to, zone, upTo, after, limit };
    const found = await this.shown.page(asked);
    const next = found.next && cursorOf(...found.next);
    const standing = standingAt(point, found.position);
    const page = { ...found, ...standing, entity, from, to, zone, account: WITHHOLDING, next };
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

import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  Allow,
  asAccepted,
  Caller,
  type Columns,
  type Principal,
  ServiceRuntime,
  untilVisible,
} from '@tributary/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { partnerCredit } from '../read-model/partner-credit.projection';
import {
  Unattributed,
  type UnattributedItem,
  type UnattributedPage,
} from '../read-model/unattributed.queries';
import { UnattributedQuery } from './unattributed.dto';

@ApiTags('sales')
@Controller('v1/unattributed')
@Allow('programme', 'admin', 'auditor', 'finance')
export class UnattributedController {
  constructor(
    private readonly unattributed: Unattributed,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Money that nobody is credited with, and facts that wait for an invoice',
    description: 'The oldest first, each with the reason. Answers CSV to who accepts it.',
  })
  async list(
    @Caller() { tenant }: Principal,
    @Query() query: UnattributedQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UnattributedPage | string> {
    await untilVisible(this.runtime, [partnerCredit.name], query);
    const { limit, after, reason, programme } = query;
    const page = await this.unattributed.page({ tenant, limit, after, reason, programme });
    return asAccepted(page, COLUMNS, { request, reply });
  }
}

const COLUMNS: Columns<UnattributedItem> = {
  reason: ({ reason }) => reason,
  since: ({ since }) => since,
  sale: ({ sale }) => sale,
  payment: ({ payment }) => payment,
  line: ({ line }) => line,
  customer: ({ customer }) => customer,
  programme: ({ programme }) => programme,
  asset: ({ asset }) => asset,
  net: ({ net }) => net,
  source: ({ fact }) => fact?.source,
  id: ({ fact }) => fact?.id,
  kind: ({ fact }) => fact?.kind,
};

import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { instant } from '@tributary/kernel';
import {
  Allow,
  asAccepted,
  type AsOfQuery,
  Caller,
  type Columns,
  headersOfPoint,
  type LogPoint,
  pointAsked,
  type Principal,
  Refusal,
  ServiceRuntime,
  standingAt,
  untilVisible,
} from '@tributary/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { saleOf } from '../domain/sale/events';
import { partnerCredit } from '../read-model/partner-credit.projection';
import { type SaleFile, saleShown } from '../read-model/sale-file';
import { type SaleRow, type SalesPage, Sales } from '../read-model/sales.queries';
import { REVISION_COLUMNS, pageOfRevisions } from './credit-history';
import { CaseQuery } from './customers.dto';
import { SaleHistoryQuery, SalesQuery } from './sales.dto';

@ApiTags('sales')
@Controller('v1/sales')
@Allow('programme', 'admin', 'auditor', 'finance')
export class SalesController {
  constructor(
    private readonly sales: Sales,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Sales, and who is credited with them',
    description:
      '`billingSystem` and `invoiceRef` find one by the name it came under. Answers CSV to who accepts it.',
  })
  async list(
    @Caller() { tenant }: Principal,
    @Query() query: SalesQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SalesPage | string> {
    const { token: _token, timeoutMs: _timeoutMs, billingSystem, invoiceRef, ...asked } = query;
    const sale = saleNamed(tenant, billingSystem, invoiceRef);
    await untilVisible(this.runtime, [partnerCredit.name], query);
    const page = await this.sales.page({ ...asked, tenant, sale });
    if (sale !== undefined && page.items.length === 0 && !(await this.sales.file(tenant, sale)))
      throw unknownSale();
    return asAccepted(page, SALE_COLUMNS, { request, reply });
  }

  @Get(':sale')
  @ApiOperation({
    summary: 'A sale: its lines with their credit, what counts, and what was put aside',
    description:
      '`known` asks what we knew at a time of our own. `on` leaves of each line only the steps up to that time of the world, ' +
      'so that its last one is the credit that held then.',
  })
  async find(
    @Caller() { tenant }: Principal,
    @Param('sale') sale: string,
    @Query() query: CaseQuery,
  ) {
    const { file, standing } = await this.fileOf(tenant, sale, query);
    const shown = saleShown(file);
    if (query.on === undefined) return { ...standing, ...shown };
    const on = instant(query.on);
    const lines = shown.lines.map((line) => ({
      ...line,
      steps: line.steps.filter(({ at }) => at <= on),
    }));
    return { ...standing, ...shown, lines };
  }

  @Get(':sale/history')
  @ApiOperation({
    summary: 'Every telling of every line of a sale, as it was recorded',
    description:
      "The first in front. `recordedAt` is our clock, the times of the steps are the world's. Answers CSV to who accepts it.",
  })
  async history(
    @Caller() { tenant }: Principal,
    @Param('sale') sale: string,
    @Query() query: SaleHistoryQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { file, standing } = await this.fileOf(tenant, sale, query);
    headersOfPoint(standing, reply);
    const page = { ...standing, ...pageOfRevisions(file, query) };
    return asAccepted(page, REVISION_COLUMNS, { request, reply });
  }

  private async fileOf(tenant: string, sale: string, query: AsOfQuery): Promise<Found> {
    // Read from the log itself, which shows a write as soon as it is answered.
    const point = await pointAsked(this.runtime, [], query);
    const file = await this.sales.file(tenant, sale, point);
    if (file === undefined) throw unknownSale();
    return { file, standing: standingAt(point, file.position) };
  }
}

interface Found {
  readonly file: SaleFile;
  readonly standing: LogPoint;
}

const unknownSale = (): Refusal =>
  new Refusal(404, 'sale_unknown', 'No event of your tenant was about this sale.');

/** A number of an invoice means something within its system only. */
function saleNamed(
  tenant: string,
  billingSystem: string | undefined,
  invoiceRef: string | undefined,
): string | undefined {
  if (billingSystem !== undefined && invoiceRef !== undefined)
    return saleOf(tenant, billingSystem, invoiceRef);
  if (billingSystem === undefined && invoiceRef === undefined) return undefined;
  const parameter = billingSystem === undefined ? 'billingSystem' : 'invoiceRef';
  const detail = 'billingSystem and invoiceRef name a sale together.';
  throw new Refusal(422, 'validation_failed', detail, {
    errors: [{ parameter, code: 'required', detail }],
  });
}

const SALE_COLUMNS: Columns<SaleRow> = {
  sale: ({ sale }) => sale,
  customer: ({ customer }) => customer,
  programme: ({ programme }) => programme,
  paidAt: ({ paidAt }) => paidAt,
  asset: ({ asset }) => asset,
  lines: ({ lines }) => lines,
  net: ({ net }) => net,
  unattributedNet: ({ unattributedNet }) => unattributedNet,
  partners: ({ partners }) => partners.join(' '),
};

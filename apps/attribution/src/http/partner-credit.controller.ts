import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { instant } from '@tributary/kernel';
import {
  Allow,
  asAccepted,
  contextOf,
  Caller,
  type Columns,
  type Principal,
  Refusal,
  ServiceRuntime,
  untilVisible,
} from '@tributary/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { END_OF_TIME } from '../domain/credit/causes';
import { BEGINNING } from '../domain/policy/standard';
import { FUNNEL_PROJECTIONS, type Funnel, Funnels } from '../read-model/funnel.queries';
import { partnerCredit } from '../read-model/partner-credit.projection';
import {
  PartnerCredit,
  type PartnersCustomer,
  type PartnersCustomers,
  type Revenue,
  type RevenueOfMonth,
} from '../read-model/partner-credit.queries';
import { PageQuery } from './leads.dto';
import { PeriodQuery, RevenueQuery } from './partner-credit.dto';

/** A key of a partner reaches its own alone. */
@ApiTags('partners')
@Controller('v1/partners/:partner')
@Allow('programme', 'finance', 'admin', 'auditor', 'partner')
export class PartnerCreditController {
  constructor(
    private readonly credit: PartnerCredit,
    private readonly funnels: Funnels,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Get('customers')
  @ApiOperation({
    summary: 'Customers that a partner is credited with, or had a hand in',
    description: 'With its own shares alone. Answers CSV to who accepts it.',
  })
  async customers(
    @Caller() { tenant }: Principal,
    @Param('partner') partner: string,
    @Query() query: PageQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PartnersCustomers | string> {
    await untilVisible(this.runtime, [partnerCredit.name], query);
    const { limit, after, programme } = query;
    const page = await this.credit.customers({ tenant, partner, limit, after, programme });
    return asAccepted(page, CUSTOMER_COLUMNS, { request, reply });
  }

  @Get('revenue')
  @ApiOperation({
    summary: 'What a partner has brought, by month of payment and asset',
    description:
      'Sourced amounts of all partners together are at most what was paid. Influenced ones stand apart and are never added up. ' +
      'Answers CSV to who accepts it.',
  })
  async revenue(
    @Caller() { tenant }: Principal,
    @Param('partner') partner: string,
    @Query() query: RevenueQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Revenue | string> {
    const period = periodOf(query);
    await untilVisible(this.runtime, [partnerCredit.name], query);
    const { programme, zone } = query;
    const asked = {
      tenant,
      partner,
      programme,
      zone,
      on: contextOf(request).receivedAt,
      ...period,
    };
    const revenue = await this.credit.revenue(asked);
    return asAccepted(revenue, REVENUE_COLUMNS, { request, reply });
  }

  @Get('funnel')
  @ApiOperation({
    summary: 'From click to lead to customer (M011)',
    description:
      'Clicks, registered claims and credited sign-ups of a period, each by its own time; a click that is `future_dated` counts once it is handed on. ' +
      'Rates are in percent, to one decimal.',
  })
  async funnel(
    @Caller() { tenant }: Principal,
    @Param('partner') partner: string,
    @Query() query: PeriodQuery,
  ): Promise<Funnel> {
    const period = periodOf(query);
    const names = FUNNEL_PROJECTIONS.map(({ name }) => name);
    await untilVisible(this.runtime, names, query);
    return await this.funnels.of({ tenant, partner, programme: query.programme, ...period });
  }
}

function periodOf({ from, to }: PeriodQuery) {
  const period = {
    from: from === undefined ? BEGINNING : instant(from),
    to: to === undefined ? END_OF_TIME : instant(to),
  };
  if (period.from < period.to) return period;
  const detail = '`to` is the first moment after the period, so it is later than `from`.';
  const errors = [{ parameter: 'to', code: 'invalid_period', detail }];
  throw new Refusal(422, 'invalid_period', detail, { errors });
}

const CUSTOMER_COLUMNS: Columns<PartnersCustomer> = {
  customer: ({ customer }) => customer,
  canonical: ({ canonical }) => canonical,
  programme: ({ programme }) => programme,
  signedUpAt: ({ signedUpAt }) => signedUpAt,
  firstPaidAt: ({ firstPaidAt }) => firstPaidAt,
  sourced: ({ credits }) =>
    credits
      .flatMap(({ deal, sourced, ofWeight }) =>
        sourced.map(({ role, weight }) => `${deal ?? ''}:${role}:${weight}/${ofWeight}`),
      )
      .join(' '),
  influenced: ({ credits }) => credits.some(({ influenced }) => influenced),
};

const REVENUE_COLUMNS: Columns<RevenueOfMonth> = {
  month: ({ month }) => month,
  asset: ({ asset }) => asset,
  sourced: ({ sourced }) => sourced,
  sourcedLines: ({ sourcedLines }) => sourcedLines,
  influenced: ({ influenced }) => influenced,
  influencedLines: ({ influencedLines }) => influencedLines,
};

import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  Allow,
  asAccepted,
  Caller,
  type Columns,
  headersOfPoint,
  pointAsked,
  type Principal,
  Refusal,
  ServiceRuntime,
} from '@tributary/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HELD, RELEASED } from '../domain/earnings/post';
import { trail } from '../read-model/explain.projection';
import {
  type Accrual,
  type Ratio,
  type Turnover,
  ratioOf,
  rollForward,
} from '../read-model/reports';
import { Reports, type Revenue, type StandpointAsked } from '../read-model/reports.queries';
import { AccrualsQuery, RatioQuery, type ReportQuery } from './reports.dto';

/** More months than this are asked for in several questions. */
const MOST_MONTHS = 120;

@ApiTags('reports')
@Controller('v1/reports')
@Allow('finance', 'admin', 'auditor', 'programme')
export class ReportsController {
  constructor(
    private readonly reports: Reports,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Get('accruals')
  @ApiOperation({
    summary: 'Held commission, month by month: opening, posted, released, closing',
    description:
      'By the month in which it happened; the ledger has it by accounting period. `totals` are the balances of the accounts that ' +
      'they name, of entries of commission. Answers CSV to who accepts it.',
  })
  async accruals(
    @Caller() { tenant }: Principal,
    @Query() query: AccrualsQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const asked = await this.askedOf(tenant, query);
    const { from, to, entity, asset, programme, partner, plan } = query;
    const filter = { entity, asset, programme, partner, plan };
    const { standpoint, turnovers } = await this.reports.turnovers(asked, filter);
    const items = rollForward(turnovers, from, to);
    const totals = totalsOf(turnovers.filter(({ month }) => month <= to));
    const page = { ...standpoint, from, to, accounts: ACCOUNTS, totals, items };
    headersOfPoint(standpoint, reply);
    void reply.header('x-effective', standpoint.effective ?? '');
    return asAccepted<Accrual, typeof page>(page, ACCRUAL_COLUMNS, { request, reply });
  }

  @Get('commission-ratio')
  @ApiOperation({
    summary: 'Commissions as a share of the revenue that partners brought (D1)',
    description:
      'Both by the month in which they happened. A line that several had a hand in counts once. Amber from 15.0% on; nothing is cut ' +
      'by it. Answers CSV to who accepts it.',
  })
  async ratio(
    @Caller() { tenant }: Principal,
    @Query() query: RatioQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const asked = await this.askedOf(tenant, query);
    const { from, to, programme, asset, denominator } = query;
    const filter = { programme, asset };
    const { standpoint, turnovers } = await this.reports.turnovers(asked, filter);
    const { position, revenue } = await this.reports.revenue(asked, filter, { from, to });
    const items = ratiosOf(
      turnovers.filter(({ month }) => from <= month && month <= to),
      revenue,
      denominator,
    );
    const of = { from, to, denominator, account: 'Expenses:Commission', amberFrom: '15.0' };
    const page = { ...standpoint, revenuePosition: position, ...of, items };
    headersOfPoint(standpoint, reply);
    void reply.header('x-effective', standpoint.effective ?? '');
    void reply.header('x-revenue-position', String(position));
    return asAccepted<RatioRow, typeof page>(page, RATIO_COLUMNS, { request, reply });
  }

  private async askedOf(tenant: string, query: ReportQuery): Promise<StandpointAsked> {
    const { from, to, effective } = query;
    if (from > to) throw invalidRange('The first month comes after the last.');
    if (monthsBetween(from, to) > MOST_MONTHS)
      throw invalidRange(`At most ${String(MOST_MONTHS)} months are answered at once.`);
    const point = await pointAsked(this.runtime, [trail.name], query);
    return { tenant, effective: effective ?? null, point };
  }
}

const invalidRange = (detail: string): Refusal => new Refusal(422, 'invalid_range', detail);

const monthNumber = (month: string): number =>
  Number(month.slice(0, 4)) * 12 + Number(month.slice(5));
const monthsBetween = (from: string, to: string): number => monthNumber(to) - monthNumber(from) + 1;

const ACCOUNTS = { posted: 'Expenses:Commission', held: HELD, released: RELEASED };

/** Each the balance of its account, of everything up to the last month. */
function totalsOf(turnovers: readonly Turnover[]) {
  const totals = new Map<string, Omit<Turnover, 'month'> & { readonly held: bigint }>();
  for (const { entity, asset, posted, released } of turnovers) {
    const name = `${entity} ${asset}`;
    const so = totals.get(name) ?? { entity, asset, posted: 0n, released: 0n, held: 0n };
    totals.set(name, {
      ...so,
      posted: so.posted + posted,
      released: so.released + released,
      held: so.held + posted - released,
    });
  }
  return [...totals.values()];
}

interface RatioRow extends Ratio {
  readonly asset: string;
  readonly commissions: bigint;
  readonly sourced: bigint;
  readonly influenced: bigint;
  readonly revenue: bigint;
}

function ratiosOf(
  turnovers: readonly Turnover[],
  revenues: readonly Revenue[],
  denominator: RatioQuery['denominator'],
): readonly RatioRow[] {
  const assets = new Set([...turnovers, ...revenues].map(({ asset }) => asset));
  return [...assets].sort().map((asset) => {
    const commissions = turnovers
      .filter((turnover) => turnover.asset === asset)
      .reduce((sum, { posted }) => sum + posted, 0n);
    const { sourced, influenced } = revenues.find((each) => each.asset === asset) ?? {
      sourced: 0n,
      influenced: 0n,
    };
    const revenue = denominator === 'sourced' ? sourced : sourced + influenced;
    return { asset, commissions, sourced, influenced, revenue, ...ratioOf(commissions, revenue) };
  });
}

const ACCRUAL_COLUMNS: Columns<Accrual> = {
  entity: ({ entity }) => entity,
  asset: ({ asset }) => asset,
  month: ({ month }) => month,
  opening: ({ opening }) => opening,
  posted: ({ posted }) => posted,
  released: ({ released }) => released,
  closing: ({ closing }) => closing,
};

const RATIO_COLUMNS: Columns<RatioRow> = {
  asset: ({ asset }) => asset,
  commissions: ({ commissions }) => commissions,
  sourced: ({ sourced }) => sourced,
  influenced: ({ influenced }) => influenced,
  revenue: ({ revenue }) => revenue,
  percent: ({ percent }) => percent,
  status: ({ status }) => status,
};

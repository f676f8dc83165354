import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Instant, dayOf } from '@tributary/kernel';
import {
  Allow,
  AskedAt,
  Caller,
  type Columns,
  type Principal,
  Refusal,
  ServiceRuntime,
  asAccepted,
  cursorOf,
  notYetVisible,
  readCursor,
  untilVisible,
} from '@tributary/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { bankLines } from '../read-model/bank-lines.projection';
import { paymentFiles } from '../read-model/files.projection';
import { reconciliationMoves } from '../read-model/reconciliation.projection';
import {
  type InTransit,
  type ReconciledDay,
  ReconciliationRead,
} from '../read-model/reconciliation.queries';
import { AsOfQuery } from './breaks.dto';
import { ReconciliationQuery } from './reconciliation.dto';

@ApiTags('reconciliation')
@Controller('v1/reconciliation')
@Allow('admin', 'finance', 'auditor')
export class ReconciliationController {
  constructor(
    private readonly shown: ReconciliationRead,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Get('in-transit')
  @ApiOperation({
    summary: 'What was sent and is neither paid, by a statement, nor rejected',
    description: 'Its total must come to nothing. Answers CSV to who accepts it.',
  })
  async inTransit(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Query() query: AsOfQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    await untilVisible(this.runtime, [bankLines.name, paymentFiles.name], query);
    const [payOn = '', item = ''] = query.after ? readCursor(query.after, 2) : [];
    const { payingAccount: rail = null, limit } = query;
    const asOf = query.asOf ?? dayOf(askedAt, 'UTC');
    const found = await this.shown.inTransit({ tenant, rail, asOf, limit, after: [payOn, item] });
    const page = { ...found, next: found.next && cursorOf(...found.next) };
    return asAccepted<InTransit, typeof page>(page, TRANSIT_COLUMNS, { request, reply });
  }

  @Get(':account')
  @ApiOperation({
    summary: 'Bank balance = cash + late-booked + breaks, day by day',
    description:
      'The remainder is zero, or something is wrong that nobody has named. The same question about the same position has the same ' +
      'answer for ever. Answers CSV to who accepts it.',
  })
  async days(
    @Caller() { tenant }: Principal,
    @Param('account') rail: string,
    @Query() query: ReconciliationQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    await untilVisible(this.runtime, [reconciliationMoves.name], query);
    const { from = null, until = null, timeoutMs } = query;
    const position = query.position === undefined ? null : BigInt(query.position);
    const { feeds } = this.runtime;
    if (
      position !== null &&
      !(await feeds.waitUntil([reconciliationMoves.name], position, timeoutMs))
    )
      throw notYetVisible();
    const page = await this.shown.days({ tenant, rail, position, from, until });
    if (!page) throw new Refusal(404, 'account_unknown', `Nobody has registered ${rail}.`);
    return asAccepted<ReconciledDay, typeof page>(page, DAY_COLUMNS, { request, reply });
  }
}

const DAY_COLUMNS: Columns<ReconciledDay> = {
  day: ({ day }) => day,
  bankBalance: ({ bankBalance }) => BigInt(bankBalance),
  isTold: ({ isTold }) => isTold,
  cash: ({ cash }) => BigInt(cash),
  lateBooked: ({ lateBooked }) => BigInt(lateBooked),
  breaks: ({ breaks }) => BigInt(breaks),
  remainder: ({ remainder }) => BigInt(remainder),
};

const TRANSIT_COLUMNS: Columns<InTransit> = {
  item: ({ item }) => item,
  payingAccount: ({ payingAccount }) => payingAccount,
  file: ({ file }) => file,
  partner: ({ partner }) => partner,
  amount: ({ amount }) => BigInt(amount),
  payOn: ({ payOn }) => payOn,
  answer: ({ answer }) => answer,
  ageBusinessDays: ({ ageBusinessDays }) => ageBusinessDays,
  bucket: ({ bucket }) => bucket,
};

import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  Allow,
  Caller,
  type Columns,
  type Principal,
  Refusal,
  ServiceRuntime,
  asAccepted,
  cursorOf,
  headersOfPoint,
  instantCursor,
  pointAsked,
  readCursor,
  standingAt,
} from '@tributary/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { payoutRegister } from '../read-model/registers.projection';
import { type RegisterRow, Registers, type ReturnRow } from '../read-model/registers.queries';
import { RegisterQuery, ReturnsQuery } from './registers.dto';
import { runNamed } from './runs.names';

@ApiTags('reports')
@Controller('v1/reports')
@Allow('finance', 'admin', 'auditor')
export class RegistersController {
  constructor(
    private readonly registers: Registers,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Get('payouts')
  @ApiOperation({
    summary: 'Each payment with its run, its file, and the line of the bank that shows it',
    description:
      'In the order of reservation. What came back after it was paid stays settled here and stands in /v1/reports/returns. ' +
      '`endToEndId` names a PIX in the whole country, as the statement says it. ' +
      '`totals` of the first page are over all that was asked for: the settled ones of a rail are the debits that its statements show, ' +
      '`returned` what came back on the same days, whenever it was paid, and `cashOut` what is gone from the bank account after both; ' +
      'and what is instructed, accepted or unknown is the balance of the InTransit account. ' +
      'Asked with `known` or `position`, as it was known there. Answers CSV to who accepts it.',
  })
  async payouts(
    @Caller() { tenant }: Principal,
    @Query() query: RegisterQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    assertRange(query);
    const point = await pointAsked(this.runtime, [payoutRegister.name], query);
    const { entity, partner, from, to, state, limit } = query;
    const run = query.run === undefined ? undefined : runNamed(query.run);
    const upTo = point?.position;
    const filter = { tenant, upTo, run, entity, partner, from, to, state };
    const after = query.after === undefined ? null : pairOf(instantCursor(query.after, 2));
    const found = await this.registers.items(filter, { after, limit });
    const standing = standingAt(point, found.position);
    headersOfPoint(standing, reply);
    const page = { ...found, ...standing, next: found.next && cursorOf(...found.next) };
    return asAccepted<RegisterRow, typeof page>(page, PAYOUT_COLUMNS, { request, reply });
  }

  @Get('returns')
  @ApiOperation({
    summary: 'What came back after it was paid, and what the bank refused',
    description:
      'By the day of the bank, with the payment that takes its place. What the bank refused stands on the day on which we heard of it, ' +
      'by the calendar of its entity as it is now. `endToEndId` is that of the return. Asked with `known` or `position`, as it was known there. Answers CSV to who accepts it.',
  })
  async returns(
    @Caller() { tenant }: Principal,
    @Query() query: ReturnsQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    assertRange(query);
    const point = await pointAsked(this.runtime, [payoutRegister.name], query);
    const { entity, partner, from, to, limit } = query;
    const run = query.run === undefined ? undefined : runNamed(query.run);
    const upTo = point?.position;
    const filter = { tenant, upTo, run, entity, partner, from, to };
    const after = query.after === undefined ? null : pairOf(readCursor(query.after, 2));
    const found = await this.registers.returns(filter, { after, limit });
    const standing = standingAt(point, found.position);
    headersOfPoint(standing, reply);
    const page = { ...found, ...standing, next: found.next && cursorOf(...found.next) };
    return asAccepted<ReturnRow, typeof page>(page, RETURN_COLUMNS, { request, reply });
  }
}

function assertRange({ from, to }: ReturnsQuery): void {
  if (from !== undefined && to !== undefined && from > to)
    throw new Refusal(422, 'invalid_range', 'The first day comes after the last.');
}

const pairOf = ([a = '', b = '']: readonly string[]) => [a, b] as const;

const PAYOUT_COLUMNS: Columns<RegisterRow> = {
  run: ({ run }) => run,
  item: ({ item }) => item,
  partner: ({ partner }) => partner,
  entity: ({ entity }) => entity,
  asset: ({ asset }) => asset,
  gross: ({ gross }) => BigInt(gross),
  withheld: ({ withheld }) => BigInt(withheld),
  net: ({ net }) => BigInt(net),
  method: ({ method }) => method,
  to: ({ to }) => to,
  state: ({ state }) => state,
  reservedAt: ({ reservedAt }) => reservedAt,
  instructedAt: ({ instructedAt }) => instructedAt,
  rail: ({ rail }) => rail,
  file: ({ file }) => file,
  fileSequence: ({ fileSequence }) => fileSequence,
  bankLine: ({ bankLine }) => bankLine,
  bookedOn: ({ bookedOn }) => bookedOn,
  bankReference: ({ bankReference }) => bankReference,
  replaces: ({ replaces }) => replaces.join(' '),
  returnedOn: ({ returnedOn }) => returnedOn,
  returnedAmount: ({ returnedAmount }) => (returnedAmount === null ? null : BigInt(returnedAmount)),
  endToEndId: ({ endToEndId }) => endToEndId,
};

const RETURN_COLUMNS: Columns<ReturnRow> = {
  on: ({ on }) => on,
  kind: ({ kind }) => kind,
  item: ({ item }) => item,
  run: ({ run }) => run,
  partner: ({ partner }) => partner,
  entity: ({ entity }) => entity,
  asset: ({ asset }) => asset,
  net: ({ net }) => BigInt(net),
  amount: ({ amount }) => BigInt(amount),
  fee: ({ fee }) => BigInt(fee),
  reason: ({ reason }) => reason,
  bankLine: ({ bankLine }) => bankLine,
  bankReference: ({ bankReference }) => bankReference,
  settledOn: ({ settledOn }) => settledOn,
  reissuedAs: ({ reissuedAs }) => reissuedAs,
  reissue: ({ reissue }) => reissue,
  endToEndId: ({ endToEndId }) => endToEndId,
};

import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Instant, Asset } from '@tributary/kernel';
import {
  Allow,
  AsOfPageQuery,
  AskedAt,
  Caller,
  type Columns,
  type Principal,
  ServiceRuntime,
  asAccepted,
  cursorOf,
  headersOfPoint,
  limitAsked,
  pointAsked,
  readCursor,
  standingAt,
} from '@tributary/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { accountLines } from '../read-model/account-lines.projection';
import { accounts } from '../read-model/accounts.projection';
import { type AccountShown, Accounts } from '../read-model/accounts.queries';
import { type AgedAccount, Ageing, type AgeingAsked } from '../read-model/ageing.queries';
import { assertOwn, momentCursor } from './accounts.asked';
import { AccountQuery, AccountsQuery, AgeingQuery } from './accounts.dto';

@ApiTags('accounts')
@Controller('v1')
@Allow('finance', 'admin', 'auditor')
export class AccountsController {
  constructor(
    private readonly shown: Accounts,
    private readonly ageing: Ageing,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Get('accounts')
  @ApiOperation({
    summary: 'What each entity owes each partner, by currency, and what the partner owes',
    description:
      'taken + adjusted + repaid + writtenOff = payable + reserved + disputed + inFlight + settled + withheld - owed. ' +
      'Asked with `known` or `position`, as it was known there, and the status of a partner as it was at that moment. ' +
      'Answers CSV to who accepts it.',
  })
  async list(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Query() query: AccountsQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const point = await pointAsked(this.runtime, [accounts.name], query);
    const { partner, entity, asset, owing: isOwing, limit } = query;
    const after = query.after === undefined ? [] : readCursor(query.after, 3);
    const upTo = point?.position;
    const asked = { tenant, upTo, partner, entity, asset, isOwing, after, limit };
    const found = await this.shown.page(asked, point?.known ?? askedAt);
    const standing = standingAt(point, found.position);
    headersOfPoint(standing, reply);
    const page = { ...found, ...standing, next: found.next && cursorOf(...found.next) };
    return asAccepted<AccountShown, typeof page>(page, ACCOUNT_COLUMNS, { request, reply });
  }

  @Get('partners/:partner/accounts')
  @Allow('finance', 'admin', 'auditor', 'partner')
  @ApiOperation({
    summary: 'The accounts of a partner; a key of a partner reaches its own alone',
    description: 'Asked with `known` or `position`, as they were known there.',
  })
  async ofPartner(
    @Caller() caller: Principal,
    @AskedAt() askedAt: Instant,
    @Param('partner') partner: string,
    @Query() query: AsOfPageQuery,
  ) {
    assertOwn(caller, partner);
    const point = await pointAsked(this.runtime, [accounts.name], query);
    const after = query.after === undefined ? [] : readCursor(query.after, 3);
    const { tenant } = caller;
    const asked = { tenant, partner, upTo: point?.position, after, limit: query.limit };
    const found = await this.shown.page(asked, point?.known ?? askedAt);
    const standing = standingAt(point, found.position);
    return { ...found, ...standing, next: found.next && cursorOf(...found.next) };
  }

  @Get('partners/:partner/open-lines')
  @Allow('finance', 'admin', 'auditor', 'partner')
  @ApiOperation({
    summary: 'What is payable, reserved or disputed in an account, line by line',
    description:
      'The oldest first, which is the order in which they are paid. Asked with `known` or `position`, as it was known there.',
  })
  async lines(
    @Caller() caller: Principal,
    @Param('partner') partner: string,
    @Query() query: AccountQuery,
  ) {
    assertOwn(caller, partner);
    const point = await pointAsked(this.runtime, [accountLines.name], query);
    const upTo = point?.position;
    const { entity, limit } = query;
    const of = { partner, entity, asset: query.asset as Asset };
    const after = query.after === undefined ? null : momentCursor(query.after);
    const found = await this.shown.lines(caller.tenant, of, { upTo, after, limit });
    const standing = standingAt(point, found.position);
    return { ...found, ...standing, next: found.next && cursorOf(...found.next) };
  }

  @Get('reports/payables-ageing')
  @ApiOperation({
    summary: 'What is payable, by how long ago it was released',
    description:
      'All of it is the balance of the Payable account; what a run has reserved is still in it. ' +
      'Asked with `known` or `position`, as it was known there. Answers CSV to who accepts it.',
  })
  async payables(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Query() query: AgeingQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const point = await pointAsked(this.runtime, [accountLines.name], query);
    const [on, limit] = [point?.known ?? askedAt, limitAsked(query, { request, reply })];
    const found = await this.ageing.payables(
      agedAsAsked(tenant, query, { on, upTo: point?.position, limit }),
    );
    const standing = standingAt(point, found.position);
    const page = { ...found, ...standing, next: found.next && cursorOf(...found.next) };
    return asAccepted<AgedAccount, typeof page>(page, AGED_COLUMNS, { request, reply });
  }

  @Get('reports/clawback-ageing')
  @ApiOperation({
    summary: 'What partners owe, by how long they have owed it',
    description:
      'All of it is the balance of the ClawbackReceivable account, before the allowance. Whatever comes to a partner has paid its oldest debt. ' +
      'Asked with `known` or `position`, as it was known there. Answers CSV to who accepts it.',
  })
  async receivables(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Query() query: AgeingQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const point = await pointAsked(this.runtime, [accounts.name], query);
    const [on, limit] = [point?.known ?? askedAt, limitAsked(query, { request, reply })];
    const found = await this.ageing.receivables(
      agedAsAsked(tenant, query, { on, upTo: point?.position, limit }),
    );
    const standing = standingAt(point, found.position);
    const page = { ...found, ...standing, next: found.next && cursorOf(...found.next) };
    return asAccepted<AgedAccount, typeof page>(page, AGED_COLUMNS, { request, reply });
  }
}

/** An age is that at the moment of the point, so that the same point has the same ages for ever. */
function agedAsAsked(
  tenant: string,
  { entity, asset, after }: AgeingQuery,
  asked: Pick<AgeingAsked, 'limit' | 'on' | 'upTo'>,
): AgeingAsked {
  const read = after === undefined ? [] : readCursor(after, 3);
  return { tenant, entity, asset, after: read, ...asked };
}

const ACCOUNT_COLUMNS: Columns<AccountShown> = {
  partner: ({ partner }) => partner,
  entity: ({ entity }) => entity,
  asset: ({ asset }) => asset,
  taken: ({ taken }) => BigInt(taken),
  adjusted: ({ adjusted }) => BigInt(adjusted),
  repaid: ({ repaid }) => BigInt(repaid),
  writtenOff: ({ writtenOff }) => BigInt(writtenOff),
  payable: ({ payable }) => BigInt(payable),
  reserved: ({ reserved }) => BigInt(reserved),
  disputed: ({ disputed }) => BigInt(disputed),
  inFlight: ({ inFlight }) => BigInt(inFlight),
  settled: ({ settled }) => BigInt(settled),
  withheld: ({ withheld }) => BigInt(withheld),
  owed: ({ owed }) => BigInt(owed),
  allowance: ({ allowance }) => BigInt(allowance),
  balance: ({ balance }) => BigInt(balance),
};

const AGED_COLUMNS: Columns<AgedAccount> = {
  entity: ({ entity }) => entity,
  asset: ({ asset }) => asset,
  partner: ({ partner }) => partner,
  upTo30: ({ upTo30 }) => BigInt(upTo30),
  upTo60: ({ upTo60 }) => BigInt(upTo60),
  upTo90: ({ upTo90 }) => BigInt(upTo90),
  over90: ({ over90 }) => BigInt(over90),
  total: ({ total }) => BigInt(total),
};

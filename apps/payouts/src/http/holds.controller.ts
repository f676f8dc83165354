import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Instant, Asset } from '@tributary/kernel';
import {
  Allow,
  AskedAt,
  Caller,
  type Columns,
  type Principal,
  ServiceRuntime,
  asAccepted,
  cursorOf,
  readCursor,
  untilVisible,
} from '@tributary/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { holdCondition } from '../documents/statement-text';
import type { StatementHold } from '../domain/statement/events';
import { payoutHolds } from '../read-model/holds.projection';
import { type HeldAccount, PayoutHolds } from '../read-model/holds.queries';
import { PayoutHoldsQuery } from './holds.dto';
import { StatementsPageQuery } from './statements.dto';

/** One reason for which an account is not paid. */
interface HoldRow extends Omit<HeldAccount, 'holds'>, Omit<StatementHold, 'amount'> {
  /** What it holds, minor units. */
  readonly amount: string;
  /** What has to happen, in words. */
  readonly condition: string;
}

@ApiTags('payout holds')
@Controller('v1')
@Allow('finance', 'admin', 'auditor')
export class PayoutHoldsController {
  constructor(
    private readonly holds: PayoutHolds,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Get('payout-holds')
  @ApiOperation({
    summary: 'What is payable and not paid: why, who has to act, and what has to happen',
    description:
      'One row for each reason of each account; a page ends with an account. What commission has not released yet stands under /v1/holds. ' +
      '`totals` of the first page are by reason; an account that is held for two counts under both. Answers CSV to who accepts it.',
  })
  async list(
    @Caller() { tenant }: Principal,
    @AskedAt() on: Instant,
    @Query() query: PayoutHoldsQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    await untilVisible(this.runtime, [payoutHolds.name], query);
    const { entity, reason, limit } = query;
    const asked = { tenant, entity, reason, on };
    const [after = ''] = query.after === undefined ? [] : readCursor(query.after, 1);
    const totals = query.after === undefined ? await this.holds.totals(asked) : null;
    const found = await this.holds.page(asked, { after, limit });
    const items = found.items.flatMap(rowsOf);
    const next = found.next && cursorOf(found.next);
    const page = { position: found.position, on, totals, items, next };
    return asAccepted<HoldRow, typeof page>(page, COLUMNS, { request, reply });
  }

  @Get('partners/:partner/payout-holds')
  @Allow('finance', 'admin', 'auditor', 'partner')
  @ApiOperation({
    summary: 'What a partner has earned and is not paid yet, and why',
    description:
      'With what commission still holds, by what holds it. A key of a partner reaches its own alone.',
  })
  async ofPartner(
    @Caller() { tenant }: Principal,
    @AskedAt() on: Instant,
    @Param('partner') partner: string,
    @Query() query: StatementsPageQuery,
  ) {
    await untilVisible(this.runtime, [payoutHolds.name], query);
    const { position, accounts } = await this.holds.ofPartner(tenant, partner, on);
    const items = accounts.map(({ commission, ...account }) => {
      const worded = (hold: StatementHold) => ({
        ...hold,
        condition: wordsOf(hold, account.asset),
      });
      return {
        ...account,
        holds: account.holds.map(worded),
        commission: commission.map(worded),
      };
    });
    return { position, partner, on, items };
  }
}

const wordsOf = (hold: StatementHold, asset: Asset): string => holdCondition(hold, asset, 'en');

const rowsOf = ({ holds, ...account }: HeldAccount): readonly HoldRow[] =>
  holds.map((hold) => ({
    ...account,
    ...hold,
    amount: hold.amount ?? account.payable,
    condition: wordsOf(hold, account.asset),
  }));

const COLUMNS: Columns<HoldRow> = {
  account: ({ account }) => account,
  partner: ({ partner }) => partner,
  entity: ({ entity }) => entity,
  asset: ({ asset }) => asset,
  reason: ({ reason }) => reason,
  amount: ({ amount }) => BigInt(amount),
  owner: ({ owner }) => owner,
  condition: ({ condition }) => condition,
  until: ({ until }) => until,
  payable: ({ payable }) => BigInt(payable),
  disputed: ({ disputed }) => BigInt(disputed),
  owed: ({ owed }) => BigInt(owed),
};

import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Instant, Asset } from '@tributary/kernel';
import {
  Allow,
  AsOfQuery,
  AskedAt,
  Caller,
  type Columns,
  type Principal,
  ServiceRuntime,
  asAccepted,
  cursorOf,
  headersOfPoint,
  pointAsked,
  readCursor,
  standingAt,
} from '@tributary/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { holdCondition } from '../documents/statement-text';
import type { StatementHold } from '../domain/statement/events';
import { payoutHolds } from '../read-model/holds.projection';
import { type HeldAccount, PayoutHolds } from '../read-model/holds.queries';
import { payoutRegister } from '../read-model/registers.projection';
import { PayoutHoldsQuery } from './holds.dto';

/** One reason for which an account is not paid. */
interface HoldRow extends Omit<HeldAccount, 'holds'>, Omit<StatementHold, 'amount'> {
  /** What it holds, minor units. */
  readonly amount: string;
  /** What has to happen, in words. */
  readonly condition: string;
}

/** A reservation, of which the register tells, ends what a run was refused for. */
const READ = [payoutHolds.name, payoutRegister.name];

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
      '`totals` of the first page are by reason; an account that is held for two counts under both. ' +
      'Asked with `known` or `position`, as it was known there. Answers CSV to who accepts it.',
  })
  async list(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Query() query: PayoutHoldsQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const point = await pointAsked(this.runtime, READ, query);
    const on = point?.known ?? askedAt;
    const { entity, reason, limit } = query;
    const asked = { tenant, entity, reason, on, upTo: point?.position };
    const [after = ''] = query.after === undefined ? [] : readCursor(query.after, 1);
    const totals = query.after === undefined ? await this.holds.totals(asked) : null;
    const found = await this.holds.page(asked, { after, limit });
    const items = found.items.flatMap(rowsOf);
    const next = found.next && cursorOf(found.next);
    const standing = standingAt(point, found.position);
    headersOfPoint(standing, reply);
    const page = { ...standing, on, totals, items, next };
    return asAccepted<HoldRow, typeof page>(page, COLUMNS, { request, reply });
  }

  @Get('partners/:partner/payout-holds')
  @Allow('finance', 'admin', 'auditor', 'partner')
  @ApiOperation({
    summary: 'What a partner has earned and is not paid yet, and why',
    description:
      'All its accounts at once, with what commission still holds, by what holds it; `account` is null where it has released nothing yet. Asked with `known` or `position`, as it was known there, and `commission` is null: ' +
      'what it held then, /v1/partners/{partner}/earnings says with the same `known`. A key of a partner reaches its own alone.',
  })
  async ofPartner(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Param('partner') partner: string,
    @Query() query: AsOfQuery,
  ) {
    const point = await pointAsked(this.runtime, READ, query);
    const on = point?.known ?? askedAt;
    const upTo = point?.position;
    const { position, accounts } = await this.holds.ofPartner({ tenant, partner, on, upTo });
    const items = accounts.map(({ commission, ...account }) => {
      const worded = (hold: StatementHold) => ({
        ...hold,
        condition: wordsOf(hold, account.asset),
      });
      return {
        ...account,
        holds: account.holds.map(worded),
        commission: commission?.map(worded) ?? null,
      };
    });
    return { ...standingAt(point, position), partner, on, items };
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

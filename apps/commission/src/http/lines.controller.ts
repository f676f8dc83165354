import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  Allow,
  asAccepted,
  Caller,
  type Columns,
  cursorOf,
  headersOfPoint,
  pointAsked,
  type Principal,
  Refusal,
  ServiceRuntime,
  standingAt,
} from '@tributary/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { earned } from '../read-model/earnings.projection';
import { trail } from '../read-model/explain.projection';
import { type LineRow, Lines } from '../read-model/lines.queries';
import { readLineCursor } from './keyset';
import { LinesQuery } from './lines.dto';

@ApiTags('earnings')
@Controller('v1/lines')
@Allow('finance', 'admin', 'auditor', 'programme', 'partner')
export class LinesController {
  constructor(
    private readonly lines: Lines,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Lines in the order of payment, with what was posted by month, held and released',
    description:
      'Also those that earn nothing, with the reason. `totals` of the first page are over all lines that were asked for. ' +
      'Asked with `known` or `position`, as it was known there; whatever had happened by then counts, on every day. ' +
      'A key of a partner reaches its own alone. Answers CSV to who accepts it.',
  })
  async list(
    @Caller() principal: Principal,
    @Query() query: LinesQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { plan, window, month, reason, state, limit } = query;
    const partner = partnerAsked(principal, query.partner);
    const point = await pointAsked(this.runtime, [earned.name, trail.name], query);
    const [line, paidAt] = query.after === undefined ? [] : readLineCursor(query.after);
    const after = line === undefined || paidAt === undefined ? null : ([paidAt, line] as const);
    const { tenant } = principal;
    const filter = { partner, plan, window, month, reason, state };
    const found = await this.lines.page({ tenant, ...filter, upTo: point?.position, after, limit });
    const standing = standingAt(point, found.position);
    headersOfPoint(standing, reply);
    const next = found.next && cursorOf(...found.next);
    return asAccepted({ effective: null, ...found, ...standing, next }, LINE_COLUMNS, {
      request,
      reply,
    });
  }
}

function partnerAsked(
  { role, partnerId }: Principal,
  partner: string | undefined,
): string | undefined {
  if (role !== 'partner') return partner;
  if (partner === undefined || partner === partnerId) return partnerId ?? '';
  throw new Refusal(403, 'not_your_partner', 'A key of a partner reaches that partner alone.');
}

const LINE_COLUMNS: Columns<LineRow> = {
  line: ({ line }) => line,
  partner: ({ partner }) => partner,
  plan: ({ plan }) => plan,
  window: ({ window }) => window,
  sale: ({ key }) => ('sale' in key ? key.sale : null),
  payment: ({ key }) => ('payment' in key ? key.payment : null),
  saleLine: ({ key }) => ('line' in key ? key.line : null),
  rule: ({ key }) => key.rule,
  child: ({ key }) => ('child' in key ? key.child : null),
  paidAt: ({ paidAt }) => paidAt,
  programme: ({ programme }) => programme,
  entity: ({ entity }) => entity,
  asset: ({ asset }) => asset,
  posted: ({ posted }) => BigInt(posted),
  held: ({ held }) => BigInt(held),
  released: ({ released }) => BigInt(released),
  frozen: ({ frozen }) => BigInt(frozen),
  due: ({ due }) => due && BigInt(due),
  reason: ({ reason }) => reason,
  months: ({ months }) => months.map(({ month, amount }) => `${month}:${amount}`).join(' '),
  heldUntil: ({ heldUntil }) =>
    heldUntil.map(({ until, amount }) => `${until}:${amount}`).join(' '),
  holds: ({ holds }) => holds.map(({ reason, until }) => `${reason}:${until ?? 'open'}`).join(' '),
};

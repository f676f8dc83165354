import { Readable } from 'node:stream';
import { Controller, Get, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  Allow,
  Caller,
  POSITION,
  type Principal,
  acceptsCsv,
  headersOfPoint,
} from '@tributary/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Rested, Reading, told } from '../application/reading';
import { type AccountDifference, effectOf, differenceOf } from '../domain/difference';
import { differenceCsv } from '../domain/export/difference';
import { Balances } from '../read-model/balances.queries';
import { cursorOf, readCursor } from '../read-model/cursor';
import {
  type ChangedEntry,
  type DifferenceFilter,
  Differences,
} from '../read-model/difference.queries';
import { CSV } from './entries.controller';
import { DifferenceQuery } from './queries';

@ApiTags('ledger')
@Controller('v1/ledger')
@Allow('finance', 'auditor', 'admin')
export class DifferenceController {
  constructor(
    private readonly reading: Reading,
    private readonly balances: Balances,
    private readonly differences: Differences,
  ) {}

  @Get('difference')
  @ApiOperation({
    summary: 'What lies between two points of the books, event by event',
    description:
      'On either clock, or both. `accounts`, on the first page, says for each account how much the legs of the events come to, and ' +
      'that nothing `remains`. All of it at once for who accepts text/csv.',
  })
  async difference(
    @Caller() { tenant }: Principal,
    @Query() query: DifferenceQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const [last, ...positions] = placeOf(query.after);
    const between = await this.between(tenant, query, positions);
    const { from, to } = between;
    if (acceptsCsv({ request, reply })) {
      headersOf(between, reply);
      const lines = differenceCsv(
        await this.accounts(between, query),
        this.differences.legs(between, query),
      );
      return new StreamableFile(Readable.from(lines, { objectMode: false }), { type: CSV });
    }
    const page = await this.differences.page(between, query, { limit: query.limit, after: last });
    return {
      from: told(from),
      to: told(to),
      ...(query.after === undefined && { accounts: await this.accounts(between, query) }),
      items: page.items.map(shown),
      next: page.last === undefined ? null : cursorAfter(page.last, between),
    };
  }

  /** Everything that is known is one moment: where neither point names another, both stand at one position. */
  private async between(
    tenant: string,
    query: DifferenceQuery,
    [from, to]: readonly (string | undefined)[],
  ): Promise<{ readonly from: Rested; readonly to: Rested }> {
    const { timeoutMs, position } = query;
    const second = await this.reading.standpoint(tenant, {
      effective: query.toEffective,
      known: query.toKnown,
      position: to ?? query.toPosition ?? position,
      timeoutMs,
    });
    const isOpen = [query.fromKnown, query.toKnown, query.toPosition].every(
      (bound) => bound === undefined,
    );
    const first = await this.reading.standpoint(tenant, {
      effective: query.fromEffective,
      known: query.fromKnown,
      position:
        from ?? query.fromPosition ?? position ?? (isOpen ? String(second.position) : undefined),
      timeoutMs,
    });
    return { from: first, to: second };
  }

  private async accounts(
    between: { readonly from: Rested; readonly to: Rested },
    filter: DifferenceFilter,
  ): Promise<AccountDifference[]> {
    const { entity, account, asset, partner, programme, plan, country, bank } = filter;
    const wanted = { entity, account, asset, partner, programme, plan, country, bank };
    const [from, to, changed] = await Promise.all([
      this.balances.byAccount(between.from, wanted),
      this.balances.byAccount(between.to, wanted),
      this.differences.changed(between, wanted),
    ]);
    return differenceOf(from, to, changed);
  }
}

const placeOf = (after: string | undefined): readonly [string, ...string[]] => {
  if (after === undefined) return ['0'];
  const { position, keys } = readCursor(after, [POSITION, POSITION]);
  const [from = '0', last = '0'] = keys;
  return [last, from, String(position)];
};

const cursorAfter = (last: string, { from, to }: { readonly from: Rested; readonly to: Rested }) =>
  cursorOf({ position: to.position, keys: [String(from.position), last] });

const shown = ({ legs, ...entry }: ChangedEntry) => ({
  ...entry,
  legs: legs.map((leg) => ({ ...leg, effect: effectOf({ ...leg, ...entry }) })),
});

function headersOf(
  between: { readonly from: Rested; readonly to: Rested },
  reply: FastifyReply,
): void {
  for (const name of ['from', 'to'] as const) {
    headersOfPoint(between[name], reply, `x-${name}`);
    void reply.header(`x-${name}-effective`, between[name].effective ?? '');
  }
}

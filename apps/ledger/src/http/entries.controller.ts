import { Readable } from 'node:stream';
import { Controller, Get, Param, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  Allow,
  Caller,
  type Principal,
  Refusal,
  acceptsCsv,
  headersOfPoint,
} from '@tributary/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Exports, type Format } from '../application/exports';
import { type Rested, Reading, told } from '../application/reading';
import { legsCsv } from '../domain/export/rows';
import { Entries, readTimeCursor, timeCursorOf } from '../read-model/entries.queries';
import type { JournalLeg } from '../domain/journal';
import { EntriesQuery, ExportQuery, StatementQuery } from './queries';

export const CSV = 'text/csv; charset=utf-8; header=present';
const TYPES: Readonly<Record<Format, string>> = {
  hledger: 'text/plain; charset=utf-8',
  beancount: 'text/plain; charset=utf-8',
  csv: CSV,
  jsonl: 'application/jsonl; charset=utf-8',
};
const ENDINGS: Readonly<Record<Format, string>> = {
  hledger: 'journal',
  beancount: 'beancount',
  csv: 'csv',
  jsonl: 'jsonl',
};

@ApiTags('ledger')
@Controller('v1/ledger')
@Allow('finance', 'auditor', 'admin')
export class EntriesController {
  constructor(
    private readonly reading: Reading,
    private readonly entries: Entries,
    private readonly exports: Exports,
  ) {}

  @Get('entries')
  @ApiOperation({
    summary:
      'Entries in the order of the log, page by page; all their legs at once for who accepts text/csv',
  })
  async list(
    @Caller() { tenant }: Principal,
    @Query() query: EntriesQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const standpoint = await this.reading.standpoint(tenant, query);
    if (acceptsCsv({ request, reply })) {
      headersOf(standpoint, reply);
      const legs = this.entries.legs(standpoint, query, 'log');
      return new StreamableFile(Readable.from(legsCsv(legs), { objectMode: false }), { type: CSV });
    }
    const { items, next } = await this.entries.page(standpoint, query, query);
    return { ...told(standpoint), period: query.period ?? null, items, next };
  }

  @Get('accounts/:account/statement')
  @ApiOperation({ summary: 'An account and those below it: opening, movements, closing' })
  async statement(
    @Caller() { tenant }: Principal,
    @Param('account') account: string,
    @Query() query: StatementQuery,
  ) {
    const standpoint = await this.reading.standpoint(tenant, query);
    const { from, limit } = query;
    const filter = { ...query, account };
    const after = query.after === undefined ? undefined : readTimeCursor(query.after);
    const before = { ...filter, from: undefined, before: from };
    const opening =
      from === undefined ? 0n : (await this.entries.total(standpoint, before)).balance;
    const seen = after ? (await this.entries.total(standpoint, filter, after)).balance : 0n;
    const legs: JournalLeg[] = [];
    for await (const leg of this.entries.legs(standpoint, filter, 'time', after, limit + 1))
      legs.push(leg);
    let balance = opening + seen;
    const movements = legs.slice(0, limit).map((leg) => {
      balance += leg.debit - leg.credit;
      return { ...leg, balance };
    });
    const last = legs.length > limit ? movements.at(-1) : undefined;
    return {
      ...told(standpoint),
      period: query.period ?? null,
      account,
      entity: query.entity,
      asset: query.asset,
      from: from ?? null,
      opening,
      carried: opening + seen,
      movements,
      closing: opening + (await this.entries.total(standpoint, filter)).balance,
      next: last ? timeCursorOf(standpoint, last) : null,
    };
  }

  @Get('exports')
  @ApiOperation({
    summary: 'The books of one entity as a file for hledger, beancount, a spreadsheet or a program',
  })
  async export(
    @Caller() { tenant }: Principal,
    @Query() query: ExportQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const { format, entity, from, to } = query;
    assertRange(query);
    const standpoint = await this.reading.standpoint(tenant, query);
    const file = await this.exports.of(standpoint, format, entity, { from, to });
    headersOf(standpoint, reply);
    const name = `books.${ENDINGS[format]}`;
    return new StreamableFile(file, {
      type: TYPES[format],
      disposition: `attachment; filename="${name}"`,
    });
  }
}

/** A file has the days that it names, and nothing that had not happened by `effective`. */
function assertRange({ from, to, effective }: ExportQuery): void {
  const last = to ?? effective;
  if (from !== undefined && last !== undefined && from > last)
    throw new Refusal(422, 'invalid_range', 'The first day comes after the last.');
  if (to !== undefined && effective !== undefined && to > effective)
    throw new Refusal(422, 'invalid_range', 'The last day comes after `effective`.');
}

/** What a file cannot say of itself. */
export function headersOf(rested: Rested, reply: FastifyReply): void {
  const { effective, parked } = rested;
  headersOfPoint(rested, reply);
  void reply.header('x-effective', effective ?? '').header('x-parked', String(parked));
}

import {
  Body,
  Controller,
  Get,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  Res,
  StreamableFile,
} from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { hasCode } from '@tributary/kernel';
import {
  Allow,
  answerOf,
  asAccepted,
  Caller,
  type Columns,
  type CommandAnswer,
  type CommandContext,
  cursorOf,
  Idempotent,
  type Principal,
  readCursor,
  Refusal,
  type Refusals,
  ServiceRuntime,
  untilVisible,
} from '@tributary/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DEFAULT_ZONE, ToStatements } from '../application/statements';
import type { StatementContent } from '../domain/statement/content';
import type { OrderRejected } from '../domain/statement/decide';
import type { Format } from '../domain/statement/events';
import { StatementSources } from '../read-model/statement-sources.queries';
import { statements } from '../read-model/statements.projection';
import { type IssuedStatement, Statements } from '../read-model/statements.queries';
import {
  DocumentQuery,
  IssueStatementsBody,
  PartnerStatementsQuery,
  StatementsQuery,
} from './statements.dto';

const REFUSALS: Refusals<OrderRejected> = {
  month_not_over: [
    409,
    'The month runs until the time that `until` names; its statements can be written then.',
  ],
};

const TYPES: Readonly<Record<Format, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  pdf: 'application/pdf',
};

@ApiTags('statements')
@Controller('v1')
@Allow('finance', 'admin', 'auditor')
export class StatementsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly statements: Statements,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Post('statements')
  @HttpCode(202)
  @Allow('finance', 'admin')
  @ApiOperation({
    summary: 'Issues the statements of a month: one for each account of the entity',
    description:
      'Also where nothing happened, and for every month before that has none yet. What was issued stays as it is; asking again reaches ' +
      'accounts that are new since. It goes on after the answer: see GET /v1/statements.',
  })
  async issue(
    @Idempotent() { tenant, cause, receivedAt: at }: CommandContext,
    @Body() { entity, month }: IssueStatementsBody,
  ): Promise<CommandAnswer> {
    const sources = new StatementSources(this.runtime.database);
    const zone = (await sources.zoneOf(tenant, entity)) ?? DEFAULT_ZONE;
    const by = cause.actor;
    const order = { type: 'OrderStatements', entity, zone, month, by, at } as const;
    const outcome = await this.commands.execute(new ToStatements(order, { tenant, cause }));
    return answerOf(outcome, { service: this.runtime.name, id: `${entity}.${month}` }, REFUSALS);
  }

  @Get('statements')
  @ApiOperation({
    summary: 'What was issued, with its figures and the hash of each document',
    description: 'In the order of months. Answers CSV to who accepts it.',
  })
  async list(
    @Caller() { tenant }: Principal,
    @Query() query: StatementsQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return await this.page(tenant, query.partner, query, { request, reply });
  }

  @Get('partners/:partner/statements')
  @Allow('finance', 'admin', 'auditor', 'partner')
  @ApiOperation({
    summary: 'The statements of a partner',
    description: 'A key of a partner reaches its own alone. Answers CSV to who accepts it.',
  })
  async ofPartner(
    @Caller() { tenant }: Principal,
    @Param('partner') partner: string,
    @Query() query: PartnerStatementsQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return await this.page(tenant, partner, query, { request, reply });
  }

  @Get('partners/:partner/statements/:statement')
  @Allow('finance', 'admin', 'auditor', 'partner')
  @ApiOperation({
    summary: 'A statement as data: figures, lines, and what was held when it was issued',
  })
  async one(
    @Caller() { tenant }: Principal,
    @Param('partner') partner: string,
    @Param('statement') statement: string,
  ) {
    const { content, position } = await this.find(tenant, partner, statement);
    const { head, figures, lines } = content;
    const { before, through, ...shown } = head;
    const { carriedOn: _next, ...told } = figures;
    return { position, ...shown, before: before?.statement ?? null, through, ...told, lines };
  }

  @Get('partners/:partner/statements/:statement/document')
  @Allow('finance', 'admin', 'auditor', 'partner')
  @ApiOperation({
    summary: 'The document that was issued, byte for byte',
    description:
      'It is made anew of the log, and handed out only if its SHA-256 is the one that was stored with the statement; that stands in `etag`.',
  })
  async document(
    @Caller() { tenant }: Principal,
    @Param('partner') partner: string,
    @Param('statement') statement: string,
    @Query() { format, language }: DocumentQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const { content } = await this.find(tenant, partner, statement);
    const { bytes, sha256 } = await this.statements.document(content, format, language);
    void reply
      .header('etag', `"${sha256}"`)
      .header('content-language', language)
      .header('cache-control', 'private, immutable, max-age=31536000');
    return new StreamableFile(bytes, {
      type: TYPES[format],
      disposition: `attachment; filename="${statement}.${language}.${format}"`,
    });
  }

  private async find(
    tenant: string,
    partner: string,
    statement: string,
  ): Promise<{ readonly content: StatementContent; readonly position: bigint }> {
    const found = isOf(partner, statement)
      ? await this.statements.content(tenant, statement).catch((error: unknown) => {
          if (hasCode(error, 'invalid_stream_name')) return undefined;
          throw error;
        })
      : undefined;
    if (found) return found;
    throw new Refusal(
      404,
      'statement_unknown',
      'No statement of this name was issued to this partner.',
    );
  }

  private async page(
    tenant: string,
    partner: string | undefined,
    query: PartnerStatementsQuery,
    answer: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  ) {
    await untilVisible(this.runtime, [statements.name], query);
    const { entity, month, limit } = query;
    const [at, name] = query.after === undefined ? [] : readCursor(query.after, 2);
    const after = at === undefined || name === undefined ? null : ([at, name] as const);
    const found = await this.statements.page({ tenant, partner, entity, month, after, limit });
    const next = found.next && cursorOf(...found.next);
    return asAccepted({ ...found, next }, COLUMNS, answer);
  }
}

/** A name begins with its partner, and another one's is no different from one that does not exist. */
const isOf = (partner: string, statement: string): boolean =>
  statement.startsWith(`${partner}.`) && statement.split('.').length === 4;

const COLUMNS: Columns<IssuedStatement> = {
  statement: ({ statement }) => statement,
  partner: ({ partner }) => partner,
  entity: ({ entity }) => entity,
  asset: ({ asset }) => asset,
  month: ({ month }) => month,
  opening: ({ opening }) => BigInt(opening),
  earned: ({ totals }) => BigInt(totals.earned),
  adjusted: ({ totals }) => BigInt(totals.adjusted),
  tax: ({ totals }) => BigInt(totals.tax),
  paid: ({ totals }) => BigInt(totals.paid),
  returned: ({ totals }) => BigInt(totals.returned),
  repaid: ({ totals }) => BigInt(totals.repaid),
  writtenOff: ({ totals }) => BigInt(totals.written_off),
  other: ({ totals }) => BigInt(totals.other),
  closing: ({ closing }) => BigInt(closing),
  lines: ({ lines }) => lines,
  issuedAt: ({ issuedAt }) => issuedAt,
};

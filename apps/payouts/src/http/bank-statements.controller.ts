import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { hasCode } from '@tributary/kernel';
import {
  Allow,
  Caller,
  CameWith,
  type CommandAnswer,
  type CommandContext,
  Idempotent,
  type Principal,
  Refusal,
  type RequestContext,
  ServiceRuntime,
  TakesFile,
  answerOf,
  cursorOf,
  readCursor,
  readFile,
  tokenOf,
  untilVisible,
} from '@tributary/platform';
import { DecideRail } from '../application/matching';
import { BankStatements } from '../application/statements-in';
import type { AcceptStatement, DismissStatement } from '../domain/rail/commands';
import { bankLines } from '../read-model/bank-lines.projection';
import { BankLinesRead } from '../read-model/bank-lines.queries';
import { AcceptanceBody, DeclaredQuery, DismissalBody, PagedQuery } from './bank-statements.dto';
import { RAIL_REFUSALS } from './matching.refusals';

/** Some two hundred thousand lines of camt.053. */
const MOST_STATEMENT_BYTES = 256 * 1_048_576;

@ApiTags('bank statements')
@Controller('v1/paying-accounts/:account/bank-statements')
@Allow('admin', 'finance')
export class BankStatementsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly statements: BankStatements,
    private readonly shown: BankLinesRead,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Post()
  @TakesFile()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Reads statements of the bank: camt.053 or OFX, as the bank gave them',
    description:
      'The same statement adds nothing, in whichever file it comes and however often, so that no key is needed. One that does not add ' +
      'up, or is of another account or currency, is quarantined whole, with the reason; one that does not continue what is known waits ' +
      'for what is missing.',
    requestBody: {
      required: true,
      content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
    },
  })
  async take(
    @Caller() { tenant, actor }: Principal,
    @CameWith() { correlationId, traceParent, receivedAt: at }: RequestContext,
    @Param('account') rail: string,
    @Query() { opening, closing }: DeclaredQuery,
    @Body() body: unknown,
  ) {
    const bytes = await readFile(body, MOST_STATEMENT_BYTES);
    const by = { tenant, actor, correlationId, traceParent, at };
    const declared = { opening: opening ?? null, closing: closing ?? null };
    const taken = await this.statements.take(rail, bytes, declared, by).catch(refuseFile);
    return { ...taken, token: tokenOf(this.runtime.name, taken.position) };
  }

  @Get()
  @Allow('admin', 'finance', 'auditor')
  @ApiOperation({ summary: 'Statements that were read, with what became of each' })
  async list(
    @Caller() { tenant }: Principal,
    @Param('account') rail: string,
    @Query() query: PagedQuery,
  ) {
    await untilVisible(this.runtime, [bankLines.name], query);
    const [from = '', statement = ''] = query.after ? readCursor(query.after, 2) : [];
    const page = await this.shown.statements(tenant, rail, [from, statement], query.limit);
    return { ...page, next: page.next && cursorOf(...page.next) };
  }

  @Post(':statement/acceptance')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Lets a statement count that waits for one before it, or was dismissed by mistake',
    description:
      'By how much the balance jumps stays on record, with who said why. All of its lines count beside those that are known: one that ' +
      'says in other words what is known already is dismissed.',
  })
  async accept(
    @Idempotent() context: CommandContext,
    @Param('account') rail: string,
    @Param('statement') statement: string,
    @Body() { reason }: AcceptanceBody,
  ): Promise<CommandAnswer> {
    const { cause, receivedAt: at } = context;
    const said = { rail, statement, reason, by: cause.actor, at };
    return await this.decide(context, { type: 'AcceptStatement', ...said });
  }

  @Post(':statement/dismissal')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Sets a statement aside that waits or was refused',
    description:
      'It says only what is known in other words, or is not of this account: none of its lines counts, and its break is closed. One that was waiting can be accepted later.',
  })
  async dismiss(
    @Idempotent() context: CommandContext,
    @Param('account') rail: string,
    @Param('statement') statement: string,
    @Body() { reason }: DismissalBody,
  ): Promise<CommandAnswer> {
    const { cause, receivedAt: at } = context;
    const said = { rail, statement, reason, by: cause.actor, at };
    return await this.decide(context, { type: 'DismissStatement', ...said });
  }

  private async decide(
    context: CommandContext,
    command: AcceptStatement | DismissStatement,
  ): Promise<CommandAnswer> {
    const outcome = await this.commands.execute(new DecideRail(command, context));
    return answerOf(outcome, { service: this.runtime.name, id: command.statement }, RAIL_REFUSALS);
  }
}

function refuseFile(error: unknown): never {
  if (hasCode(error, 'account_unknown')) throw new Refusal(404, error.code, error.message);
  if (hasCode(error, 'invalid_bank_file', 'no_statement', 'unknown_bank_file'))
    throw new Refusal(422, error.code, error.message);
  if (hasCode(error, 'chunk_out_of_order', 'statement_incomplete'))
    throw new Refusal(409, error.code, 'Somebody else is sending it; ask again in a moment.');
  throw error;
}

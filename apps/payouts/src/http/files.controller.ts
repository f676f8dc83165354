import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { hasCode, invariant, startOfDay } from '@tributary/kernel';
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
  readFile,
  tokenOf,
  untilVisible,
} from '@tributary/platform';
import type { FastifyReply } from 'fastify';
import { PaymentFiles } from '../application/file-writing';
import { DecideFile, type LoadedFile } from '../application/files';
import { ReturnFiles } from '../application/returns';
import { paymentFiles } from '../read-model/files.projection';
import { PaymentFilesShown } from '../read-model/files.queries';
import { csvRegister } from '../rails/csv-register/rail';
import type { Rail } from '../rails/rail';
import { railNamed } from '../rails/rails';
import { EvidenceBody, FileVoidBody, FilesQuery } from './files.dto';
import { FileNumber, afterOf, unknownFile } from './files.names';
import { FILE_REFUSALS } from './files.refusals';
import { assertPayDay } from './pay-on';
import { FilesPageQuery, FilesReadQuery } from './paying-accounts.dto';
import { runNamed } from './runs.names';

/** Two hundred thousand lines of a return file. */
const MOST_RETURN_BYTES = 64 * 1_048_576;

@ApiTags('payment files')
@Controller('v1/payment-files')
@Allow('admin', 'finance')
export class FilesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly files: PaymentFiles,
    private readonly returned: ReturnFiles,
    private readonly shown: PaymentFilesShown,
    private readonly runtime: ServiceRuntime,
  ) {}

  @Get()
  @Allow('admin', 'finance', 'auditor')
  @ApiOperation({ summary: 'Files that were sent, or are to be, with what became of each' })
  async list(@Caller() { tenant }: Principal, @Query() query: FilesQuery) {
    await untilVisible(this.runtime, [paymentFiles.name], query);
    const { payingAccount: rail = null, limit } = query;
    const run = query.run === undefined ? null : runNamed(query.run);
    return await this.shown.files({ tenant, rail, run, after: afterOf(query.after), limit });
  }

  @Get(':account/:sequence')
  @ApiProduces('text/plain', 'text/csv')
  @ApiOperation({
    summary: 'The file for the bank',
    description:
      'The same bytes for ever, made anew from what was decided and compared with the hash of then. 410 once a payee of it was erased.',
  })
  async download(
    @Caller() { tenant }: Principal,
    @Param('account') rail: string,
    @Param('sequence', FileNumber) sequence: number,
    @Query() query: FilesReadQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    await untilVisible(this.runtime, [paymentFiles.name], query);
    const loaded = await this.exported(tenant, rail, sequence);
    const { bytes, sha256 } = await this.files.render(tenant, loaded);
    invariant(sha256 === loaded.exported?.sha256, 'a file has the same bytes whenever it is made');
    const { format } = loaded.numbered.from;
    return sendAs(reply, { loaded, rail: railNamed(format), bytes, sha256 });
  }

  @Get(':account/:sequence/register')
  @ApiProduces('text/csv')
  @ApiOperation({ summary: 'What a file says, as a table with names as they are' })
  async register(
    @Caller() { tenant }: Principal,
    @Param('account') rail: string,
    @Param('sequence', FileNumber) sequence: number,
    @Query() query: FilesReadQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    await untilVisible(this.runtime, [paymentFiles.name], query);
    const loaded = await this.exported(tenant, rail, sequence);
    const { bytes, sha256 } = await this.files.render(tenant, loaded, csvRegister);
    return sendAs(reply, { loaded, rail: csvRegister, bytes, sha256 });
  }

  @Get(':account/:sequence/items')
  @Allow('admin', 'finance', 'auditor')
  @ApiOperation({ summary: 'What a file asks of the bank, and what the bank has answered to each' })
  async items(
    @Caller() { tenant }: Principal,
    @Param('account') rail: string,
    @Param('sequence', FileNumber) sequence: number,
    @Query() query: FilesPageQuery,
  ) {
    await untilVisible(this.runtime, [paymentFiles.name], query);
    const { found } = await this.shown.file(tenant, rail, sequence);
    if (!found) throw unknownFile();
    const of = { tenant, rail, sequence };
    const page = await this.shown.items(of, query.after ?? '', query.limit);
    return { file: found, ...page };
  }

  @Post(':account/:sequence/void')
  @ApiOperation({
    summary: 'Proposes to void a file that the bank refused whole',
    description: 'With what shows that it took nothing of it. A second person approves.',
  })
  async proposeVoid(
    @Idempotent() context: CommandContext,
    @Param('account') rail: string,
    @Param('sequence', FileNumber) sequence: number,
    @Body() { evidence, then, payOn }: FileVoidBody,
  ): Promise<CommandAnswer> {
    const { cause, receivedAt: at } = context;
    // Refuses a day that no calendar has.
    startOfDay(payOn, 'UTC');
    assertPayDay(payOn, at);
    const said = { evidence, then, payOn, by: cause.actor, at };
    const command = { type: 'ProposeFileVoid', rail, sequence, ...said } as const;
    return await this.decide(new DecideFile(command, context));
  }

  @Post(':account/:sequence/void/approval')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Voids it, as somebody else has proposed',
    description: 'Refused while the bank has taken any item of it, or may have.',
  })
  async approveVoid(
    @Idempotent() context: CommandContext,
    @Param('account') rail: string,
    @Param('sequence', FileNumber) sequence: number,
  ): Promise<CommandAnswer> {
    const { cause, receivedAt: at } = context;
    const command = { type: 'ApproveFileVoid', rail, sequence, by: cause.actor, at } as const;
    return await this.decide(new DecideFile(command, context));
  }

  @Post(':account/items/:item/unpaid')
  @ApiOperation({
    summary: 'Proposes to declare a payment unpaid',
    description:
      'Of one that the bank has claimed or left in doubt and answers no more, with what shows that it has not paid it and will not. A second person approves.',
  })
  async proposeUnpaid(
    @Idempotent() context: CommandContext,
    @Param('account') rail: string,
    @Param('item') item: string,
    @Body() { evidence }: EvidenceBody,
  ): Promise<CommandAnswer> {
    const { cause, receivedAt: at } = context;
    const said = { rail, item, evidence, by: cause.actor, at };
    return await this.decide(new DecideFile({ type: 'ProposeItemUnpaid', ...said }, context));
  }

  @Post(':account/items/:item/unpaid/approval')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Declares it unpaid, as somebody else has proposed',
    description:
      'As if the bank had rejected it: it is owed again. Refused once a line shows it, and where the bank has answered since the proposal.',
  })
  async approveUnpaid(
    @Idempotent() context: CommandContext,
    @Param('account') rail: string,
    @Param('item') item: string,
  ): Promise<CommandAnswer> {
    const { cause, receivedAt: at } = context;
    const said = { rail, item, by: cause.actor, at };
    return await this.decide(new DecideFile({ type: 'ApproveItemUnpaid', ...said }, context));
  }

  @Post(':account/returns')
  @TakesFile()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Reads what the bank has answered',
    description:
      'The file as the bank gave it. The same file adds nothing, however often it is sent, so that no key is needed. None of its answers is proof of payment: that is a bank statement. Of a voided file a rejection is no news, and every other answer is `unknown` and opens a break.',
    requestBody: {
      required: true,
      content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
    },
  })
  async takeReturn(
    @Caller() { tenant, actor }: Principal,
    @CameWith() { correlationId, traceParent, receivedAt: at }: RequestContext,
    @Param('account') rail: string,
    @Body() body: unknown,
  ) {
    const bytes = await readFile(body, MOST_RETURN_BYTES);
    const by = { tenant, actor, correlationId, traceParent, at };
    const taken = await this.returned.take(rail, bytes, by).catch(refuseReturn);
    return { ...taken, token: tokenOf(this.runtime.name, taken.position) };
  }

  @Get(':account/returns')
  @Allow('admin', 'finance', 'auditor')
  @ApiOperation({ summary: 'Answers of the bank that were read' })
  async returns(
    @Caller() { tenant }: Principal,
    @Param('account') rail: string,
    @Query() query: FilesPageQuery,
  ) {
    await untilVisible(this.runtime, [paymentFiles.name], query);
    return await this.shown.returns(tenant, rail, query.after ?? '', query.limit);
  }

  private async exported(tenant: string, rail: string, sequence: number): Promise<LoadedFile> {
    const place = await this.shown.placeOf(tenant, rail, sequence);
    const loaded = place && (await this.files.load({ tenant, rail, ...place, until: 'exported' }));
    if (!loaded) throw unknownFile();
    if (loaded.exported) return loaded;
    const detail = 'It is being written and checked; ask again in a moment.';
    throw new Refusal(409, 'file_not_exported', detail, { headers: { 'retry-after': '1' } });
  }

  private async decide(command: DecideFile): Promise<CommandAnswer> {
    const outcome = await this.commands.execute(command);
    const { rail: id } = command.command;
    return answerOf(outcome, { service: this.runtime.name, id }, FILE_REFUSALS);
  }
}

interface Sent {
  readonly loaded: LoadedFile;
  readonly rail: Rail;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

function sendAs(reply: FastifyReply, { loaded, rail, bytes, sha256 }: Sent): Buffer {
  const { rail: account, sequence } = loaded.numbered;
  const name = `${account}-${String(sequence).padStart(6, '0')}.${rail.extension}`;
  void reply
    .header('content-type', rail.mediaType)
    .header('content-disposition', `attachment; filename="${name}"`)
    .header('cache-control', 'no-store')
    .header('x-sha256', sha256);
  return Buffer.from(bytes);
}

function refuseReturn(error: unknown): never {
  if (hasCode(error, 'account_unknown')) throw new Refusal(404, error.code, error.message);
  if (hasCode(error, 'not_a_return_file', 'no_return_file'))
    throw new Refusal(422, error.code, error.message);
  throw error;
}

import {
  Body,
  Controller,
  Get,
  HttpCode,
  Param,
  ParseIntPipe,
  Post,
  Put,
  Query,
  StreamableFile,
} from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { type Instant, type CodedError, dayOf, hasCode } from '@tributary/kernel';
import {
  Allow,
  AskedAt,
  Caller,
  type Principal,
  Refusal,
  TakesFile,
  readFile,
} from '@tributary/platform';
import {
  type Received,
  SandboxBank,
  type StatementFormat,
  openBank,
  scenarioOf,
  shiftDay,
} from '@tributary/sandbox-bank';
import {
  OpenSandboxBankBody,
  SandboxDaysBody,
  SandboxFileQuery,
  SandboxScenarioBody,
  SandboxStatementQuery,
} from './sandbox-bank.dto';
import { SandboxBanks } from './sandbox-banks';

/** Where Brazilian banks count their days. */
const ZONE = 'America/Sao_Paulo';
const MOST_PAYMENT_BYTES = 64 * 1_048_576;
const FILE = {
  required: true,
  content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
} as const;
const MEDIA: Readonly<Record<StatementFormat, string>> = {
  camt053: 'application/xml',
  ofx: 'application/x-ofx',
};

/** The other side of the counter, for laptops: no money moves, and nothing of it stands in the log. */
@ApiTags('sandbox bank')
@Controller('v1/sandbox-bank')
@Allow('admin', 'finance')
export class SandboxBankController {
  constructor(private readonly banks: SandboxBanks) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Sandbox: opens the bank of this tenant, with one account',
    description:
      'Of `npm start` only. Where it is open already, nothing changes and the answer says how it stands.',
  })
  async open(@Caller() { tenant }: Principal, @Body() body: OpenSandboxBankBody) {
    return await refusing(() =>
      this.banks.change(tenant, (found) => {
        const asked = bankOf(body);
        if (found && openedAs(found) !== openedAs(asked))
          throw new Refusal(409, 'bank_is_open', 'The bank was opened with another account.');
        const bank = found ?? asked;
        return { bank, answer: shown(bank) };
      }),
    );
  }

  @Get()
  @Allow('admin', 'auditor', 'finance')
  @ApiOperation({ summary: 'Sandbox: the day, the balance and what is under way at the bank' })
  async show(@Caller() { tenant }: Principal) {
    return shown(opened(await this.banks.find(tenant)));
  }

  @Post('files')
  @TakesFile()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Sandbox: hands the bank a file of payments',
    description: 'It is taken, or refused whole with the reasons; the same file is taken once.',
    requestBody: FILE,
  })
  async receive(
    @Caller() { tenant }: Principal,
    @AskedAt() askedAt: Instant,
    @Query() { on }: SandboxFileQuery,
    @Body() body: unknown,
  ): Promise<Received> {
    const bytes = await readFile(body, MOST_PAYMENT_BYTES);
    const day = on ?? dayOf(askedAt, ZONE);
    return await this.change(tenant, (bank) => {
      if (bank.state.day < day) bank.advance(day);
      return bank.receive(bytes);
    });
  }

  @Post('days')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Sandbox: lets days pass; payments are made, and some come back',
    description: 'The calendar of the bank moves when it is told to, and never backwards.',
  })
  async advance(@Caller() { tenant }: Principal, @Body() { to, days }: SandboxDaysBody) {
    if ((to === undefined) === (days === undefined))
      throw new Refusal(422, 'invalid_day', 'Give `to` or `days`, one of the two.');
    return await this.change(tenant, (bank) => {
      bank.advance(to ?? shiftDay(bank.state.day, days ?? 0));
      return shown(bank);
    });
  }

  @Put('scenario')
  @ApiOperation({ summary: 'Sandbox: how the bank behaves from now on' })
  async follow(@Caller() { tenant }: Principal, @Body() { scenario }: SandboxScenarioBody) {
    return await this.change(tenant, (bank) => {
      bank.follow(scenarioOf(scenario));
      return shown(bank);
    });
  }

  @Get('returns')
  @Allow('admin', 'auditor', 'finance')
  @ApiOperation({ summary: 'Sandbox: the return files of the bank, by number' })
  async returns(@Caller() { tenant }: Principal) {
    return { items: returnsOf(opened(await this.banks.find(tenant))) };
  }

  @Get('returns/:number')
  @ApiProduces('text/plain')
  @ApiOperation({ summary: 'Sandbox: one of them, as the bank wrote it (CNAB 240 retorno)' })
  async answer(
    @Caller() { tenant }: Principal,
    @Param('number', ParseIntPipe) number: number,
  ): Promise<StreamableFile> {
    const file = opened(await this.banks.find(tenant)).returnFileAgain(number);
    if (!file) throw new Refusal(404, 'return_unknown', 'The bank has written no such file.');
    const disposition = `attachment; filename="${file.name}"`;
    return new StreamableFile(file.bytes, { type: 'text/plain', disposition });
  }

  @Get('statement')
  @ApiProduces(...Object.values(MEDIA))
  @ApiOperation({ summary: 'Sandbox: what moved on the account, on days that are over' })
  async statement(
    @Caller() { tenant }: Principal,
    @Query() { from, until, format }: SandboxStatementQuery,
  ): Promise<StreamableFile> {
    const bank = opened(await this.banks.find(tenant));
    const { openedOn, day } = bank.state;
    const last = until ?? shiftDay(day, -1);
    const bytes = await refusing(() => bank.statement(from ?? openedOn, last, format));
    return new StreamableFile(bytes, { type: MEDIA[format] });
  }

  private async change<T>(tenant: string, does: (bank: SandboxBank) => T): Promise<T> {
    return await refusing(() =>
      this.banks.change(tenant, (found) => {
        const bank = opened(found);
        return { answer: does(bank), bank };
      }),
    );
  }
}

function bankOf({ account, holder, document, opening, on, scenario }: OpenSandboxBankBody) {
  const { bank, branch, number, digit } = account;
  return new SandboxBank(
    openBank({
      account: { bank, branch, number, digit, holder: holder.toUpperCase(), document },
      openingMinor: opening,
      on,
      scenario: scenarioOf(scenario ?? {}),
    }),
  );
}

function shown(bank: SandboxBank) {
  const { account, day, openedOn, taken, steps, scenario } = bank.state;
  return {
    account,
    openedOn,
    day,
    balance: String(bank.balanceMinor),
    files: taken.map(({ sequence, on }) => ({ sequence, on })),
    paymentsToCome: steps.length,
    returns: returnsOf(bank),
    scenario,
  };
}

function returnsOf(bank: SandboxBank) {
  return Array.from({ length: bank.state.returnFiles }, (_, index) => {
    const file = bank.returnFileAgain(index + 1);
    return { number: index + 1, answers: file?.sequence ?? null, name: file?.name ?? null };
  });
}

const openedAs = ({ state: { account, openingMinor } }: SandboxBank): string =>
  JSON.stringify([account, openingMinor]);

function opened(bank: SandboxBank | null): SandboxBank {
  if (bank) return bank;
  throw new Refusal(404, 'bank_not_open', 'Open it first: POST /v1/sandbox-bank.');
}

/** What the bank says no to, it says in words for whoever asked. */
async function refusing<T>(ask: () => Promise<T> | T): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (hasCode(error, 'bank_is_later')) throw refused(409, error);
    if (
      hasCode(
        error,
        'invalid_account',
        'invalid_day',
        'invalid_scenario',
        'no_statement',
        'no_such_days',
      )
    )
      throw refused(422, error);
    throw error;
  }
}

const refused = (status: number, { code, message }: CodedError): Refusal =>
  new Refusal(status, code, message);

import { CodedError } from '@tributary/kernel';
import {
  advance,
  balanceOf,
  type BankState,
  decimal,
  enter,
  noonOf,
  openBank,
  receive,
  type Received,
  returnFile,
  type Scenario,
  scenarioOf,
  shiftDay,
  statement,
  STATEMENT_FORMATS,
} from '@tributary/sandbox-bank';

import { BankFolder, parsed, readGiven } from './bank-folder';
import { type Command, EXIT, type ExitCode, parseOptions } from './command';

const HELP = `Usage: tributary bank <action> [options]

A bank on your own machine: it reads the CNAB 240 files that Tributary writes, with a reader of its own, and answers with
return files and statements. Its calendar moves only when it is told to, so that a month passes in a second.

  tributary bank open --balance 10000.00 --on 2026-04-15     an account with money on it
  tributary bank receive payments.rem                         take a file of payments, or refuse it whole and say why
  tributary bank advance --to 2026-04-17                      let days pass: payments are made, some come back
  tributary bank return                                       what the bank says of each payment (CNAB 240 retorno)
  tributary bank statement --format camt053                   what moved on the account, on the days that are over
  tributary bank enter --debit 12.50 --text "TARIFA"          money that moves without a file, as tax does
  tributary bank follow misfortune.json                       behave otherwise from now on
  tributary bank show                                         day, balance and what is under way

open       --account <bank/branch/number-digit>  341/1234/56789-0     --holder <name>     --document <CNPJ>
           --balance <amount>  1000000.00        --on <day>           --scenario <file>   --again replaces an open one
advance    --to <day>, or --days <n>
return     --out <folder>       one file per file of payments; what was said once is not said again
statement  --format ${STATEMENT_FORMATS.join('|')}   --from <day>, --until <day>: otherwise all days that are over      --out <file>
enter      --debit <amount> or --credit <amount>, and --text <what for>      --reference <document that it paid>
all        --data-dir <dir>     TRIBUTARY_DATA_DIR, .data; the bank lies in its folder bank/
           --json               one object instead of lines

A scenario is a JSON file, such as
  { "rules": [{ "when": { "payee": "MARIA" }, "then": { "kind": "returned", "afterDays": 2, "reason": "AC03" } }],
    "fees": { "perPaymentMinor": "150" }, "booking": "batch" }
What a rule may ask for and bring about is listed in libs/sandbox-bank/README.md. Without one, everything is paid.

Exit codes: 0 done, 1 the file was refused (the reasons are printed), 2 wrong usage, 3 could not be done.`;

const OPTIONS = {
  account: { type: 'string', default: '341/1234/56789-0' },
  holder: { type: 'string', default: 'TRIBUTARY TESTE LTDA' },
  document: { type: 'string', default: '12ABC34501DE35' },
  balance: { type: 'string', default: '1000000.00' },
  on: { type: 'string' },
  scenario: { type: 'string' },
  again: { type: 'boolean', default: false },
  to: { type: 'string' },
  days: { type: 'string' },
  format: { type: 'string', default: 'camt053' },
  from: { type: 'string' },
  until: { type: 'string' },
  out: { type: 'string' },
  debit: { type: 'string' },
  credit: { type: 'string' },
  text: { type: 'string' },
  reference: { type: 'string' },
  'data-dir': { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;
type Options = ReturnType<typeof parseOptions<typeof OPTIONS>>;

/** Lines for a person, the same facts for a program, and how it went. */
interface Answer {
  readonly lines: readonly string[];
  readonly facts: object;
  readonly code?: ExitCode;
}

interface Action {
  /** What follows its name without a dash, as the help calls it. */
  readonly takes?: string;
  readonly options: readonly (keyof typeof OPTIONS)[];
  run(folder: BankFolder, options: Options, given: string): Promise<Answer>;
}

const ACTIONS: Readonly<Record<string, Action>> = {
  open: {
    options: ['account', 'holder', 'document', 'balance', 'on', 'scenario', 'again'],
    run: open,
  },
  receive: { takes: 'file', options: [], run: take },
  advance: { options: ['to', 'days'], run: pass },
  return: { options: ['out'], run: answer },
  statement: { options: ['format', 'from', 'until', 'out'], run: state },
  enter: { options: ['debit', 'credit', 'text', 'reference'], run: move },
  follow: { takes: 'scenario file', options: [], run: follow },
  show: { options: [], run: async (folder) => shown(await folder.read()) },
};

export const bank: Command = {
  name: 'bank',
  summary: 'a sandbox bank: takes payment files, answers with return files and statements',
  help: HELP,
  async run([name = '', ...args], { variables, out }) {
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    if (action === undefined)
      throw unusable(name === '' ? 'What is the bank to do?' : `The bank cannot "${name}".`);
    const [given, rest] = givenOf(action, name, args);
    const options = optionsOf(action, rest);
    const folder = new BankFolder(options['data-dir'] ?? variables['TRIBUTARY_DATA_DIR']);
    const { lines, facts, code } = await action.run(folder, options, given);
    if (options.json) out(JSON.stringify(facts));
    else lines.forEach(out);
    return code ?? EXIT.fine;
  },
};

function givenOf({ takes }: Action, name: string, args: readonly string[]): [string, string[]] {
  if (takes === undefined) return ['', [...args]];
  const [given, ...rest] = args;
  if (given === undefined || given.startsWith('-'))
    throw unusable(`Which ${takes}? tributary bank ${name} <${takes}>`);
  return [given, rest];
}

/** An option of another action is refused, rather than taken and not heeded. */
function optionsOf({ options }: Action, args: readonly string[]): Options {
  const known = Object.entries(OPTIONS).filter(([option]) =>
    [...options, 'data-dir', 'json'].includes(option),
  );
  return parseOptions('bank', args, Object.fromEntries(known) as unknown as typeof OPTIONS);
}

const ACCOUNT = /^(\d{3})\/(\d{1,5})\/(\d{1,12})-([0-9A-Z])$/;

async function open(folder: BankFolder, options: Options): Promise<Answer> {
  const [, code = '', branch = '', number = '', digit = ''] = ACCOUNT.exec(options.account) ?? [];
  if (code === '') throw unusable('--account takes bank/branch/number-digit: 341/1234/56789-0.');
  if (options.on === undefined) throw unusable('--on takes the day on which the bank begins.');
  const state = openBank({
    account: {
      bank: code,
      branch,
      number,
      digit,
      holder: options.holder.toUpperCase(),
      document: options.document,
    },
    openingMinor: minorOf(options.balance, '--balance'),
    on: options.on,
    ...(options.scenario !== undefined && { scenario: await scenarioIn(options.scenario) }),
  });
  if (!options.again && (await folder.find()) !== null)
    throw new CodedError('bank_is_open', `There is a bank in ${folder.path}; --again replaces it.`);
  await folder.keep(state);
  return shown(state);
}

async function take(folder: BankFolder, _options: Options, path: string): Promise<Answer> {
  const bytes = await readGiven(path);
  const before = await folder.read();
  // The bank lives by its own calendar, whatever the clock of this machine shows.
  const { state: after, received } = receive(before, bytes, noonOf(before.day));
  await folder.keep(after);
  return received.outcome === 'taken' ? taken(received) : refused(received);
}

type OutcomeOf<T extends Received['outcome']> = Extract<Received, { outcome: T }>;

const taken = (received: OutcomeOf<'taken'>): Answer => ({
  lines: [
    `File ${received.sequence} was taken: ${received.payments} payments, ${decimal(received.totalMinor)} BRL.`,
  ],
  facts: received,
});

function refused(received: OutcomeOf<'refused'>): Answer {
  const reasons = received.faults.map(({ line, columns, code, message }) => {
    const place = line === null ? 'file' : `line ${line}${columns === null ? '' : `, ${columns}`}`;
    return `  ${place}: ${message} (${code})`;
  });
  const lines = ['The file was refused whole; nothing was paid.', ...reasons];
  return { lines, facts: received, code: EXIT.wrong };
}

async function pass(folder: BankFolder, { to, days }: Options): Promise<Answer> {
  const before = await folder.read();
  if ((to === undefined) === (days === undefined)) throw unusable('Give --to or --days.');
  if (days !== undefined && !/^[1-9]\d{0,3}$/.test(days)) throw unusable('--days takes 1 to 9999.');
  const day = to ?? shiftDay(before.day, Number(days));
  const after = advance(before, day);
  await folder.keep(after);
  const { lines, facts } = shown(after);
  const booked = after.lines.length - before.lines.length;
  return {
    lines: [`${booked} movements since ${before.day}.`, ...lines],
    facts: { ...facts, booked },
  };
}

async function answer(folder: BankFolder, { out }: Options): Promise<Answer> {
  const files: { sequence: number; path: string }[] = [];
  let current = await folder.read();
  for (;;) {
    const { state: after, file } = returnFile(current);
    if (file === null) break;
    const wanted = out === undefined ? undefined : `${out}/${file.name}`;
    const path = await folder.handOut(`returns/${file.name}`, file.bytes, wanted);
    files.push({ sequence: file.sequence, path });
    current = after;
  }
  // Kept last: an answer that could not be written down has not been given.
  await folder.keep(current);
  const lines = files.map(({ sequence, path }) => `${path} answers file ${sequence}`);
  return { lines: lines.length > 0 ? lines : ['There is nothing new to say.'], facts: { files } };
}

async function state(folder: BankFolder, options: Options): Promise<Answer> {
  const current = await folder.read();
  const format = STATEMENT_FORMATS.find((one) => one === options.format);
  if (format === undefined) throw unusable(`--format takes ${STATEMENT_FORMATS.join(' or ')}.`);
  const from = options.from ?? current.openedOn;
  const until = options.until ?? shiftDay(current.day, -1);
  const name = `statements/${from}_${until}.${format === 'ofx' ? 'ofx' : 'xml'}`;
  const path = await folder.handOut(name, statement(current, from, until, format), options.out);
  return { lines: [path], facts: { format, from, until, path } };
}

async function move(folder: BankFolder, options: Options): Promise<Answer> {
  const { debit, credit, text, reference } = options;
  if ((debit === undefined) === (credit === undefined)) throw unusable('Give --debit or --credit.');
  if (text === undefined || text === '') throw unusable('--text says what for.');
  const after = enter(await folder.read(), {
    side: debit === undefined ? 'credit' : 'debit',
    amountMinor: minorOf(debit ?? credit ?? '', debit === undefined ? '--credit' : '--debit'),
    text: text.toUpperCase(),
    ...(reference !== undefined && { reference: reference.toUpperCase() }),
  });
  await folder.keep(after);
  return shown(after);
}

async function follow(folder: BankFolder, _options: Options, path: string): Promise<Answer> {
  const after = { ...(await folder.read()), scenario: await scenarioIn(path) };
  await folder.keep(after);
  return { lines: [`The bank follows ${path}.`], facts: { scenario: after.scenario } };
}

async function scenarioIn(path: string): Promise<Scenario> {
  return scenarioOf(parsed(new TextDecoder().decode(await readGiven(path)), path));
}

function shown(current: BankState): Answer {
  const { account, day, steps, taken: files, answers } = current;
  const balance = balanceOf(current);
  const untold = answers.filter(({ toldIn }) => toldIn === null).length;
  return {
    lines: [
      `Account ${account.bank}/${account.branch}/${account.number}-${account.digit} of ${account.holder}, ${day}: ${decimal(balance)} BRL`,
      `${files.length} files taken, ${steps.length} payments and returns to come, ${untold} answers not given yet`,
    ],
    facts: {
      day,
      balanceMinor: String(balance),
      filesTaken: files.length,
      stepsToCome: steps.length,
      answersToGive: untold,
    },
  };
}

function minorOf(amount: string, option: string): string {
  const [, whole = '', cents] = /^(\d{1,12})\.(\d{2})$/.exec(amount) ?? [];
  if (cents === undefined) throw unusable(`${option} takes an amount with cents, such as 12.50.`);
  return String(BigInt(whole + cents));
}

const unusable = (message: string): CodedError =>
  new CodedError('invalid_option', `${message}\nTry: tributary bank --help`);

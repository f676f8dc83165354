import {
  type Answer,
  COMMON,
  COMMON_HELP,
  type Cells,
  type Resting,
  queryOf,
  whereOf,
} from './as-of/asking';
import { type Question, questionOf } from './as-of/questions';
import { amount, restingOf, standingOf, tableOf } from './as-of/telling';
import { type Command, EXIT, parseOptions } from './command';
import { type ServerOfLog, askServer } from './server';

export const asOf: Command = {
  name: 'as-of',
  summary:
    'balances, statements, tiers, credit, plans, lines and accounts, as it happened and as we knew it',
  help: `Usage: tributary as-of [--effective <day>] [--known <instant>] [what] [--json]

Two clocks: --effective is the world's (what had happened by the end of that day), --known is ours (what the log held by then).
Left out, everything. Each answer names the position of the log that it stands at, the last leaf up to there, and the signed
checkpoint that covers it: keep that, and tributary verify --since holds the log to it.

What, one of:
  --account <account>  balances of this account and those below it; otherwise of all accounts
  --statement <account> --entity <id> --asset <asset>   opening, movements, closing
  --tier <partner>     in which tier a partner stood
  --customer <id>      who was credited with a customer, and why
  --sale <id>          who was credited with each line of a sale
  --plan <id>          the versions of a plan, and which one governed a sale of that day
  --earned <partner>   what a partner has earned, by state, and what it waited for on that day
  --lines <partner>    what was earned line by line: posted, held, released
  --owed <partner>     the accounts of a partner: payable, on its way, paid, withheld, owed
  --open-lines <partner> --entity <id> --asset <asset>   what is payable, reserved or disputed in one of them
  --unplanned          credited lines that no plan pays

The last four are lists of everything that had happened by then, whenever that was: they go with --known alone.

  --entity, --asset, --partner   of balances: these alone
${COMMON_HELP}
  --json               the answer as the server gave it

A day stands for its last moment in UTC where a route asks for a moment.
Exit codes: 0 answered, 2 wrong options, 3 could not ask.`,
  async run(args, surroundings) {
    const given = parseOptions('as-of', args, {
      ...COMMON,
      effective: { type: 'string' },
      known: { type: 'string' },
      statement: { type: 'string' },
      tier: { type: 'string' },
      customer: { type: 'string' },
      sale: { type: 'string' },
      plan: { type: 'string' },
      earned: { type: 'string' },
      lines: { type: 'string' },
      owed: { type: 'string' },
      'open-lines': { type: 'string' },
      unplanned: { type: 'boolean' },
    });
    const question = questionOf(given);
    const server = await whereOf('as-of', given, surroundings);
    const answer = await answerTo(server, question);
    surroundings.out(given.json ? JSON.stringify(answer, null, 2) : asText(answer, question));
    return EXIT.fine;
  },
};

/** Whole, however many pages it takes, and with what it rests on in the signed log. */
async function answerTo(server: ServerOfLog, question: Question): Promise<Answer> {
  const { path, parameters, list, isOfLedger } = question;
  const first = await askServer<Answer>(server, path + queryOf(parameters));
  const position = String(first['position']);
  const place = isOfLedger ? {} : { position };
  const rows = list === undefined ? [] : [...(first[list] as Answer[])];
  for (let next = list && first['next']; list && typeof next === 'string';) {
    const asked = { ...parameters, ...place, after: next };
    const page: Answer = await askServer(server, path + queryOf(asked));
    rows.push(...(page[list] as Answer[]));
    ({ next } = page);
  }
  const whole = list === undefined ? first : { ...first, [list]: rows, next: null };
  if (isOfLedger) return whole;
  const at = queryOf({ position });
  const { leaf, checkpoint } = await askServer<Resting>(server, `/v1/log/as-of${at}`);
  return { ...whole, leaf, checkpoint };
}

function asText(answer: Answer, { list, parameters, isOfLedger }: Question): string {
  const { leaf, checkpoint, ...rest } = answer;
  const head = `${standingOf({ ...parameters, ...answer })}\n${restingOf({ leaf, checkpoint } as Resting)}`;
  if (list === undefined || !isOfLedger) return `${head}\n\n${JSON.stringify(rest, null, 2)}`;
  const rows = answer[list] as readonly Readonly<Record<string, string>>[];
  if (list === 'items') return [head, '', ...tableOf(rows.map(balanceCells))].join('\n');
  const { asset, opening, closing } = answer as Readonly<Record<string, string>>;
  const movements = rows.map(({ occurredAt = '', type = '', debit, credit, balance, position }) => [
    occurredAt,
    `#${position}`,
    type,
    amount(String(BigInt(debit ?? 0) - BigInt(credit ?? 0)), asset),
    amount(balance, asset),
  ]);
  const bounds = (name: string, sum?: string) => [name, '', '', '', amount(sum, asset)];
  const lines = [bounds('opening', opening), ...movements, bounds('closing', closing)];
  return [head, '', ...tableOf(lines)].join('\n');
}

const balanceCells = ({ entity = '', asset = '', account = '', balance }: Cells): string[] => [
  entity,
  account,
  amount(balance, asset),
  asset,
];

import {
  type Answer,
  COMMON,
  COMMON_HELP,
  type Cells,
  type Parameters,
  type Resting,
  queryOf,
  unusable,
  whereOf,
} from './as-of/asking';
import { amount, restingOf, standingOf, tableOf } from './as-of/telling';
import { type Command, EXIT, parseOptions } from './command';
import { type ServerOfLog, askServer } from './server';

export const asOf: Command = {
  name: 'as-of',
  summary: 'balances, statements, tiers, credit and plans, as it happened and as we knew it',
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
    });
    const question = questionOf(given);
    const server = await whereOf('as-of', given, surroundings);
    const answer = await answerTo(server, question);
    surroundings.out(given.json ? JSON.stringify(answer, null, 2) : asText(answer, question));
    return EXIT.fine;
  },
};

interface Given {
  readonly effective?: string | undefined;
  readonly known?: string | undefined;
  readonly account?: string | undefined;
  readonly entity?: string | undefined;
  readonly asset?: string | undefined;
  readonly partner?: string | undefined;
  readonly statement?: string | undefined;
  readonly tier?: string | undefined;
  readonly customer?: string | undefined;
  readonly sale?: string | undefined;
  readonly plan?: string | undefined;
}

interface Question {
  readonly path: string;
  readonly parameters: Parameters;
  /** Which list of the answer goes on over pages. */
  readonly list?: 'items' | 'movements';
}

const SUBJECTS = ['statement', 'tier', 'customer', 'sale', 'plan'] as const;

function questionOf(given: Given): Question {
  const [subject, ...others] = SUBJECTS.filter((name) => given[name] !== undefined);
  if (others.length > 0) throw unusable('as-of', 'Ask about one thing at a time.');
  const { effective, known, account, entity, asset, partner } = given;
  const both = { effective, known };
  if (subject === undefined) {
    const by = 'entity,asset,account';
    const parameters = { ...both, account, entity, asset, partner, by, limit: '1000' };
    return { path: '/v1/ledger/balances', parameters, list: 'items' };
  }
  const id = encodeURIComponent(given[subject] ?? '');
  if (subject === 'statement') {
    if (entity === undefined || asset === undefined)
      throw unusable('as-of', '--statement goes with --entity and --asset.');
    const parameters = { ...both, entity, asset, partner, limit: '1000' };
    return { path: `/v1/ledger/accounts/${id}/statement`, parameters, list: 'movements' };
  }
  const on = momentOf(effective);
  if (subject !== 'tier') return { path: `/v1/${subject}s/${id}`, parameters: { on, known } };
  return { path: `/v1/partners/${id}/standings`, parameters: { at: on, known } };
}

const momentOf = (effective: string | undefined): string | undefined =>
  effective && /^\d{4}-\d\d-\d\d$/.test(effective) ? `${effective}T23:59:59.999Z` : effective;

/** Whole, however many pages it takes, and with what it rests on in the signed log. */
async function answerTo(
  server: ServerOfLog,
  { path, parameters, list }: Question,
): Promise<Answer> {
  const first = await askServer<Answer>(server, path + queryOf(parameters));
  if (list === undefined) {
    const place = queryOf({ position: String(first['position']) });
    const { leaf, checkpoint } = await askServer<Resting>(server, `/v1/log/as-of${place}`);
    return { ...first, leaf, checkpoint };
  }
  const rows = [...(first[list] as Answer[])];
  for (let { next } = first; typeof next === 'string';) {
    const page: Answer = await askServer(server, path + queryOf({ ...parameters, after: next }));
    rows.push(...(page[list] as Answer[]));
    ({ next } = page);
  }
  return { ...first, [list]: rows, next: null };
}

function asText(answer: Answer, { list, parameters }: Question): string {
  const { leaf, checkpoint, ...rest } = answer;
  const head = `${standingOf({ ...parameters, ...answer })}\n${restingOf({ leaf, checkpoint } as Resting)}`;
  if (list === undefined) return `${head}\n\n${JSON.stringify(rest, null, 2)}`;
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

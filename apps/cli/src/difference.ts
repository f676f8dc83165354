import {
  type Answer,
  COMMON,
  COMMON_HELP,
  type Cells,
  type Parameters,
  type Resting,
  queryOf,
  whereOf,
} from './as-of/asking';
import { amount, restingOf, standingOf, tableOf } from './as-of/telling';
import { type Command, EXIT, type ExitCode, type Surroundings, parseOptions } from './command';
import { type ServerOfLog, askServer } from './server';

export const difference: Command = {
  name: 'difference',
  summary: 'what lies between two points of the books: the events whose legs sum to it',
  help: `Usage: tributary difference [--from-effective <day>] [--from-known <instant>] [--to-effective <day>] [--to-known <instant>] [--json]

Why a total is not what it was: each account at both points, then every event that only one of them shows. The legs are added up
here again, and have to come to the difference of the balances, account by account, with nothing left over.

  --from-effective, --to-effective   what had happened by the end of this day; left out, everything
  --from-known, --to-known           what was known at this moment; left out, everything
  --from-position, --to-position     nothing that stands in the log later
  --account, --entity, --asset, --partner   these alone; an account takes in those below it
${COMMON_HELP}
  --json               one object per line: both points with their accounts, then each event

Exit codes: 0 nothing is left over, 1 something is, and on which account, 2 wrong options, 3 could not ask.`,
  async run(args, surroundings) {
    const given = parseOptions('difference', args, {
      ...COMMON,
      'from-effective': { type: 'string' },
      'from-known': { type: 'string' },
      'from-position': { type: 'string' },
      'to-effective': { type: 'string' },
      'to-known': { type: 'string' },
      'to-position': { type: 'string' },
    });
    const server = await whereOf('difference', given, surroundings);
    const { account, entity, asset, partner } = given;
    const parameters = {
      fromEffective: given['from-effective'],
      fromKnown: given['from-known'],
      fromPosition: given['from-position'],
      toEffective: given['to-effective'],
      toKnown: given['to-known'],
      toPosition: given['to-position'],
      ...{ account, entity, asset, partner, limit: '500' },
    };
    return await tell(pagesOf(server, parameters), given.json, surroundings);
  },
};

interface ChangedAccount extends Cells {
  readonly from: string;
  readonly to: string;
}

interface ChangedEvent extends Answer {
  readonly position: string;
  readonly legs: readonly Cells[];
}

interface DifferencePage {
  readonly from: Answer & Resting;
  readonly to: Answer & Resting;
  readonly accounts?: readonly ChangedAccount[];
  readonly items: readonly ChangedEvent[];
  readonly next: string | null;
}

async function* pagesOf(
  server: ServerOfLog,
  parameters: Parameters,
): AsyncGenerator<DifferencePage, void, undefined> {
  for (let after: string | undefined; ;) {
    const path = `/v1/ledger/difference${queryOf({ ...parameters, after })}`;
    const page = await askServer<DifferencePage>(server, path);
    yield page;
    if (page.next === null) return;
    after = page.next;
  }
}

/** Page by page, so that its length does not matter; only sums are kept. */
async function tell(
  pages: AsyncIterable<DifferencePage>,
  json: boolean,
  { out }: Surroundings,
): Promise<ExitCode> {
  const left = new Map<string, bigint>();
  const take = (cells: Cells, minor: bigint) => {
    const name = `${cells['entity']} ${cells['account']} ${cells['asset']}`;
    left.set(name, (left.get(name) ?? 0n) + minor);
  };
  for await (const { from, to, accounts, items } of pages) {
    for (const account of accounts ?? []) take(account, BigInt(account.to) - BigInt(account.from));
    if (accounts) out(json ? JSON.stringify({ from, to, accounts }) : headOf(from, to, accounts));
    for (const event of items) {
      for (const leg of event.legs) take(leg, -BigInt(leg['effect'] ?? 0));
      out(json ? JSON.stringify(event) : eventText(event));
    }
  }
  const wrong = [...left].filter(([, minor]) => minor !== 0n);
  if (!json && wrong.length === 0) out('\nNothing is left over.');
  for (const [account, minor] of wrong)
    out(json ? JSON.stringify({ account, left: String(minor) }) : `WRONG: ${account}: ${minor}`);
  return wrong.length === 0 ? EXIT.fine : EXIT.wrong;
}

const headOf = (
  from: DifferencePage['from'],
  to: DifferencePage['to'],
  accounts: readonly ChangedAccount[],
): string =>
  [
    `from ${standingOf(from)}; ${restingOf(from)}`,
    `to   ${standingOf(to)}; ${restingOf(to)}`,
    '',
    ...tableOf(
      accounts.map(({ entity = '', account = '', asset = '', from: before, to: after, effect }) => [
        entity,
        account,
        amount(before, asset),
        amount(effect, asset),
        amount(after, asset),
        asset,
      ]),
    ),
    '',
  ].join('\n');

const eventText = ({ position, change, type, stream, occurredAt, knownAt, legs }: ChangedEvent) =>
  [
    `#${position} ${String(change)}: ${String(type)} in ${String(stream)}, happened ${String(occurredAt)}, known since ${String(knownAt)}`,
    ...legs.map(
      ({ entity, account, effect, asset }) =>
        `    ${entity} ${account} ${amount(effect, asset)} ${asset}`,
    ),
  ].join('\n');

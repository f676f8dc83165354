import { PostgresEventLog, postgresLogMigrations } from '@tributary/event-log';
import { endOfDay, instantOfMs, prepare, streamOf, uuidV5 } from '@tributary/kernel';
import { Database } from '@tributary/postgres';
import type { Answer, PatientClient } from './patient-client.fixture';
import { balanceOf } from './payout-circle.fixture';
import { ENTITY, PARTNERS } from './payout-scene.fixture';

const FIRST_OF_ALL = '2026-01';
const LAST_OF_ALL = '2099-12';
const [EXPENSE, HELD, PAYABLE, OWED, IN_TRANSIT] = [
  'Expenses:Commission',
  'Liabilities:Commission:Held',
  'Liabilities:Commission:Payable',
  'Assets:ClawbackReceivable',
  'Liabilities:InTransit',
] as const;
/** What payouts says of these accounts, which on our clock alone. */
const OF_PAYOUTS = [
  ['payables', 'total', PAYABLE, -1n],
  ['receivables', 'total', OWED, 1n],
  ['withholding', 'owed', 'Liabilities:Tax:Withholding', -1n],
  ['withholding', 'recoverable', 'Assets:TaxRecoverable', 1n],
] as const;

/** Where everything is looked at; the position holds fast what is asked on no other clock. */
export interface Point {
  readonly effective?: string;
  readonly known?: string;
  readonly position: string;
}

/** A figure of a report, and that of the trial balance which it has to be. */
export type Compared = readonly [report: string, said: string, booked: string];

/** Of a story at one point: what each report says, and what that has to come to. */
export class ReportsAt {
  constructor(
    private readonly client: PatientClient,
    /** The last month that reports are asked about. */
    private readonly lastMonth: string,
  ) {}

  /** By name, without what may still be signed. */
  async all(point: Point): Promise<Readonly<Record<string, Answer>>> {
    const query = queryOf(point);
    const upTo = `from=${FIRST_OF_ALL}&to=${this.lastMonth}&${query}`;
    const answers = await this.answersTo({
      books: `/v1/ledger/trial-balance?${query}`,
      month: `/v1/ledger/trial-balance?${query}&period=${this.lastMonth}`,
      byPartner: `/v1/ledger/balances?by=account,partner&limit=1000&${query}`,
      rolled: `/v1/ledger/roll-forward?from=${FIRST_OF_ALL}&to=${LAST_OF_ALL}&${query}`,
      statement: `/v1/ledger/accounts/${HELD}/statement?${STATEMENT}&${query}`,
      accruals: `/v1/reports/accruals?${upTo}`,
      ratio: `/v1/reports/commission-ratio?denominator=sourced&${upTo}`,
      held: `/v1/holds?limit=1000&on=${lastMomentOf(point)}&${onOurClock(point)}`,
    });
    if (point.effective) return answers;
    return { ...answers, ...(await this.ofEach(query)) };
  }

  async compared(point: Point): Promise<Compared[]> {
    const answers = await this.all(point);
    const { books, byPartner, rolled, statement, accruals, ratio, held } = answers;
    const booked = (name: string) => balanceOf(books.accounts, name);
    const owed = books.accounts.filter(({ account }: Answer) =>
      rolled.accounts.some((top: string) => `${account}:`.startsWith(`${top}:`)),
    );
    const [accrued = { posted: '0', held: '0' }] = accruals.totals;
    const [{ commissions } = { commissions: '0' }] = ratio.items;
    return [
      ...placesOf(answers),
      ...books.totals.map(({ difference }: Answer): Compared => ['trial balance', difference, '0']),
      ...books.accounts.map(({ account, balance }: Answer): Compared => [
        `balances of ${account}`,
        String(balanceOf(byPartner.items, account)),
        balance,
      ]),
      ['roll-forward', rolled.months.at(-1)?.closing ?? '0', String(-sumOf(owed, 'balance'))],
      ['statement', statement.closing, String(booked(HELD))],
      ['accruals, posted', accrued.posted, String(booked(EXPENSE))],
      ['accruals, held', accrued.held, String(-booked(HELD))],
      ['held, part by part', String(sumOf(held.totals, 'amount')), String(-booked(HELD))],
      ['commission ratio', commissions, String(booked(EXPENSE))],
      ...(point.effective ? [] : linesCompared(answers, booked)),
      ...(point.effective ? [] : payoutsCompared(answers, booked)),
    ];
  }

  /** What is told of each line and sale by itself: those that were not known yet are left out. */
  private async ofEach(query: string): Promise<Readonly<Record<string, Answer>>> {
    const [lines, sales] = await Promise.all(
      ['lines', 'sales'].map((name) => this.client.read(`/v1/${name}?limit=200`)),
    );
    const [explained, sold] = await Promise.all([
      this.known(
        lines.items.map(({ line }: Answer) => `/v1/lines/${String(line)}/explain?${query}`),
      ),
      this.known(sales.items.map(({ sale }: Answer) => `/v1/sales/${String(sale)}?${query}`)),
    ]);
    const [plan] = await this.known([`/v1/plans/agency?on=${AGREED_ON}&${query}`]);
    const wide = `entity=${ENTITY.id}&from=${FIRST_OF_ALL}&to=${LAST_OF_ALL}&${query}`;
    const ofPayouts = await this.answersTo({
      payables: `/v1/reports/payables-ageing?${query}`,
      receivables: `/v1/reports/clawback-ageing?${query}`,
      withholding: `/v1/reports/withholding?${wide}`,
      paid: `/v1/reports/payouts?limit=1000&${query}`,
      returned: `/v1/reports/returns?limit=1000&${query}`,
      unpaid: `/v1/payout-holds?limit=1000&${query}`,
      accounts: `/v1/accounts?limit=1000&${query}`,
      lines: `/v1/lines?limit=1000&${query}`,
      unplanned: `/v1/unplanned?limit=1000&${query}`,
    });
    const [earned, owned] = await Promise.all(
      ['earnings', 'payout-holds'].map((name) =>
        this.known(PARTNERS.map((id) => `/v1/partners/${id}/${name}?${query}`)),
      ),
    );
    return { explained, sold, earned, owned, ...(plan && { plan }), ...ofPayouts };
  }

  private async known(paths: readonly string[]): Promise<Answer[]> {
    const outcomes = await Promise.allSettled(paths.map((path) => this.report(path)));
    return outcomes.flatMap((outcome) => {
      if (outcome.status === 'fulfilled') return [outcome.value];
      if (String(outcome.reason).includes(': 404 ')) return [];
      throw outcome.reason as Error;
    });
  }

  private async answersTo(paths: Readonly<Record<string, string>>) {
    const named = Object.entries(paths).map(async ([name, path]) => {
      return [name, await this.report(path)] as const;
    });
    return Object.fromEntries(await Promise.all(named)) as Readonly<Record<string, Answer>>;
  }

  private async report(path: string): Promise<Answer> {
    const { leaf: _leaf, checkpoint: _checkpoint, ...report } = await this.client.read(path);
    return report;
  }
}

const AGREED_ON = '2026-02-01T00:00:00Z';
const STATEMENT = `entity=${ENTITY.id}&asset=${encodeURIComponent(ENTITY.currency)}&limit=1000`;

const END_OF_TIME_MS = Date.parse('2100-01-01T00:00:00Z');

/** Of the day, as the entity counts its days. */
function lastMomentOf({ effective }: Point): string {
  const end =
    effective === undefined ? END_OF_TIME_MS : Date.parse(endOfDay(effective, ENTITY.zone));
  return instantOfMs(end - 1);
}

const onOurClock = ({ effective: _effective, ...point }: Point): string => queryOf(point);

const queryOf = (point: Point): string => new URLSearchParams({ ...point }).toString();

const sumOf = (items: readonly Answer[], field: string): bigint =>
  items.reduce((sum: bigint, each: Answer) => sum + BigInt(each[field]), 0n);

/** All of them stand at one place in the log, whichever service answers. */
function placesOf(answers: Readonly<Record<string, Answer>>): Compared[] {
  const { known, position } = answers['books'];
  return Object.entries(answers).flatMap(([name, answer]) =>
    [answer].flat().flatMap((one: Answer): Compared[] => [
      [`${name}, position`, String(one.position), String(position)],
      [`${name}, known`, String(one.known), String(known)],
    ]),
  );
}

/** What commission says of each line, and what attribution says of each sale, against what they come to together. */
function linesCompared(
  { explained, sold, ratio }: Readonly<Record<string, Answer>>,
  booked: (account: string) => bigint,
): Compared[] {
  const parts = (sold as Answer[])
    .flatMap(({ lines }) => lines)
    .flatMap(({ steps }: Answer) => steps.at(-1)?.value.parts ?? []);
  const [{ sourced } = { sourced: '0' }] = ratio.items;
  return [
    ['lines, posted', String(sumOf(explained, 'posted')), String(booked(EXPENSE))],
    ['lines, held', String(sumOf(explained, 'held')), String(-booked(HELD))],
    ['sales, sourced', String(sumOf(parts, 'basis')), sourced],
  ];
}

/** What is on its way to the bank, or was sent to it and not answered. */
const ON_ITS_WAY = ['instructed', 'accepted', 'unknown'];

function payoutsCompared(
  answers: Readonly<Record<string, Answer>>,
  booked: (account: string) => bigint,
): Compared[] {
  const { earned, owned, paid, accounts: shown, lines } = answers;
  const totals = (earned as Answer[]).flatMap((partner) => partner.totals);
  const accounts = (owned as Answer[]).flatMap(({ items }) => items);
  const onItsWay = paid.totals.filter(({ state }: Answer) => ON_ITS_WAY.includes(state));
  return [
    ...OF_PAYOUTS.map(([name, field, account, sign]): Compared => [
      name,
      String(sumOf(answers[name].totals, field)),
      String(sign * booked(account)),
    ]),
    ['lines at once, posted', String(sumOf(lines.totals, 'posted')), String(booked(EXPENSE))],
    ['lines at once, held', String(sumOf(lines.totals, 'held')), String(-booked(HELD))],
    [
      'accounts, payable and reserved',
      String(sumOf(shown.items, 'payable') + sumOf(shown.items, 'reserved')),
      String(-booked(PAYABLE)),
    ],
    ['accounts, in flight', String(sumOf(shown.items, 'inFlight')), String(-booked(IN_TRANSIT))],
    ['accounts, owed', String(sumOf(shown.items, 'owed')), String(booked(OWED))],
    ['partners, earned', String(sumOf(totals, 'posted')), String(booked(EXPENSE))],
    ['partners, held', String(sumOf(totals, 'held')), String(-booked(HELD))],
    ['partners, payable', String(sumOf(accounts, 'payable')), String(-booked(PAYABLE))],
    ['partners, owing', String(sumOf(accounts, 'owed')), String(booked(OWED))],
    ['payments on their way', String(sumOf(onItsWay, 'net')), String(-booked(IN_TRANSIT))],
  ];
}

/** Another program writes into the log, and its clock is ahead: for a while what follows was recorded before it. */
export async function noteFromAhead(url: string, aheadMs: number): Promise<string> {
  const database = await Database.open({ url, schema: 'log', migrations: postgresLogMigrations });
  const atMs = Date.now() + aheadMs;
  const log = await PostgresEventLog.open(database, { now: () => atMs });
  const id = uuidV5('reports', 'note');
  const cause = {
    ...{ commandId: id, fingerprint: 'f', actor: 'key:test' },
    ...{ causationId: null, correlationId: 'c', traceParent: null },
  };
  const recordedAt = instantOfMs(atMs);
  const event = { type: 'Noted', data: {}, occurredAt: recordedAt };
  await log.append(streamOf('note', 'acme', 'one'), 'none', [prepare(event, cause, 0, id)]);
  await log.close();
  await database.close();
  return recordedAt;
}

import { resolve } from 'node:path';
import { ENTITY } from '@tributary/contracts';
import {
  type Day,
  type Instant,
  type StreamAppend,
  dayOf,
  instantOfMs,
  prepare,
  streamOf,
  uuidV5,
  uuidV7,
} from '@tributary/kernel';
import { PostgresEventLog, postgresLogMigrations } from '@tributary/event-log';
import { Database } from '@tributary/postgres';
import { TENANT } from '../commission-facts';
import type { BenchContext } from '../context';
import type { Section } from '../report';
import { type Measured, type Sample, alternate, ratioOf, underLoad } from '../rounds';
import { ServiceProgram } from '../service-program';

const ZONE = 'America/Sao_Paulo';
const ENTITIES = ['br', 'mx', 'co'];
const ACCOUNTS = [
  ['Expenses:Commission', 'Liabilities:Commission:Held'],
  ['Liabilities:Commission:Held', 'Liabilities:Commission:Released'],
  ['Liabilities:Commission:Released', 'Liabilities:Commission:Payable'],
  ['Liabilities:Commission:Payable', 'Liabilities:InTransit'],
  ['Liabilities:InTransit', 'Assets:Cash'],
] as const;
const ASSET = 'BRL/2';
const FULL = 10_000_000;
const START_MS = Date.UTC(2025, 0, 1);
const SPAN_MS = 2 * 365 * 86_400_000;
/** One in ten happened up to this long before it was recorded. */
const LATE_MS = 60 * 86_400_000;
const EVENTS_PER_STREAM = 100;
const STREAMS_PER_CALL = 5;
/** One: what is asked for is what one answer takes. */
const CALLERS = 1;
const VERIFIED = 3;
/** Points are asked about in an order that jumps. */
const STRIDE = 7_919;

export const LEDGER = {
  program: resolve(__dirname, '../../../../apps/ledger/dist/main.js'),
  schema: 'ledger',
  listensTo: ['partners'],
  feeds: ['journal%', 'known%', 'sealer%'],
  told: ENTITIES.map((entity, i) => ({
    id: uuidV5('entity', entity),
    type: ENTITY,
    stream: `entity-${TENANT}.${entity}`,
    revision: '0',
    previous: null,
    position: String(i + 1),
    tenant: TENANT,
    occurredAt: instantOfMs(START_MS),
    recordedAt: instantOfMs(START_MS),
    correlationId: entity,
    causationId: null,
    traceParent: null,
    data: {
      entity,
      steps: [{ at: instantOfMs(START_MS), value: { name: entity, currency: ASSET, zone: ZONE } }],
    },
  })),
};

/** The books at any point of both clocks, against the books of now, over HTTP. */
export async function asOfBench(context: BenchContext): Promise<Section[]> {
  const entries = context.full ? FULL : context.events;
  const url = await context.freshDatabase();
  const book = new Book(entries);
  await book.write(url);
  const program = await ServiceProgram.start(url, LEDGER);
  try {
    await program.shown();
    await program.database.pool.query('vacuum analyze');
    const scene = new AsOfScene(program, book);
    const measured = await alternate(
      [
        { name: 'every leg added up', role: 'peer', run: () => scene.addUp(context.roundMs) },
        { name: 'of now', role: 'limit', run: () => scene.now(context.roundMs) },
        {
          name: 'as of a point on both clocks',
          role: 'ours',
          run: () => scene.asOf(context.roundMs),
        },
      ],
      { rounds: context.rounds },
    );
    scene.verify();
    const [scan, now, asOf] = measured as [Measured, Measured, Measured];
    return [
      {
        title: `trial balance, ${entries} entries`,
        measured,
        figures: [
          { goal: 'as-of', what: 'times as long as that of now', ratio: ratioOf(now, asOf) },
          {
            goal: 'scan',
            what: 'times as long as adding up every leg',
            ratio: ratioOf(scan, asOf),
          },
        ],
        notes: [`${VERIFIED} of ${scene.answered} answers added up again from what was written`],
      },
    ];
  } finally {
    await program.stop();
  }
}

interface Written {
  readonly entity: string;
  readonly debit: string;
  readonly credit: string;
  readonly amount: bigint;
  readonly atMs: number;
  readonly recordedMs: number;
}

/** Entries over two years, most of them told as they happen. */
export class Book {
  private readonly perCall = EVENTS_PER_STREAM * STREAMS_PER_CALL;

  constructor(readonly entries: number) {}

  entry(i: number): Written {
    const recordedMs = this.recordedMs(i - (i % this.perCall));
    const lateMs = i % 10 === 0 ? ((i * STRIDE) % 1_000) * (LATE_MS / 1_000) : 0;
    const [debit, credit] = ACCOUNTS[i % ACCOUNTS.length] as (typeof ACCOUNTS)[number];
    const entity = ENTITIES[i % ENTITIES.length] as string;
    return {
      entity,
      debit,
      credit,
      amount: BigInt(1_000 + (i % 90_000)),
      atMs: recordedMs - lateMs,
      recordedMs,
    };
  }

  /** A day and a moment within the two years; the moment is on average a month after the day. */
  point(n: number): { readonly effective: Day; readonly known: Instant } {
    const effectiveMs = START_MS + (((n * STRIDE) % 1_000) / 1_000) * SPAN_MS;
    const knownMs = effectiveMs + ((n * 31) % 60) * 86_400_000;
    return {
      effective: dayOf(instantOfMs(Math.floor(effectiveMs)), ZONE),
      known: instantOfMs(Math.floor(knownMs)),
    };
  }

  balancesAt({ effective, known }: { readonly effective: Day; readonly known: Instant }): Balances {
    const balances = new Map<string, bigint>();
    const add = (name: string, amount: bigint) =>
      balances.set(name, (balances.get(name) ?? 0n) + amount);
    for (let i = 0; i < this.entries; i++) {
      const { entity, debit, credit, amount, atMs, recordedMs } = this.entry(i);
      if (recordedMs > Date.parse(known)) break;
      if (dayOf(instantOfMs(atMs), ZONE) > effective) continue;
      add(`${entity} ${debit}`, amount);
      add(`${entity} ${credit}`, -amount);
    }
    return balances;
  }

  async write(url: string): Promise<void> {
    let nowMs = START_MS;
    const database = await Database.open({ url, schema: 'log', migrations: postgresLogMigrations });
    const log = await PostgresEventLog.open(database, { now: () => nowMs });
    for (let at = 0; at < this.entries; at += this.perCall) {
      nowMs = this.recordedMs(at);
      for (const verdict of await log.appendMany(this.appendsFrom(at)))
        if (verdict.status === 'rejected') throw verdict.reason;
    }
    await log.close();
    await database.close();
  }

  private recordedMs(i: number): number {
    return START_MS + Math.floor((i / this.entries) * SPAN_MS);
  }

  private appendsFrom(at: number): StreamAppend[] {
    const appends: StreamAppend[] = [];
    const end = Math.min(at + this.perCall, this.entries);
    for (let from = at; from < end; from += EVENTS_PER_STREAM) {
      const stream = streamOf('earnings', TENANT, `p${from.toString(36)}`);
      const events = Array.from({ length: Math.min(EVENTS_PER_STREAM, end - from) }, (_, i) =>
        this.event(from + i),
      );
      appends.push({ stream, expected: 'none', events });
    }
    return appends;
  }

  private event(i: number) {
    const { entity, debit, credit, amount, atMs } = this.entry(i);
    const leg = (account: string, side: 'credit' | 'debit') => ({
      account,
      side,
      amount: String(amount),
      asset: ASSET,
      dimensions: { entity, programme: 'main', partner: `p${i % 1_500}` },
    });
    const entry = { legs: [leg(debit, 'debit'), leg(credit, 'credit')] };
    const cause = {
      commandId: uuidV7(START_MS),
      fingerprint: 'bench',
      actor: 'bench',
      causationId: null,
      correlationId: 'bench',
      traceParent: null,
    };
    const event = { type: 'CommissionPosted', data: { entry }, occurredAt: instantOfMs(atMs) };
    return prepare(event, cause, 0, uuidV7(START_MS));
  }
}

type Balances = ReadonlyMap<string, bigint>;

interface TrialBalance {
  readonly accounts: readonly {
    readonly entity: string;
    readonly account: string;
    readonly balance: string;
  }[];
  readonly totals: readonly { readonly difference: string }[];
}

class AsOfScene {
  private asked = 0;
  private readonly answers: { readonly n: number; readonly accounts: TrialBalance['accounts'] }[] =
    [];

  constructor(
    private readonly program: ServiceProgram,
    private readonly book: Book,
  ) {}

  get answered(): number {
    return this.asked;
  }

  /** What whoever keeps no sums has to do. */
  addUp(forMs: number): Promise<Sample> {
    return underLoad(CALLERS, forMs, async () => {
      await this.program.database.pool.query(
        `select entity, asset, account, sum(debit), sum(credit) from leg where tenant = $1 group by 1, 2, 3`,
        [TENANT],
      );
    });
  }

  now(forMs: number): Promise<Sample> {
    return underLoad(CALLERS, forMs, async () => {
      await this.trialBalance('');
    });
  }

  asOf(forMs: number): Promise<Sample> {
    return underLoad(CALLERS, forMs, async () => {
      const n = ++this.asked;
      const { effective, known } = this.book.point(n);
      const { accounts } = await this.trialBalance(`?effective=${effective}&known=${known}`);
      this.answers.push({ n, accounts });
    });
  }

  /** To the cent, from what was written alone. */
  verify(): void {
    const every = Math.max(1, Math.floor(this.answers.length / VERIFIED));
    for (const { n, accounts } of this.answers
      .filter((_, i) => i % every === 0)
      .slice(0, VERIFIED)) {
      const expected = this.book.balancesAt(this.book.point(n));
      const wrong = accounts.filter(
        ({ entity, account, balance }) =>
          BigInt(balance) !== (expected.get(`${entity} ${account}`) ?? 0n),
      );
      if (wrong.length > 0 || accounts.length < expected.size)
        throw new Error(
          `${JSON.stringify(this.book.point(n))}: ${JSON.stringify(wrong)} is wrong.`,
        );
    }
  }

  private async trialBalance(query: string): Promise<TrialBalance> {
    const answer = (await this.program.ask(`/v1/ledger/trial-balance${query}`)) as TrialBalance;
    if (answer.totals.some(({ difference }) => difference !== '0'))
      throw new Error(`${query}: debit is not credit.`);
    return answer;
  }
}

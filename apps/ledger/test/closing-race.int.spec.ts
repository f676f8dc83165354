import { createHash } from 'node:crypto';
import { archiveOf, openArchive } from '@tributary/event-log';
import {
  type BalancedEntry,
  type Json,
  type Recorded,
  canonicalJson,
  categoryOf,
  periodOf,
  shiftPeriodKey,
} from '@tributary/kernel';
import { type Answer, TestBooks } from './books.fixture';
import { Desk, ZONE, posted, released, taken } from './closing.fixture';

const WRITERS = 4;
const POSTINGS = 250;

let books: TestBooks;

beforeAll(async () => {
  books = await TestBooks.open();
  await books.entity('br', ZONE, 'BRL/2');
}, 60_000);

afterAll(() => books.close());

describe('1,000 postings that race the close of two months', () => {
  const certificates = new Map<string, Certificate>();
  const figures = new Map<string, string>();

  it('never stop the months from being certified', async () => {
    const desk = new Desk(books);
    const queue: Taking[] = [];
    const writing = Promise.all(Array.from({ length: WRITERS }, (_, i) => write(i, queue)));
    let isWritten = false;
    const taking = take(queue, () => isWritten);
    const closing = (async () => {
      for (const [i, month] of ['2026-03', '2026-04'].entries()) {
        const after = 250n + BigInt(i) * 500n;
        while (books.position < after && !isWritten) await pause(20);
        await desk.close('br', month, {
          soft: '2026-06-01T00:00:00Z',
          closed: '2026-06-02T00:00:00Z',
        });
        figures.set(month, await figuresOf(month));
      }
    })();
    await writing;
    isWritten = true;
    await Promise.all([taking, closing]);
    for (const month of ['2026-03', '2026-04']) {
      const answer = await books.get(`periods/br/${month}?recompute=true`);
      expect(answer).toMatchObject({ state: 'certified', checked: { isSame: true } });
      certificates.set(month, answer['certificate'] as Certificate);
    }
    expect(certificates.get('2026-04')?.since).toBe('2026-03');
  }, 240_000);

  it('were cut in the middle of the race', async () => {
    const order = (await books.everything()).map(({ type }) => type);
    const [first, last] = [
      order.indexOf('PeriodSoftClosed'),
      order.lastIndexOf('CommissionPosted'),
    ];
    expect(order.indexOf('CommissionPosted')).toBeLessThan(first);
    expect(first).toBeLessThan(last);
    expect(order.filter((type) => type === 'CommissionPosted')).toHaveLength(WRITERS * POSTINGS);
  });

  it.each(['2026-03', '2026-04'])(
    'give %s the digest that an export of the log comes to',
    async (month) => {
      const certificate = certificates.get(month) as Certificate;
      const rows = await rowsOfExport();
      const wanted = rows.filter(({ period }) => isWithin(period, certificate.since, month));
      expect(certificate).toMatchObject({ rows: String(wanted.length), digest: digestOf(wanted) });
      const late = wanted.filter(({ earnedIn }) => earnedIn !== null);
      if (month === '2026-04') expect(late.length).toBeGreaterThan(0);
    },
  );

  it.each(['2026-03', '2026-04'])(
    'give %s the digest that its entries over HTTP come to',
    async (month) => {
      const certificate = certificates.get(month) as Certificate;
      const wanted = (await rowsOfEntries(month)).filter(({ period }) =>
        isWithin(period, certificate.since, month),
      );
      expect(digestOf(wanted)).toBe(certificate.digest);
    },
  );

  it.each(['2026-03', '2026-04'])(
    'leave nothing released at the cut of %s, and nothing to add',
    async (month) => {
      const { trialBalance } = certificates.get(month) as Certificate;
      const released = trialBalance.filter(({ account }) => account.endsWith(':Released'));
      expect(released).toMatchObject([{ balance: '0' }]);
      expect(await figuresOf(month)).toBe(figures.get(month));
    },
  );
});

interface Certificate {
  readonly since: string | null;
  readonly rows: string;
  readonly digest: string;
  readonly trialBalance: readonly { readonly account: string; readonly balance: string }[];
}

interface Taking {
  readonly partner: string;
  readonly release: string;
  readonly amount: bigint;
  readonly at: string;
}

type Row = Readonly<Record<string, Json>> & {
  readonly period: string;
  readonly earnedIn: string | null;
};

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const any = (most: number): number => Math.floor(Math.random() * most);
const isWithin = (period: string, since: string | null, month: string) =>
  period <= month && (since === null || period > since);

/** Some of it is released, some of that is taken back; every event is dated somewhere in three months. */
async function write(writer: number, queue: Taking[]): Promise<void> {
  const of = { entity: 'br', partner: `p${String(writer)}` };
  let out = 0n;
  for (let i = 0; i < POSTINGS; i++) {
    const at = `2026-0${String(2 + any(3))}-${String(1 + any(27)).padStart(2, '0')}T12:00:00Z`;
    const amount = BigInt(1 + any(1_000));
    if (out >= amount && any(4) === 0) {
      const release = await posted(books, of, -amount, at);
      out -= amount;
      queue.push({ partner: of.partner, release: release ?? '', amount: -amount, at });
      continue;
    }
    await posted(books, of, amount, at);
    if (any(3) > 0) continue;
    const release = await released(books, of, amount, at);
    out += amount;
    queue.push({ partner: of.partner, release, amount, at });
  }
}

/** As payouts does, in order for each partner, and a little later. */
async function take(queue: Taking[], isWritten: () => boolean): Promise<void> {
  for (;;) {
    const next = queue.shift();
    if (next) {
      const { partner, release, amount, at } = next;
      await taken(books, { entity: 'br', partner }, release, amount, at);
      if (any(20) === 0) await pause(any(30));
    } else if (isWritten()) return;
    else await pause(5);
  }
}

async function figuresOf(month: string): Promise<string> {
  const { accounts, totals } = await books.get(`trial-balance?entity=br&period=${month}`);
  return JSON.stringify({ accounts, totals });
}

const digestOf = (rows: readonly Row[]): string =>
  createHash('sha256').update(canonicalJson(rows)).digest('hex');

/** Everything that an export holds, with the months told from the order of its lines alone: written without a look at the ledger. */
async function rowsOfExport(): Promise<Row[]> {
  const lines = (async function* () {
    for await (const line of archiveOf(books.source)) yield line.slice(0, -1);
  })();
  const cut = new Map<string, string>();
  const commission = new Map<string, { month: string; period: string }>();
  const open = (month: string, kind: string) => {
    const last = cut.get(kind);
    return last !== undefined && month <= last ? shiftPeriodKey(last, 1) : month;
  };
  const rows: Row[] = [];
  for await (const { event } of (await openArchive(lines)).events) {
    const { type, data, id } = event;
    if (type === 'PeriodSoftClosed') cut.set('commission', monthIn(data));
    if (type === 'PeriodClosed') cut.set('payouts', monthIn(data));
    const entry = (data as { entry?: BalancedEntry }).entry;
    const isCommission = categoryOf(event.stream) === 'earnings';
    const own = periodOf(event.occurredAt, ZONE, 'month').key;
    if (isCommission) commission.set(id, { month: own, period: open(own, 'commission') });
    if (entry === undefined) continue;
    const of = isCommission
      ? { month: own, period: open(own, 'commission') }
      : takenOf(commission.get(event.causationId ?? ''), own, open);
    rows.push(...legsOf(event, entry, of));
  }
  return rows;
}

function takenOf(
  cause: { month: string; period: string } | undefined,
  own: string,
  open: (month: string, kind: string) => string,
) {
  if (!cause) return { month: own, period: open(own, 'payouts') };
  const latest = [cause.period, open(cause.month, 'payouts')].sort().at(-1) as string;
  return { month: cause.month, period: latest };
}

const monthIn = (data: unknown): string => (data as { period: { key: string } }).period.key;

const legsOf = (
  { id, stream, type, occurredAt }: Recorded,
  { legs }: BalancedEntry,
  { month, period }: { month: string; period: string },
): Row[] =>
  legs.map(({ account, side, amount, asset, dimensions }, n) => ({
    ...{ eventId: id, n, stream, type, occurredAt, period, account, asset },
    earnedIn: period === month ? null : month,
    debit: side === 'debit' ? amount : '0',
    credit: side === 'credit' ? amount : '0',
    entity: dimensions.entity,
    programme: dimensions.programme,
    partner: (dimensions['partner'] as string | undefined) ?? null,
    ...{ plan: null, country: null, bank: null },
  }));

async function rowsOfEntries(month: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (let after = ''; ;) {
    const page = await books.get(`entries?entity=br&period=${month}&limit=1000${after}`);
    for (const { eventId, stream, type, occurredAt, legs } of page['items'] as Answer[])
      for (const leg of legs as Answer[])
        rows.push({ eventId, stream, type, occurredAt, ...leg } as unknown as Row);
    const next = page['next'] as string | null;
    if (next === null) return rows;
    after = `&after=${next}`;
  }
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { dayOf, instant, instantOfMs, msOf } from '@tributary/kernel';
import { pointByReading } from '@tributary/platform/testing';
import fc from 'fast-check';
import { type Answer, TestBooks, entryOf } from './books.fixture';
import { SAO_PAULO, TOKYO } from './story.fixture';

// Stretches of the log so short that a small one has many of them, whole and cut through.
jest.mock('../src/read-model/cells', () => ({
  ...jest.requireActual<object>('../src/read-model/cells'),
  blockOf: (position: bigint) => position / 16n,
  startOfBlock: (block: bigint) => block * 16n,
}));
jest.setTimeout(120_000);

const EVENTS = 160;
const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9));
const ZONES = { br: SAO_PAULO, jp: TOKYO, us: 'UTC' } as const;
const ACCOUNTS = ['Assets:Cash', 'Expenses:Commission', 'Liabilities:Tax', 'Liabilities:InTransit'];
const START_MS = Date.UTC(2026, 2, 1);
const HOURS = 24 * 20;
const hour = (n: number) => instantOfMs(START_MS + n * 3_600_000);

interface Written {
  readonly entity: keyof typeof ZONES;
  readonly at: string;
  readonly recorded: string;
  readonly debit: string;
  readonly credit: string;
  readonly amount: bigint;
  /** Some events say nothing to the books. */
  readonly isSilent: boolean;
}

const written = fc.record({
  entity: fc.constantFrom('br', 'jp', 'us'),
  at: fc.integer({ min: 0, max: HOURS }).map(hour),
  debit: fc.constantFrom(...ACCOUNTS),
  credit: fc.constantFrom(...ACCOUNTS),
  amount: fc.bigInt({ min: 1n, max: 10_000n }),
  isSilent: fc.nat(9).map((n) => n === 0),
  // Recorded in the order of the log, but for clocks that are up to two days apart.
  jitterHours: fc.integer({ min: -24, max: 24 }),
});

/** One point on both clocks; either may be left open. */
interface Point {
  readonly effective: string | undefined;
  readonly known: string | undefined;
}
const point: fc.Arbitrary<Point> = fc.record({
  effective: fc.option(
    fc.integer({ min: 0, max: HOURS + 48 }).map((n) => hour(n).slice(0, 10)),
    {
      nil: undefined,
    },
  ),
  known: fc.option(fc.integer({ min: -30, max: HOURS + 30 }).map(hour), { nil: undefined }),
});

let books: TestBooks;
let log: Written[];
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'signer-'));
  books = await TestBooks.open({
    LOG_SIGNER_DIRECTORY: directory,
    LOG_ORIGIN: 'tributary.test/log',
  });
  await books.entity('br', SAO_PAULO, 'BRL/2');
  await books.entity('jp', TOKYO, 'BRL/2');
  const drawn = fc.sample(written, { numRuns: EVENTS, seed: SEED });
  log = [];
  for (const [i, { jitterHours, ...one }] of drawn.entries()) {
    const recordedMs = START_MS + (i / EVENTS) * HOURS * 3_600_000 + jitterHours * 3_600_000;
    // Some of them in the same millisecond as the one before.
    const before = i % 5 === 4 ? log.at(-1)?.recorded : undefined;
    log.push({ ...one, recorded: before ?? instantOfMs(Math.round(recordedMs)) });
  }
  for (const [i, one] of log.entries()) await write(one, i);
});

afterAll(async () => {
  await books.close();
  await rm(directory, { recursive: true });
  expect(books.lines.filter((line) => !line.includes('not_yet_visible'))).toEqual([]);
});

const write = ({ entity, at, recorded, debit, credit, amount, isSilent }: Written, i: number) =>
  books.happen({
    stream: `fact-acme.${entity}.${i % 7}`,
    type: 'FactAccepted',
    at,
    recorded,
    data: isSilent
      ? {}
      : { entry: entryOf('BRL/2', entity, { [debit]: amount }, { [credit]: amount }) },
  });

type Sums = Readonly<Record<string, bigint>>;

function summed(items: Iterable<readonly [name: string, amount: bigint]>): Sums {
  const sums: Record<string, bigint> = {};
  for (const [name, amount] of items) sums[name] = (sums[name] ?? 0n) + amount;
  return Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum !== 0n));
}

/** Told from what the test wrote alone. */
function balancesAt({ effective, known }: Point): Sums {
  let knownMs = 0;
  const seen = log.filter(({ recorded, entity, at, isSilent }) => {
    knownMs = Math.max(knownMs, msOf(instant(recorded)));
    if (isSilent || (known !== undefined && knownMs > msOf(instant(known)))) return false;
    return effective === undefined || dayOf(instant(at), ZONES[entity]) <= effective;
  });
  return summed(
    seen.flatMap(({ entity, debit, credit, amount }) => [
      [`${entity} ${debit}`, amount],
      [`${entity} ${credit}`, -amount],
    ]),
  );
}

const minus = (one: Sums, other: Sums): Sums =>
  summed([
    ...Object.entries(one),
    ...Object.entries(other).map(([name, sum]) => [name, -sum] as const),
  ]);

const nameOf = ({ entity, account }: Answer): string => `${String(entity)} ${String(account)}`;

/** From the pages of the answer, however many it takes. */
async function differenceBetween(from: Point, to: Point, more = ''): Promise<Answer[]> {
  const asked = queryOf(from, to) + more;
  const pages: Answer[] = [];
  for (let after = ''; ;) {
    const page = await books.get(`difference?${asked}${after}`);
    expect(page).toHaveProperty('items');
    pages.push(page);
    if (page['next'] === null) return pages;
    after = `&after=${page['next'] as string}`;
  }
}

const queryOf = (from: Point, to: Point): string =>
  new URLSearchParams(
    Object.entries({
      fromEffective: from.effective,
      fromKnown: from.known,
      toEffective: to.effective,
      toKnown: to.known,
    }).filter((pair): pair is [string, string] => pair[1] !== undefined),
  ).toString();

const effectOf = (pages: readonly Answer[]): Sums =>
  summed(
    pages
      .flatMap(({ items }) => items as { readonly legs: Answer[] }[])
      .flatMap(({ legs }) => legs)
      .map((leg) => [nameOf(leg), BigInt(leg['effect'] as string)]),
  );

describe(`the difference between two points of the books (SEED=${SEED})`, () => {
  it('is a list of events whose legs sum to it, account by account, on both clocks', async () => {
    await fc.assert(
      fc.asyncProperty(point, point, async (from, to) => {
        const pages = await differenceBetween(from, to, '&limit=60');
        const [before, after] = [balancesAt(from), balancesAt(to)];
        expect(effectOf(pages)).toEqual(minus(after, before));
        const accounts = pages[0]?.['accounts'] as Answer[];
        for (const { remainder } of accounts) expect(remainder).toBe('0');
        const told = (name: string) =>
          summed(accounts.map((one) => [nameOf(one), BigInt(one[name] as string)]));
        expect([told('from'), told('to')]).toEqual([before, after]);
      }),
      { numRuns: 40, seed: SEED },
    );
  });

  it('is the same as CSV, whose columns add up', async () => {
    const from = { effective: '2026-03-14', known: undefined };
    const to = { effective: '2026-03-06', known: hour(400) };
    const lines = (await books.text(`difference?${queryOf(from, to)}`, 'text/csv')).trimEnd();
    const rows = lines.split('\r\n').map((line) => line.split(','));
    const column = (name: string) => rows[0]?.indexOf(name) ?? -1;
    const sumsOf = (...kinds: string[]) =>
      summed(
        rows
          .filter(([kind]) => kinds.includes(String(kind)))
          .map((row) => [
            `${row[column('entity')]} ${row[column('account')]}`,
            BigInt(row[column('debitMinor')] ?? 0) - BigInt(row[column('creditMinor')] ?? 0),
          ]),
      );
    const difference = minus(balancesAt(to), balancesAt(from));
    expect(sumsOf('added', 'removed')).toEqual(difference);
    expect(sumsOf('effect')).toEqual(difference);
    expect(sumsOf('from')).toEqual(balancesAt(from));
    expect(sumsOf('remainder')).toEqual({});
  });

  it('tells of each event when it happened and since when it was known', async () => {
    const [page] = await differenceBetween(
      { effective: undefined, known: hour(200) },
      { effective: undefined, known: hour(260) },
    );
    const { items } = page as { items: Answer[] };
    expect(items.length).toBeGreaterThan(0);
    for (const { change, knownAt } of items) {
      expect(change).toBe('added');
      expect([(knownAt as string) > hour(200), (knownAt as string) <= hour(260)]).toEqual([
        true,
        true,
      ]);
    }
  });

  it('answers for one account or entity as for all', async () => {
    const [from, to] = [
      { effective: '2026-03-05', known: undefined },
      { effective: '2026-03-12', known: hour(300) },
    ];
    const pages = await differenceBetween(from, to, '&entity=jp&account=Liabilities');
    const whole = minus(balancesAt(to), balancesAt(from));
    const wanted = Object.entries(whole).filter(([name]) => name.startsWith('jp Liabilities'));
    expect(effectOf(pages)).toEqual(Object.fromEntries(wanted));
  });

  it('stands at the positions of its first page, whatever is written meanwhile', async () => {
    const open = { effective: undefined, known: undefined };
    const asked = `difference?${queryOf({ ...open, effective: '2026-03-10' }, open)}&limit=5`;
    const first = await books.get(asked);
    const late = { ...(log[0] as Written), at: hour(470), isSilent: false };
    await write({ ...late, recorded: hour(HOURS + 100) }, EVENTS);
    const second = await books.get(`${asked}&after=${first['next'] as string}`);
    expect([second['from'], second['to']]).toEqual([first['from'], first['to']]);
    expect(second).not.toHaveProperty('accounts');
    log.push({ ...late, recorded: hour(HOURS + 100) });
  });

  it('says what it rests on: the last leaf and the checkpoint that covers it', async () => {
    const known = hour(240);
    const sealed = async () => {
      for (;;) {
        const answer = await books.get(`trial-balance?known=${known}`);
        if (answer['checkpoint'] !== null) return answer;
        await setTimeout(50);
      }
    };
    const answer = await sealed();
    // Leaves are counted from 0 and positions from 1.
    expect(Number(answer['leaf'])).toBe(Number(answer['position']) - 1);
    const { size, root } = answer['checkpoint'] as { size: number; root: string };
    expect(size).toBeGreaterThan(Number(answer['leaf']));
    expect(root).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    const ofLog = await (await books.at(`/v1/log/as-of?known=${known}`)).json();
    expect(ofLog).toEqual({
      known,
      position: answer['position'],
      leaf: answer['leaf'],
      checkpoint: answer['checkpoint'],
    });
    const nothing = await books.get('trial-balance?known=2025-01-01T00:00:00Z');
    expect(nothing).toMatchObject({ leaf: null, checkpoint: null, accounts: [] });
    const file = await books.ask(`exports?format=csv&entity=br&known=${known}`);
    expect(file.headers.get('x-checkpoint')).toBe(`${size} ${root}`);
    await file.text();
  });

  it('stands where whoever reads the log event by event would stop, at every moment that a clock has said', async () => {
    const events = await books.everything();
    const batch = { events, through: books.position, caughtUp: true };
    const readAll = async function* () {
      yield await Promise.resolve(batch);
    };
    const moments = events.flatMap(({ recordedAt }) => [
      recordedAt,
      instantOfMs(msOf(recordedAt) - 1),
    ]);
    for (const known of new Set(moments)) {
      const { position } = await pointByReading({ readAll }, { known });
      const answer = await (await books.at(`/v1/log/as-of?known=${known}`)).json();
      expect(answer).toMatchObject({ known, position: String(position) });
    }
  });

  it('answers about a moment only once all has been read that stood in the log', async () => {
    for (let n = 0; n < 20; n++) {
      const recorded = hour(HOURS + 200);
      await write({ ...(log[0] as Written), recorded }, EVENTS + n);
      const { position } = (await (
        await books.at(`/v1/log/as-of?known=${recorded}`)
      ).json()) as Answer;
      expect(position).toBe(String(books.position));
    }
  });

  it.each([
    ['fromEffective=2026-02-30', 'day'],
    ['toKnown=yesterday', 'instant'],
    ['fromPosition=-1', 'wrong_format'],
    ['after=bm9wZQ', 'invalid_cursor'],
    ['effective=2026-03-01', 'unknown_field'],
  ])('refuses %s', async (query, code) => {
    const response = await books.ask(`difference?toPosition=${books.position}&${query}`);
    expect([400, 422]).toContain(response.status);
    expect(await response.text()).toContain(`"${code}"`);
  });

  it('shows nobody the books of another tenant', async () => {
    const response = await books.ask('difference', 'rival');
    expect(await response.json()).toMatchObject({ accounts: [], items: [], next: null });
    expect((await books.ask('difference', 'programme')).status).toBe(403);
  });
});

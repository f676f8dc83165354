import { PostgresEventLog } from '@tributary/event-log';
import type { BalancedEntry, Recorded } from '@tributary/kernel';
import { Database } from '@tributary/postgres';
import type { SandboxBank } from '@tributary/sandbox-bank';
import type { Answer, PatientClient } from './patient-client.fixture';
import type { PayoutCircle } from './payout-circle.fixture';
import { RAIL } from './payout-scene.fixture';

/** What the log says of one item, as often as it says so. */
interface ItemLife {
  reserved: number;
  cancelled: number;
  instructed: number;
  /** Files that list it and were not voided. */
  files: string[];
  settled: string[];
  matched: string[];
}

interface Lives {
  readonly items: ReadonlyMap<string, ItemLife>;
  readonly exports: readonly string[];
  /** Ids of what commission has released, and of what accounts have taken. */
  readonly released: readonly string[];
  readonly taken: readonly string[];
  readonly releasedMinor: bigint;
  readonly balances: ReadonlyMap<string, bigint>;
}

/** From the log alone and from the bank's own books: nothing was paid twice, nothing was forgotten. */
export async function expectEverythingPaidOnce(
  log: AsyncIterable<Recorded>,
  { bank, stated }: PayoutCircle,
): Promise<void> {
  const lives = new Found();
  for await (const event of log) lives.add(event);
  expectItemsOnce(lives, bank, stated);
  expectReleasesOnce(lives);
  expectMoneyComplete(lives, bank, stated);
}

function expectItemsOnce({ items, exports }: Lives, bank: SandboxBank, stated: string): void {
  const all = [...items];
  expect(all.length).toBeGreaterThan(0);
  const wrong = (is: (life: ItemLife) => boolean) => all.filter(([, life]) => !is(life));
  expect(wrong(({ reserved }) => reserved === 1)).toEqual([]);
  expect(wrong(({ instructed, cancelled }) => instructed + cancelled === 1)).toEqual([]);
  expect(wrong(({ instructed, files }) => files.length === instructed)).toEqual([]);
  expect(new Set(exports).size).toBe(exports.length);

  const instructed = all.filter(([, life]) => life.instructed === 1).map(([item]) => item);
  const atBank = bank.state.payments.map(({ item }) => item);
  expect(atBank.toSorted()).toEqual(instructed.toSorted());
  expect(bank.state.taken).toHaveLength(exports.length);

  // One line of the bank for each that is settled, and the other way round.
  expect(wrong(({ settled }) => settled.length <= 1)).toEqual([]);
  expect(wrong(({ settled, matched }) => settled.join() === matched.join())).toEqual([]);
  const settled = all.filter(([, life]) => life.settled.length === 1).map(([item]) => item);
  const debited = bank.state.lines.flatMap(({ kind, item, bookedOn }) =>
    kind === 'payment' && item !== null && bookedOn <= stated ? [item] : [],
  );
  expect(settled.toSorted()).toEqual(debited.toSorted());
}

function expectReleasesOnce({ released, taken }: Lives): void {
  expect(new Set(taken).size).toBe(taken.length);
  expect(taken).toHaveLength(released.length);
}

/** Payable, in transit, kept back and paid together are what commission has released, each by another source. */
function expectMoneyComplete(
  { balances, releasedMinor }: Lives,
  bank: SandboxBank,
  stated: string,
): void {
  const owed = (account: string): bigint => -(balances.get(account) ?? 0n);
  const paid = bank.state.lines
    .filter(({ bookedOn }) => bookedOn <= stated)
    .reduce(
      (sum, { side, amountMinor }) => sum + (side === 'debit' ? 1n : -1n) * BigInt(amountMinor),
      0n,
    );
  const parts = {
    payable: owed('Liabilities:Commission:Payable'),
    inTransit: owed('Liabilities:InTransit'),
    withheld: owed('Liabilities:Tax:Withholding'),
    paid,
  };
  const sum = Object.values(parts).reduce((total, part) => total + part, 0n);
  expect({ ...parts, sum }).toEqual({ ...parts, sum: releasedMinor });
  expect(owed('Liabilities:Commission:Released')).toBe(0n);
}

/** Of a product that runs elsewhere, as it lies in its database. */
export async function* logAt(url: string): AsyncGenerator<Recorded> {
  const database = await Database.open({ url, schema: 'log' });
  const log = await PostgresEventLog.open(database);
  try {
    for await (const { events } of log.readAll(0n)) yield* events;
  } finally {
    await log.close();
    await database.close();
  }
}

class Found implements Lives {
  readonly items = new Map<string, ItemLife>();
  readonly exports: string[] = [];
  readonly released: string[] = [];
  readonly taken: string[] = [];
  readonly balances = new Map<string, bigint>();
  releasedMinor = 0n;
  private readonly listed = new Map<string, string[]>();

  private readonly noting: Readonly<Record<string, (said: Answer, id: string) => void>> = {
    CommissionReleased: ({ amount }, id) => {
      this.released.push(id);
      this.releasedMinor += BigInt(amount);
    },
    ReleaseTaken: ({ release }) => this.taken.push(release),
    PayoutReserved: ({ item }) => (this.life(item).reserved += 1),
    ReservationCancelled: ({ item }) => (this.life(item).cancelled += 1),
    PayoutInstructed: ({ item }) => (this.life(item).instructed += 1),
    PayoutSettled: ({ item, bankLine }) => this.life(item).settled.push(bankLine),
    FileItemsListed: (said) => this.list(said),
    FileVoided: ({ file }) => this.void(file),
    FileExported: ({ file }) => this.exports.push(file),
    LinesMatched: (said) => this.match(said),
  };

  add({ id, type, data }: Recorded): void {
    const entry = data['entry'] as BalancedEntry | undefined;
    for (const { account, side, amount } of entry?.legs ?? [])
      this.balances.set(
        account,
        (this.balances.get(account) ?? 0n) + (side === 'debit' ? 1n : -1n) * BigInt(amount),
      );
    this.noting[type]?.(data, id);
  }

  private list({ file, items }: Answer): void {
    for (const { item } of items) {
      this.listed.set(file, [...(this.listed.get(file) ?? []), item]);
      this.life(item).files.push(file);
    }
  }

  private void(voided: string): void {
    for (const item of this.listed.get(voided) ?? []) {
      const life = this.life(item);
      life.files = life.files.filter((file) => file !== voided);
    }
  }

  private match({ matches }: Answer): void {
    for (const { kind, line, items } of matches)
      if (kind === 'settled') for (const { item } of items) this.life(item).matched.push(line);
  }

  private life(item: string): ItemLife {
    const known = this.items.get(item);
    if (known) return known;
    const life: ItemLife = {
      ...{ reserved: 0, cancelled: 0, instructed: 0 },
      ...{ files: [], settled: [], matched: [] },
    };
    this.items.set(item, life);
    return life;
  }
}

/** At the services: books that balance, nobody has to look after anything, and tables that a rebuild would not change. */
export async function expectInOrder(client: PatientClient): Promise<void> {
  const { totals, parked } = await client.read('/v1/ledger/trial-balance');
  expect({ parked, totals }).toMatchObject({ parked: 0, totals: [{ difference: '0' }] });
  for (const service of ['attribution', 'commission', 'partners', 'payouts', 'ledger']) {
    const status = await client.read(`/v1/feeds/${service}`);
    expect([service, status]).toMatchObject([service, { gaps: 0, deadLetters: 0, waiting: {} }]);
    expect(status.subscriptions.filter((each: Answer) => each.parked > 0)).toEqual([]);
  }
  const { items } = await client.read(`/v1/breaks?payingAccount=${RAIL}`);
  // What came back is for a person; nothing else may be.
  const meant = items.map(({ type, meaning }: Answer) => [type, meaning]);
  expect(meant.filter(([type]: readonly string[]) => type !== 'B06')).toEqual([]);
  for (const projection of ['payout_runs', 'payment_files', 'payout_register', 'bank_lines']) {
    const path = `/v1/feeds/payouts/projections/${projection}/rebuild`;
    const report = await client.command(path, {}, 'admin');
    expect([projection, report]).toMatchObject([projection, { swapped: true }]);
    expect(report.comparison.filter(({ equal }: Answer) => !equal)).toEqual([]);
  }
}

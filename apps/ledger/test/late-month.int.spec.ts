import { type Answer, TestBooks } from './books.fixture';
import { EXPENSE, ZONE, posted } from './closing.fixture';

const NORTHWIND = { entity: 'br', partner: 'northwind' };

let books: TestBooks;
beforeAll(async () => {
  books = await TestBooks.open();
  await books.entity('br', ZONE, 'BRL');
});
afterAll(() => books.close());

/** What was booked as expense, by the month of the books and the month it was earned in. */
async function expenses(): Promise<Readonly<Record<string, string>>> {
  const { items } = (await books.get('entries?entity=br')) as { items: Answer[] };
  const sums: Record<string, string> = {};
  for (const { legs } of items)
    for (const leg of legs as readonly Record<string, string | null>[]) {
      if (leg['account'] !== EXPENSE) continue;
      const { period, earnedIn, debit, credit } = leg;
      const month = earnedIn === null ? String(period) : `${period} earned in ${earnedIn}`;
      sums[month] = String(BigInt(sums[month] ?? 0) + BigInt(debit ?? 0) - BigInt(credit ?? 0));
    }
  return sums;
}

describe('E15: April is soft-closed before its fact arrives', () => {
  it('shows its entry in May, earned in April, and what it changes of May as May’s own', async () => {
    // As commission posts it: 500,000 at 20 % in May, and both months at 25 % once April is known.
    await posted(books, NORTHWIND, 100_000n, '2026-05-12T12:00:00-03:00');
    await books.cut('soft', 'br', ZONE, '2026-04', '2026-06-02T12:00:00-03:00');
    await posted(books, NORTHWIND, 975_309n, '2026-04-10T12:00:00-03:00');
    await posted(books, NORTHWIND, 268_827n, '2026-05-12T12:00:00-03:00');
    expect(await expenses()).toEqual({
      '2026-05': '368827',
      '2026-05 earned in 2026-04': '975309',
    });
  });
});

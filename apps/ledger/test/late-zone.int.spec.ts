import { type Answer, TestBooks, entryOf } from './books.fixture';

let books: TestBooks;

beforeAll(async () => {
  books = await TestBooks.open();
});

afterAll(() => books.close());

/** April in UTC, and still March in São Paulo. */
const AT = '2026-04-01T01:00:00Z';

const post = (recorded: string) =>
  books.happen({
    stream: 'earnings-acme.p1.standard.2026',
    type: 'CommissionPosted',
    at: AT,
    recorded,
    data: {
      entry: entryOf(
        'BRL/2',
        'main',
        { 'Expenses:Commission': 700n },
        { 'Liabilities:Commission:Held': 700n },
      ),
    },
  });

/** What had happened by the end of March, and to which month the entries belong. */
async function marchAt(position: bigint): Promise<unknown> {
  const { accounts } = await books.get(`trial-balance?effective=2026-03-31&position=${position}`);
  const { items } = await books.get(`entries?position=${position}`);
  const months = (items as Answer[]).map(({ legs }) => (legs as Answer[])[0]?.['period']);
  return [(accounts as Answer[]).map(({ balance }) => balance), months];
}

describe('an entity that is registered after something was booked for it', () => {
  it('counts in its zone from there on, and answers about before stay what they were', async () => {
    await post(AT);
    const before = books.position;
    const unregistered = [[], ['2026-04']];
    expect(await marchAt(before)).toEqual(unregistered);
    await books.entity('main', 'America/Sao_Paulo', 'BRL/2');
    expect(await marchAt(books.position)).toEqual([['700', '-700'], ['2026-03']]);
    expect(await marchAt(before)).toEqual(unregistered);
    await post('2026-05-01T00:00:00Z');
    expect(await marchAt(books.position)).toEqual([
      ['1400', '-1400'],
      ['2026-03', '2026-03'],
    ]);
  });

  it('is told of as a difference between the two, to the cent', async () => {
    const { accounts } = await books.get(
      `difference?fromPosition=1&fromEffective=2026-03-31&toPosition=2&toEffective=2026-03-31`,
    );
    expect(accounts).toMatchObject([
      { account: 'Expenses:Commission', from: '0', effect: '700', to: '700', remainder: '0' },
      { account: 'Liabilities:Commission:Held', effect: '-700', remainder: '0' },
    ]);
  });
});

import { expectEveryRouteDeclared } from '@tributary/platform/testing';
import { type Answer, TestBooks } from './books.fixture';
import { tell } from './story.fixture';

let books: TestBooks;

beforeAll(async () => {
  books = await TestBooks.open();
  await tell(books);
});

afterAll(async () => {
  await books.close();
  // What could not be shown in time is told to the caller and to the operator.
  expect(books.lines.filter((line) => !line.includes('not_yet_visible'))).toEqual([]);
});

const STATEMENT = 'accounts/Assets/statement?entity=br&asset=BRL/2';

const accountsOf = (answer: Answer) =>
  Object.fromEntries(
    (answer['accounts'] as Answer[]).map(({ entity, asset, account, balance }) => [
      `${String(entity)} ${String(asset)} ${String(account)}`,
      balance,
    ]),
  );

const MARCH = {
  'br BRL/2 Assets:Cash': '-90',
  'br BRL/2 Expenses:Commission': '10250',
  'br BRL/2 Expenses:Commission:Adjustments': '500',
  'br BRL/2 Expenses:PayoutFees': '90',
  'br BRL/2 Liabilities:Commission:Held': '-250',
  'br BRL/2 Liabilities:Commission:Payable': '-10500',
  'br BRL/2 Liabilities:Commission:Released': '0',
};

describe('keeping the books of every service', () => {
  it('balances per entity and currency, whoever wrote the entries', async () => {
    const answer = await books.get('trial-balance');
    expect(answer).toMatchObject({
      effective: null,
      known: '2026-04-06T00:00:00.000Z',
      position: String(books.position),
      parked: 0,
      totals: [
        { entity: 'br', asset: 'BRL/2', debit: '31840', credit: '31840', difference: '0' },
        { entity: 'br', asset: 'USD/2', debit: '180', credit: '180', difference: '0' },
        { entity: 'jp', asset: 'JPY/0', debit: '1500', credit: '1500', difference: '0' },
      ],
    });
    expect(accountsOf(answer)).toMatchObject({
      'br BRL/2 Liabilities:Commission:Payable': '-9500',
      'br USD/2 Liabilities:InTransit': '-180',
      'jp JPY/0 Liabilities:Commission:Held': '-1500',
    });
  });

  it('counts days in the zone of each entity', async () => {
    // The fee of the 1st of April at 01:00 is still March in São Paulo; in Tokyo the posting is already April.
    expect(accountsOf(await books.get('trial-balance?effective=2026-03-31'))).toEqual(MARCH);
    const april = accountsOf(await books.get('trial-balance?effective=2026-04-01'));
    expect(april).toEqual({
      ...MARCH,
      'jp JPY/0 Expenses:Commission': '1500',
      'jp JPY/0 Liabilities:Commission:Held': '-1500',
    });
  });

  it('tells what was known at a moment, in the order of the log and not of the writers clocks', async () => {
    const at = async (known: string) =>
      accountsOf(await books.get(`trial-balance?known=${known}&entity=br`));
    const before = {
      'br BRL/2 Expenses:Commission': '10000',
      'br BRL/2 Liabilities:Commission:Held': '-10000',
    };
    expect(await at('2026-03-15T11:59:59.999Z')).toEqual({});
    expect(await at('2026-03-15T12:00:00Z')).toEqual(before);
    // The release was recorded at 11:59 by a clock that was behind; the note before it, at 12:00.
    expect(await at('2026-03-20T11:59:59.999Z')).toEqual(before);
    expect(await at('2026-03-20T12:00:00Z')).toMatchObject({
      'br BRL/2 Liabilities:Commission:Held': '0',
      'br BRL/2 Liabilities:Commission:Released': '-10000',
    });
    const both = await books.get(
      'trial-balance?effective=2026-03-31&known=2026-04-03T01:30:00Z&entity=br',
    );
    expect(accountsOf(both)).toEqual({
      'br BRL/2 Expenses:Commission': '10250',
      'br BRL/2 Liabilities:Commission:Held': '-250',
      'br BRL/2 Liabilities:Commission:Payable': '-10000',
      'br BRL/2 Liabilities:Commission:Released': '0',
    });
  });

  it('finds the month of every entry from where the cuts stand in the log', async () => {
    const { items } = (await books.get('entries?entity=br')) as { items: Answer[] };
    const months = items.map(({ type, legs }) => {
      const [{ period, earnedIn }] = legs as [Answer];
      return [type, period, earnedIn];
    });
    expect(months).toEqual([
      ['CommissionPosted', '2026-03', null],
      ['CommissionReleased', '2026-03', null],
      // After the soft-close, so it is late for commission's own.
      ['CommissionPosted', '2026-04', '2026-03'],
      // Belongs to the release that it takes in.
      ['ReleaseTaken', '2026-03', null],
      // Payouts' own are cut later.
      ['FeeCharged', '2026-03', null],
      ['BalanceAdjusted', '2026-04', '2026-03'],
      ['PayoutInstructed', '2026-04', null],
    ]);
    const closed = accountsOf(await books.get('trial-balance?period=2026-03&entity=br'));
    expect(closed).toEqual({
      'br BRL/2 Assets:Cash': '-90',
      'br BRL/2 Expenses:Commission': '10000',
      'br BRL/2 Expenses:PayoutFees': '90',
      'br BRL/2 Liabilities:Commission:Held': '0',
      'br BRL/2 Liabilities:Commission:Payable': '-10000',
      'br BRL/2 Liabilities:Commission:Released': '0',
    });
  });

  it('says since when each entry was known', async () => {
    const { items } = (await books.get('entries?entity=br&type=CommissionReleased')) as {
      items: Answer[];
    };
    expect(items).toMatchObject([
      { recordedAt: '2026-03-20T11:59:00.000Z', knownAt: '2026-03-20T12:00:00.000Z' },
    ]);
  });

  it('gives the same entries page by page and as CSV, at one position', async () => {
    const paged: Answer[] = [];
    for (let after = '', pages = 0; pages < 9; pages++) {
      const page = await books.get(`entries?limit=3${after}`);
      paged.push(...(page['items'] as Answer[]));
      if (page['next'] === null) break;
      after = `&after=${page['next'] as string}`;
    }
    const legs = paged.flatMap(({ position, legs: of }) =>
      (of as Answer[]).map(({ n, account, debit, credit }) =>
        [position, n, account, debit, credit].join(),
      ),
    );
    const lines = (await books.text('entries', 'text/csv')).trimEnd().split('\r\n');
    const cells = lines.slice(1).map((line) => line.split(','));
    expect(cells.map((of) => [of[2], of[3], of[11], of[12], of[13]].join())).toEqual(legs);
    expect(legs).toHaveLength(19);
  });

  it('adds up by whatever dimension is asked for', async () => {
    const answer = await books.get(
      'balances?account=Liabilities:Commission&by=entity,partner&asset=BRL/2',
    );
    expect(answer['items']).toEqual([
      { entity: 'br', partner: 'p1', debit: '21000', credit: '30750', balance: '-9750' },
    ]);
    const paged = await books.get('balances?by=country,asset&limit=1');
    expect(paged).toMatchObject({ items: [{ asset: 'BRL/2', country: null }] });
    const rest = await books.get(
      `balances?by=country,asset&limit=9&after=${String(paged['next'])}`,
    );
    expect(rest['items']).toMatchObject([
      { asset: 'JPY/0', country: 'JP', balance: '0' },
      { asset: 'USD/2', country: null },
    ]);
  });

  it('states an account from opening to closing', async () => {
    const path =
      'accounts/Liabilities:Commission/statement?entity=br&asset=BRL/2&from=2026-03-18&effective=2026-03-31';
    const whole = await books.get(path);
    expect(whole).toMatchObject({ opening: '-10000', closing: '-10750', next: null });
    const balances = (whole['movements'] as Answer[]).map(({ balance }) => balance);
    expect(balances.at(-1)).toBe(whole['closing']);
    const first = await books.get(`${path}&limit=1`);
    const second = await books.get(`${path}&after=${String(first['next'])}`);
    expect(second['carried']).toBe((first['movements'] as Answer[]).at(-1)?.['balance']);
    expect([...(first['movements'] as Answer[]), ...(second['movements'] as Answer[])]).toEqual(
      whole['movements'],
    );
  });

  it('rolls what is owed forward, to what the trial balance says', async () => {
    const { months } = (await books.get(
      'roll-forward?from=2026-03&to=2026-04&entity=br&asset=BRL/2',
    )) as {
      months: Answer[];
    };
    expect(months).toMatchObject([
      { period: '2026-03', opening: '0', posted: '10000', closing: '10000' },
      {
        period: '2026-04',
        opening: '10000',
        posted: '250',
        adjusted: '500',
        fx: '-1000',
        closing: '9750',
      },
    ]);
    expect(
      await books.get('roll-forward?from=2026-05&to=2026-05&entity=br&asset=BRL/2'),
    ).toMatchObject({
      months: [{ period: '2026-05', opening: '9750', posted: '0', closing: '9750' }],
    });
    const accounts = accountsOf(await books.get('trial-balance?entity=br'));
    const owed = ['Held', 'Payable', 'Released'].map((name) =>
      BigInt(accounts[`br BRL/2 Liabilities:Commission:${name}`] as string),
    );
    expect(String(-owed.reduce((sum, one) => sum + one, 0n))).toBe('9750');
  });

  it('gives the same rows again when it is rebuilt', async () => {
    for (const projection of ['journal', 'known']) {
      const report = await books.post(`/v1/feeds/ledger/projections/${projection}/rebuild`, {});
      const comparison = report['comparison'] as Answer[];
      expect(comparison.length).toBeGreaterThan(1);
      for (const table of comparison) expect(table).toMatchObject({ equal: true });
    }
  });

  it('shows nobody the books of another tenant, and only those who may see them', async () => {
    expectEveryRouteDeclared(books.serving.app);
    expect(await books.get('trial-balance', 'rival')).toMatchObject({ accounts: [], totals: [] });
    expect((await books.ask('trial-balance', 'programme')).status).toBe(403);
    expect((await books.ask('exports?format=csv&entity=br', 'rival')).status).toBe(404);
  });

  it.each([
    ['trial-balance?effective=2026-02-30', 'day'],
    ['trial-balance?known=yesterday', 'instant'],
    ['trial-balance?period=2026-13', 'wrong_format'],
    ['balances?by=colour', 'wrong_format'],
    ['accounts/Assets:Cash/statement?asset=BRL/2', 'required'],
    ['entries?after=bm9wZQ', 'invalid_cursor'],
    ['exports?format=pdf&entity=br', 'not_allowed'],
    ['exports?format=csv&entity=br&from=2026-03-02&to=2026-03-01', 'invalid_range'],
    ['exports?format=csv&entity=br&from=2026-03-02&effective=2026-03-01', 'invalid_range'],
    ['exports?format=csv&entity=br&to=2026-03-02&effective=2026-03-01', 'invalid_range'],
  ])('refuses %s', async (path, code) => {
    const response = await books.ask(path);
    const problem = (await response.json()) as Answer;
    expect([400, 422]).toContain(response.status);
    expect(JSON.stringify(problem)).toContain(`"${code}"`);
  });

  it.each([
    ['balances?', ['5', 'a\0', 'b', 'c']],
    ['balances?', ['5', 'a', '\ud800', 'c']],
    [`${STATEMENT}&`, ['5', '2026-99-01T00:00:00.000Z', '1', '0']],
    [`${STATEMENT}&`, ['5', '2026-03-01T00:00:00.000Z', '1', '99999999999']],
    [`${STATEMENT}&`, ['5', '2026-03-01T00:00:00.000Z', 'x', '0']],
  ])('refuses a cursor that it has not written: %s%j', async (path, parts) => {
    const after = Buffer.from(JSON.stringify(parts)).toString('base64url');
    const response = await books.ask(`${path}after=${after}`);
    expect([response.status, await response.json()]).toMatchObject([
      422,
      { code: 'invalid_cursor' },
    ]);
  });

  it('does not claim to show what it has not read yet', async () => {
    const response = await books.ask('trial-balance?position=999999&timeoutMs=50');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: 'not_yet_visible' });
  });
});

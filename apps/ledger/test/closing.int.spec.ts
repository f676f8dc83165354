import { Client } from 'pg';
import { type Answer, TestBooks, entryOf } from './books.fixture';
import {
  CASH,
  Desk,
  EXPENSE,
  HELD,
  OWED,
  PAYABLE,
  RELEASED,
  ZONE,
  posted,
  released,
  taken,
} from './closing.fixture';

let books: TestBooks;
let desk: Desk;

beforeAll(async () => {
  books = await TestBooks.open();
  desk = new Desk(books);
  for (const entity of ['br', 'slow', 'odd', 'late', 'forced'])
    await books.entity(entity, ZONE, 'BRL/2');
}, 60_000);

afterAll(() => books.close());

const A = { entity: 'br', partner: 'a' };
const B = { entity: 'br', partner: 'b' };

const balancesOf = async (entity: string, period: string): Promise<Answer> => {
  const answer = await books.get(`trial-balance?entity=${entity}&period=${period}`);
  const rows = answer['accounts'] as Answer[];
  return Object.fromEntries(rows.map(({ account, balance }) => [account, balance]));
};

/** Without what says from where it was looked at. */
const figuresOf = async (entity: string, period: string): Promise<string> => {
  const { accounts, totals } = await books.get(`trial-balance?entity=${entity}&period=${period}`);
  return JSON.stringify({ accounts, totals });
};

describe('re-attribution after a close (case E23)', () => {
  let march: Answer;
  let figures: string;

  it('certifies March with what 60/40 came to', async () => {
    for (const [partner, amount] of [
      [A, 30_000n],
      [B, 13_333n],
    ] as const) {
      await posted(books, partner, amount, '2026-03-10T12:00:00Z');
      const release = await released(books, partner, amount, '2026-03-20T12:00:00Z');
      await taken(books, partner, release, amount, '2026-03-20T12:00:00Z');
      await books.happen({
        stream: `account-acme.${partner.partner}.br.brl`,
        type: 'PayoutSettled',
        at: '2026-03-30T03:00:00Z',
        data: { entry: entryOf('BRL/2', 'br', { [PAYABLE]: amount }, { [CASH]: amount }) },
      });
    }
    march = await desk.close('br', '2026-03', {
      soft: '2026-04-02T12:00:00Z',
      closed: '2026-04-03T12:00:00Z',
    });
    figures = await figuresOf('br', '2026-03');
    expect(march).toMatchObject({
      blockers: [],
      untaken: 0,
      certificate: { since: null, rows: '16' },
    });
    expect(await balancesOf('br', '2026-03')).toEqual({
      [CASH]: '-43333',
      [EXPENSE]: '43333',
      [HELD]: '0',
      [PAYABLE]: '0',
      [RELEASED]: '0',
    });
  }, 60_000);

  it('books the difference in May, and changes no byte of March', async () => {
    await desk.close('br', '2026-04', {
      soft: '2026-05-02T12:00:00Z',
      closed: '2026-05-03T12:00:00Z',
    });
    expect(await figuresOf('br', '2026-03')).toBe(figures);
    const at = '2026-05-12T15:00:00Z';
    await posted(books, A, 20_000n, at);
    const back = await posted(books, B, -13_333n, at);
    await taken(books, B, back ?? '', -13_333n, at, OWED);
    const release = await released(books, A, 20_000n, '2026-05-30T12:00:00Z');
    await taken(books, A, release, 20_000n, '2026-05-30T12:00:00Z');
    const may = await desk.close('br', '2026-05', {
      soft: '2026-06-02T12:00:00Z',
      closed: '2026-06-03T12:00:00Z',
    });
    expect(may).toMatchObject({ certificate: { since: '2026-04' } });
    expect(await balancesOf('br', '2026-05')).toMatchObject({
      [EXPENSE]: String(43_333 + 20_000 - 13_333),
      [OWED]: '13333',
      [PAYABLE]: '-20000',
      [RELEASED]: '0',
    });
    const again = await books.get('periods/br/2026-03?recompute=true');
    expect(again).toMatchObject({ state: 'certified', checked: { isSame: true } });
    expect(again['certificate']).toEqual(march['certificate']);
    expect(await figuresOf('br', '2026-03')).toBe(figures);
  }, 60_000);

  it('orders each month twice, under ids that follow from its cuts', async () => {
    const ordered = desk.orders.filter(({ data }) => data['entity'] === 'br');
    const ids = new Set(ordered.map(({ commandId }) => commandId));
    expect(ids.size).toBe(6);
    const cuts = (await books.everything()).filter(({ type }) =>
      /^Period(Soft)?Closed$/.test(type),
    );
    expect(new Set(ordered.map(({ causationId }) => causationId))).toEqual(
      new Set(cuts.map(({ id }) => id)),
    );
    expect(new Set(ordered.map(({ actor }) => actor))).toEqual(new Set(['service:ledger']));
  });
});

describe('confirming that every release was taken', () => {
  it('goes by each release and not by the sum, and names the one that is missing', async () => {
    const one = { entity: 'slow', partner: 'c' };
    await posted(books, one, 5_000n, '2026-03-05T12:00:00Z');
    const first = await released(books, one, 2_000n, '2026-03-06T12:00:00Z');
    const second = await released(books, one, 2_000n, '2026-03-07T12:00:00Z');
    // The first is taken twice and the second never: the account is even, and something is wrong.
    await taken(books, one, first, 2_000n, '2026-03-06T12:00:00Z');
    await taken(books, one, first, 2_000n, '2026-03-07T12:00:00Z');
    await books.cut('soft', 'slow', ZONE, '2026-03', '2026-04-02T12:00:00Z');
    const after = await released(books, one, 1_000n, '2026-04-03T12:00:00Z');
    // Another month of another entity goes on meanwhile.
    await desk.close('odd', '2026-03', {
      soft: '2026-04-02T12:00:00Z',
      closed: '2026-04-03T12:00:00Z',
    });
    const waiting = await books.get('periods/slow/2026-03');
    expect(waiting).toMatchObject({
      state: 'soft_closed',
      untaken: 1,
      blockers: [{ kind: 'release_not_taken', subject: second, owner: 'operations' }],
    });
    expect(desk.orders.filter(({ data }) => data['entity'] === 'slow')).toEqual([]);

    await taken(books, one, second, 2_000n, '2026-03-07T12:00:00Z');
    expect(await desk.until('taken', 'slow', '2026-03')).toMatchObject({
      untaken: 0,
      blockers: [],
    });
    await taken(books, one, after, 1_000n, '2026-04-03T12:00:00Z');
  }, 60_000);

  it('tells what payouts refuses, and goes on with the others', async () => {
    books.takeOrders(({ data }) =>
      data['entity'] === 'slow'
        ? Promise.resolve({ kind: 'rejected', rejected: { code: 'released_not_zero' } })
        : Promise.resolve({ kind: 'nothing' }),
    );
    await books.cut('closed', 'slow', ZONE, '2026-03', '2026-04-04T12:00:00Z');
    const deadline = Date.now() + 30_000;
    let answer: Answer = {};
    while (Date.now() < deadline) {
      answer = await books.get('periods/slow/2026-03');
      if ((answer['blockers'] as Answer[]).length > 0) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(answer).toMatchObject({
      state: 'closed',
      certificate: null,
      blockers: [{ kind: 'cannot_go_on', subject: 'released_not_zero', owner: 'operations' }],
    });
    desk = new Desk(books);
    expect(books.lines.some((line) => line.includes('released_not_zero'))).toBe(true);
  }, 60_000);
});

describe('what a month took in of months before', () => {
  it('adds up to the trial balance, account by account', async () => {
    const one = { entity: 'late', partner: 'd' };
    await posted(books, one, 4_000n, '2026-03-05T12:00:00Z');
    await desk.close('late', '2026-03', {
      soft: '2026-04-02T12:00:00Z',
      closed: '2026-04-03T12:00:00Z',
    });
    await posted(books, one, 700n, '2026-03-30T12:00:00Z');
    await posted(books, one, 60n, '2026-02-10T12:00:00Z');
    await posted(books, one, 5n, '2026-04-10T12:00:00Z');
    const impact = await books.get('prior-period-impact?entity=late&month=2026-04');
    expect(impact['items']).toMatchObject([
      { earnedIn: '2026-02', account: EXPENSE, balance: '60' },
      { earnedIn: '2026-02', account: HELD, balance: '-60' },
      { earnedIn: '2026-03', account: EXPENSE, balance: '700' },
      { earnedIn: '2026-03', account: HELD, balance: '-700' },
    ]);
    expect(impact['accounts']).toEqual([
      {
        asset: 'BRL/2',
        account: EXPENSE,
        opening: '4000',
        own: '5',
        prior: '760',
        closing: '4765',
      },
      {
        asset: 'BRL/2',
        account: HELD,
        opening: '-4000',
        own: '-5',
        prior: '-760',
        closing: '-4765',
      },
    ]);
    const closing = (impact['accounts'] as Answer[]).map(({ account, closing: is }) => [
      account,
      is,
    ]);
    expect(Object.fromEntries(closing)).toEqual(await balancesOf('late', '2026-04'));
  }, 60_000);

  it('keeps what takes a late refund in beside that refund', async () => {
    // Taken back after the soft-close and before the close: both belong to April, so that March has no released money left over.
    const one = { entity: 'odd', partner: 'e' };
    await posted(books, one, 900n, '2026-04-05T12:00:00Z');
    const release = await released(books, one, 900n, '2026-04-06T12:00:00Z');
    await taken(books, one, release, 900n, '2026-04-06T12:00:00Z');
    await books.cut('soft', 'odd', ZONE, '2026-04', '2026-05-02T12:00:00Z');
    const back = await posted(books, one, -900n, '2026-04-20T12:00:00Z');
    await taken(books, one, back ?? '', -900n, '2026-04-20T12:00:00Z');
    await desk.until('taken', 'odd', '2026-04');
    await books.cut('closed', 'odd', ZONE, '2026-04', '2026-05-03T12:00:00Z');
    await desk.until('certified', 'odd', '2026-04');
    expect(await balancesOf('odd', '2026-04')).toMatchObject({
      [RELEASED]: '0',
      [PAYABLE]: '-900',
    });
    expect(await balancesOf('odd', '2026-05')).toMatchObject({ [RELEASED]: '0', [PAYABLE]: '0' });
  }, 60_000);
});

describe('a month that was closed before everything was taken', () => {
  it('does not change any more, whatever comes later', async () => {
    const one = { entity: 'forced', partner: 'f' };
    await posted(books, one, 800n, '2026-03-05T12:00:00Z');
    const release = await released(books, one, 800n, '2026-03-06T12:00:00Z');
    await books.cut('soft', 'forced', ZONE, '2026-03', '2026-04-02T12:00:00Z');
    await books.cut('closed', 'forced', ZONE, '2026-03', '2026-04-03T12:00:00Z');
    const figures = await figuresOf('forced', '2026-03');
    await taken(books, one, release, 800n, '2026-03-06T12:00:00Z');
    expect(await figuresOf('forced', '2026-03')).toBe(figures);
    const { items } = await books.get('entries?entity=forced&type=ReleaseTaken');
    expect(items).toMatchObject([{ legs: [{ period: '2026-04', earnedIn: '2026-03' }, {}] }]);
  });
});

describe('a certificate that the log no longer comes to', () => {
  it('is an alarm, and stays to be seen', async () => {
    const client = new Client({ connectionString: books.url });
    await client.connect();
    const change = (by: string) =>
      client.query(
        `update ledger.leg set debit = debit ${by} 1 where entity = 'br' and partner = 'b' and account = $1`,
        [HELD],
      );
    await change('+');
    const differs = await books.get('periods/br/2026-03?recompute=true');
    expect(differs).toMatchObject({ state: 'differs', checked: { isSame: false } });
    expect(books.lines.some((line) => line.includes('certificate_differs'))).toBe(true);
    expect(await books.get('periods/br/2026-03')).toMatchObject({ state: 'differs' });
    await change('-');
    await client.end();
    const mended = await books.get('periods/br/2026-03?recompute=true');
    expect(mended).toMatchObject({ state: 'certified', checked: { isSame: true } });
  }, 60_000);

  it('is not seen in books that have not been filled so far', async () => {
    const client = new Client({ connectionString: books.url });
    await client.connect();
    const journal = `update ledger.subscription set position = $1 where name like 'journal%'`;
    await client.query(journal, ['5']);
    const asked = await books.at('/v1/ledger/periods/br/2026-03?recompute=true');
    await client.query(journal, [String(books.position)]);
    await client.end();
    expect(await asked.json()).toMatchObject({
      position: '5',
      state: 'certified',
      checked: { isSame: true },
    });
  });
});

describe('asking about a month', () => {
  it('finds the same rows again when they are rebuilt', async () => {
    const report = await books.post('/v1/feeds/ledger/projections/closing/rebuild', {});
    const comparison = report['comparison'] as Answer[];
    expect(comparison).toHaveLength(2);
    for (const table of comparison) expect(table).toMatchObject({ equal: true });
    expect(await books.get('periods/br/2026-03')).toMatchObject({ state: 'certified' });
  }, 60_000);

  it('tells of one that nobody has cut, and refuses what is none', async () => {
    expect(await books.get('periods/br/2026-12')).toMatchObject({
      state: 'open',
      certificate: null,
      blockers: [],
    });
    expect((await books.ask('periods/br/2026-13')).status).toBe(422);
    expect((await books.ask('periods/br/2026-03?recompute=false')).status).toBe(200);
    expect((await books.ask('periods/br/2026-03?recompute=maybe')).status).toBe(422);
    expect((await books.ask('periods/br/2026-03', 'programme')).status).toBe(403);
    expect(await books.get('periods/br/2026-03', 'rival')).toMatchObject({ state: 'open' });
  });
});

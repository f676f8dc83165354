import { COMMISSION_HOLDS, COMMISSION_POSTED } from '@tributary/contracts';
import type { FeedEvent, ReactionContext } from '@tributary/feeds';
import { sha256Hex, uuidV5 } from '@tributary/kernel';
import { OF, noon, release } from '../domain/account/account.fixture';
import type { DocumentHash } from '../domain/statement/events';
import type { IssuedStatement } from '../read-model/statements.queries';
import { headOf } from '../domain/statement/statement.fixture';
import { paidAndReturned } from './statements-history.fixture';
import { type Page, StatementsSite } from './statements.fixture';

let site: StatementsSite;
beforeAll(async () => {
  site = await StatementsSite.start();
});
afterAll(async () => {
  await site.stop();
});

const issued = async (partner: string, months: number) =>
  await site.until<Page<IssuedStatement>>(
    `/v1/partners/${partner}/statements`,
    ({ items }) => items.length >= months,
  );

describe('issuing statements', () => {
  beforeAll(async () => {
    await paidAndReturned(site);
  });

  it('refuses a month that is not over', async () => {
    const response = await site.post('/v1/statements', { month: '2999-01' });
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ code: 'month_not_over' });
  });

  it('issues every month of every account up to the one that was asked for, each as the next of the last', async () => {
    const response = await site.post('/v1/statements', { month: '2026-06' });
    expect(response.status).toBe(202);
    const { items } = await issued('p1', 6);
    // The account was opened by what its payee told in January.
    expect(items.map(({ month, opening, closing }) => [month, opening, closing])).toEqual([
      ['2026-01', '0', '0'],
      ['2026-02', '0', '0'],
      ['2026-03', '0', '100000'],
      ['2026-04', '100000', '100000'],
      ['2026-05', '100000', '0'],
      ['2026-06', '0', '0'],
    ]);
    expect(items[3]?.totals).toMatchObject({ paid: '-98500', returned: '98500', tax: '0' });
    const second = await issued('p2', 3);
    expect(second.items.map(({ month, closing }) => [month, closing])).toEqual([
      ['2026-04', '5000'],
      ['2026-05', '5000'],
      ['2026-06', '5000'],
    ]);
  });

  it('adds nothing when it is asked again, and goes on with the next month', async () => {
    await site.post('/v1/statements', { month: '2026-06' });
    await site.post('/v1/statements', { month: '2026-07' });
    const { items } = await issued('p1', 7);
    expect(items.map(({ month }) => month)).toHaveLength(7);
    expect(new Set(items.map(({ statement }) => statement)).size).toBe(7);
  });

  it('shows what became known late in the next statement, and changes none before', async () => {
    const before = await documentsOf('p1.main.brl.202605');
    await site.decide({ ...release('late', -8_333), at: noon('05-20') });
    await site.post('/v1/statements', { month: '2026-08' });
    const { items } = await issued('p1', 8);
    expect(items.at(-1)).toMatchObject({ month: '2026-08', opening: '0', closing: '-8333' });
    const statement = await site.read<{ lines: readonly object[]; before: string }>(
      '/v1/partners/p1/statements/p1.main.brl.202608',
    );
    expect(statement.before).toBe('p1.main.brl.202607');
    expect(statement.lines).toMatchObject([{ day: '2026-05-20', late: true, amount: '-8333' }]);
    expect(await documentsOf('p1.main.brl.202605')).toEqual(before);
  });

  it('M120: hands out each document with the hash that was stored when it was issued', async () => {
    const documents = await documentsOf('p1.main.brl.202604');
    expect(documents).toHaveLength(6);
    for (const { format, language, sha256 } of documents) {
      const path = `/v1/partners/p1/statements/p1.main.brl.202604/document?format=${format}&language=${language}`;
      const response = await site.get(path, 'p1');
      const bytes = new Uint8Array(await response.arrayBuffer());
      expect(sha256Hex(bytes)).toBe(sha256);
      expect(response.headers.get('etag')).toBe(`"${sha256}"`);
      if (format === 'pdf') expect(Buffer.from(bytes.subarray(0, 5)).toString()).toBe('%PDF-');
      else expect(Buffer.from(bytes).toString()).toContain('Agência Um');
    }
  });

  it('hands out nothing that differs from what was issued', async () => {
    const { content } = (await site.statements.content('acme', 'p1.main.brl.202604')) ?? {};
    if (content === undefined) throw new Error('It was issued above.');
    const head = { ...content.head, partnerName: 'Somebody else' };
    await expect(site.statements.document({ ...content, head }, 'pdf', 'es')).rejects.toMatchObject(
      {
        code: 'document_differs',
      },
    );
  });

  it('shows a partner its own alone', async () => {
    for (const path of ['', '/p1.main.brl.202604', '/p1.main.brl.202604/document']) {
      expect((await site.get(`/v1/partners/p1/statements${path}`, 'p2')).status).toBe(403);
      expect((await site.get(`/v1/partners/p1/statements${path}`, 'p1')).status).toBe(200);
    }
    const foreign = '/v1/partners/p2/statements/p1.main.brl.202604';
    expect((await site.get(foreign, 'p2')).status).toBe(404);
    expect((await site.get('/v1/statements', 'p1')).status).toBe(403);
    expect((await site.post('/v1/statements', { month: '2026-03' }, 'auditor')).status).toBe(403);
    const stranger = await site.read<Page<IssuedStatement>>('/v1/statements', 'stranger');
    expect(stranger.items).toEqual([]);
  });

  it('lists them page by page, as CSV as well', async () => {
    const all = await site.read<Page<IssuedStatement>>('/v1/statements?limit=1000');
    const first = await site.read<Page<IssuedStatement>>('/v1/statements?limit=5');
    const rest = await site.read<Page<IssuedStatement>>(
      `/v1/statements?limit=1000&after=${first.next ?? ''}`,
    );
    expect([...first.items, ...rest.items]).toEqual(all.items);
    const csv = await (await site.get('/v1/statements', 'finance', 'text/csv')).text();
    expect(csv.split('\r\n')[0]).toContain('opening,earned');
    expect(csv.split('\r\n').filter((row) => row !== '')).toHaveLength(all.items.length + 1);
  });

  it('says what held when it was issued, also what commission holds', async () => {
    const of = {
      partner: 'p2',
      plan: 'brcommercial',
      window: '2026-08',
      entity: 'main',
      asset: 'BRL/2',
    };
    const posted = { ...of, heldUntil: '2026-12-14T00:00:00.000Z', takes: [] };
    for (const [lineId, amount] of [
      ['l1', '700'],
      ['l2', '300'],
    ])
      await site.told('commission', {
        type: COMMISSION_POSTED,
        data: { ...posted, lineId, amount } as never,
        at: noon('08-02'),
      });
    const fraud = {
      id: 'h1',
      reason: 'fraud',
      owner: 'risk',
      condition: 'the review ends',
      from: noon('08-02'),
      until: null,
    };
    await site.told('commission', {
      type: COMMISSION_HOLDS,
      data: { ...of, group: 'g1', lineIds: ['l2'], holds: [fraud] },
      at: noon('08-02'),
    });
    const held = await site.until<Page<{ commission: readonly object[] }>>(
      '/v1/partners/p2/payout-holds',
      ({ items }) => (items[0]?.commission.length ?? 0) === 2,
    );
    const expected = [
      { reason: 'window', amount: '700', lines: 1 },
      { reason: 'fraud', amount: '300', owner: 'risk', until: null },
    ];
    expect(held.items[0]?.commission).toMatchObject(expected);
    await site.post('/v1/statements', { month: '2026-09' });
    await issued('p2', 6);
    const { holds } = await site.read<{ holds: readonly object[] }>(
      '/v1/partners/p2/statements/p2.main.brl.202609',
    );
    expect(holds).toMatchObject([...expected, { reason: 'bank_details', owner: 'partner' }]);
  });

  it('says what commission holds of whom nothing was released yet, all at once', async () => {
    const lineId = 'l9';
    const of = { partner: 'p9', plan: 'brcommercial', window: '2026-08', lineId };
    const books = { entity: 'main', asset: 'BRL/2', amount: '117277' };
    await site.told('commission', {
      type: COMMISSION_POSTED,
      data: { ...of, ...books, heldUntil: '2026-12-14T00:00:00.000Z', takes: [] },
      at: noon('08-02'),
    });
    const path = '/v1/partners/p9/payout-holds';
    const held = await site.until<Page<object>>(path, ({ items }) => items.length > 0);
    expect(held.items).toMatchObject([
      {
        ...{ account: null, entity: 'main', asset: 'BRL/2', payable: '0', holds: [] },
        commission: [{ reason: 'window', amount: '117277', lines: 1 }],
      },
    ]);
    expect((await site.get(`${path}?limit=1`)).status).toBe(422);
  });

  it('finishes what somebody has begun as it was begun, whatever became known since', async () => {
    const before = await site.lastOf('p1.main.brl.202609');
    const head = { ...headOf('2026-10'), ...before, issuedAt: noon('10-01') };
    await site.drafts({ ...head, partnerName: 'As it was then' });
    await site.decide({ ...release('later', 4_000), at: noon('09-05') });
    await site.post('/v1/statements', { month: '2026-10' });
    // What became known since would stand in the next one.
    const { items } = await issued('p1', 10);
    expect(items.slice(-2).map(({ closing }) => closing)).toEqual(['-8333', '-8333']);
    const begun = await site.read<object>('/v1/partners/p1/statements/p1.main.brl.202610');
    expect(begun).toMatchObject({ partnerName: 'As it was then', through: head.through });
  });

  it('finishes what another order has begun in the same moment', async () => {
    let isOther = true;
    const ordering = site.ordering(async ({ head }) => {
      if (isOther) await site.drafts({ ...head, partnerName: 'As the other knew it' });
      isOther = false;
    });
    const data = { entity: 'main', month: '2026-11', by: 'ana', at: noon('12-01') };
    const event = { tenant: 'acme', position: 0n, data } as unknown as FeedEvent;
    const asked = (await ordering.on['StatementsOrdered']?.(event)) ?? [];
    const ofP2 = asked.find((each) => ordering.target(each, 'acme').includes('.p2.'));
    const causationId = uuidV5('spec', 'two orders');
    const of = { tenant: 'acme', actor: 'spec', correlationId: 'spec', traceParent: null };
    const context = { ...of, commandId: causationId, causationId } as ReactionContext;
    await expect(ordering.dispatch(ofP2, context)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await ordering.dispatch(ofP2, context)).toMatchObject({ kind: 'accepted' });
    const begun = await site.read<object>('/v1/partners/p2/statements/p2.main.brl.202611');
    expect(begun).toMatchObject({ partnerName: 'As the other knew it' });
  });

  it('tells a month of more lines than fit into one append, and lets it be downloaded', async () => {
    const p3 = { ...OF, partner: 'p3' };
    for (let i = 0; i < 2_400; i += 100)
      await Promise.all(
        Array.from({ length: 100 }, (_, n) =>
          site.decide({ ...release(`line${String(i + n)}`, i + n + 1), account: p3 }),
        ),
      );
    await site.post('/v1/statements', { month: '2026-03' });
    const { items } = await issued('p3', 1);
    expect(items).toMatchObject([{ lines: 2_400, closing: String((2_400 * 2_401) / 2) }]);
    const [{ documents = [] } = {}] = items;
    const path = '/v1/partners/p3/statements/p3.main.brl.202603/document?format=csv&language=es';
    const bytes = new Uint8Array(await (await site.get(path)).arrayBuffer());
    const { sha256 } =
      documents.find((each) => each.format === 'csv' && each.language === 'es') ?? {};
    expect(sha256Hex(bytes)).toBe(sha256);
  });
});

const documentsOf = async (statement: string): Promise<readonly DocumentHash[]> =>
  (
    await site.read<{ documents: readonly DocumentHash[] }>(
      `/v1/partners/p1/statements/${statement}`,
    )
  ).documents;

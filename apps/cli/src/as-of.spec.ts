import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { tributary } from './tributary';

const KNOWN = '2026-04-03T00:00:00.000Z';
const CHECKPOINT = { size: 40, root: 'cm9vdA==' };
const POINT = { effective: null, known: KNOWN, position: '38', leaf: 37, checkpoint: CHECKPOINT };
const LEDGER = { entity: 'br', asset: 'BRL/2' };
const HELD = { ...LEDGER, account: 'Liabilities:Commission:Held' };
const EXPENSE = { ...LEDGER, account: 'Expenses:Commission' };

const posted = (position: string, minor: number) => ({
  position,
  change: 'added',
  type: 'CommissionPosted',
  stream: 'earnings-acme.p1.main.2026',
  occurredAt: KNOWN,
  knownAt: KNOWN,
  legs: [
    { ...EXPENSE, effect: String(minor) },
    { ...HELD, effect: String(-minor) },
  ],
});

describe('asking about the past from a terminal', () => {
  const asked: string[] = [];
  const answers = new Map<string, object>();
  const refusals = new Map<string, object>();
  let server: Server;
  let address: string;

  beforeAll(async () => {
    server = createServer(({ url = '', headers }, response) => {
      asked.push(decodeURIComponent(url));
      const answer = headers.authorization === 'Bearer secret' ? answers.get(url) : undefined;
      const refusal = refusals.get(url);
      response.writeHead(answer ? 200 : refusal ? 422 : 404, {
        'content-type': 'application/json',
      });
      response.end(JSON.stringify(answer ?? refusal ?? { code: 'nothing_there' }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.close();
    await once(server, 'close');
  });
  beforeEach(() => {
    asked.length = 0;
    answers.clear();
    refusals.clear();
  });

  const run = async (...args: string[]) => {
    const lines: string[] = [];
    const code = await tributary([...args, '--server', address, '--key', 'secret'], {
      variables: {},
      out: (line) => lines.push(line),
    });
    return { code, printed: lines.join('\n'), lines };
  };

  it('shows balances on both clocks, page by page, with the checkpoint that covers them', async () => {
    const path =
      `/v1/ledger/balances?effective=2026-03-31&known=2026-04-03T00%3A00%3A00.000Z` +
      `&account=Liabilities&by=entity%2Casset%2Caccount&limit=1000`;
    answers.set(path, { ...POINT, items: [{ ...HELD, balance: '-1000005' }], next: 'more' });
    const tax = { ...LEDGER, account: 'Liabilities:Tax', balance: '-7' };
    answers.set(`${path}&after=more`, { ...POINT, items: [tax], next: null });
    const question = ['--effective', '2026-03-31', '--known', KNOWN, '--account', 'Liabilities'];
    const { code, printed } = await run('as-of', ...question);
    expect(code).toBe(0);
    expect(printed).toContain('position 38 of the log\nleaf 37, covered by checkpoint 40 cm9vdA==');
    expect(printed).toContain('br  Liabilities:Commission:Held  -10000.05  BRL/2');
    expect(printed).toContain('br  Liabilities:Tax                  -0.07  BRL/2');
    const { printed: json } = await run('as-of', ...question, '--json');
    expect(JSON.parse(json)).toMatchObject({ checkpoint: CHECKPOINT, items: [HELD, tax] });
  });

  it('says of a refusal what does not fit', async () => {
    const path = '/v1/ledger/balances?effective=2026-02-30&by=entity%2Casset%2Caccount&limit=1000';
    const errors = [{ parameter: 'effective', detail: 'effective is a day from 1970 on' }];
    refusals.set(path, { code: 'validation_failed', detail: '1 field does not fit.', errors });
    const { code, printed } = await run('as-of', '--effective', '2026-02-30');
    expect(code).toBe(3);
    expect(printed).toContain('422: 1 field does not fit. effective is a day from 1970 on');
  });

  it('asks other services, and the log what their answer rests on', async () => {
    answers.set('/v1/plans/main?on=2026-03-31T23%3A59%3A59.999Z', {
      plan: 'main',
      governs: { version: 2 },
      position: '12',
    });
    answers.set('/v1/log/as-of?position=12', { ...POINT, leaf: 11, checkpoint: null });
    const { code, printed } = await run('as-of', '--plan', 'main', '--effective', '2026-03-31');
    expect(code).toBe(0);
    expect(printed).toContain('as it happened by 2026-03-31T23:59:59.999Z, as we knew it now');
    expect(printed).toContain('no signed checkpoint covers it yet');
    expect(printed).toContain('"version": 2');

    const known = `known=${encodeURIComponent(KNOWN)}`;
    const standings = { partner: 'p1', items: [{ track: 'commercial' }], position: '12' };
    answers.set(`/v1/partners/p1/standings?at=2026-03-31T23%3A59%3A59.999Z&${known}`, standings);
    const both = ['--effective', '2026-03-31', '--known', KNOWN];
    const tier = await run('as-of', '--tier', 'p1', ...both);
    expect([tier.code, tier.printed.includes('"track": "commercial"')]).toEqual([0, true]);
  });

  it('asks what a partner is owed and for what, page by page, all at the position of the first', async () => {
    const known = `known=${encodeURIComponent(KNOWN)}`;
    answers.set('/v1/log/as-of?position=12', { ...POINT, leaf: 11 });
    const at = { position: '12', known: KNOWN, leaf: null, checkpoint: null };
    const lines = `/v1/lines?${known}&partner=p1&limit=1000`;
    answers.set(lines, { ...at, items: [{ line: 'a' }], next: 'more' });
    const rest = `/v1/lines?${known}&partner=p1&limit=1000&position=12&after=more`;
    answers.set(rest, { ...at, items: [{ line: 'b' }], next: null });
    const books = 'entity=br&asset=BRL%2F2';
    answers.set(`/v1/partners/p1/open-lines?${known}&${books}&limit=1000`, { ...at, items: [] });
    answers.set(`/v1/partners/p1/accounts?${known}&limit=1000`, { ...at, items: [] });
    answers.set(`/v1/unplanned?${known}&limit=1000`, { ...at, items: [] });
    answers.set(`/v1/partners/p1/earnings?on=2026-03-31T23%3A59%3A59.999Z&${known}`, at);

    const asking = async (...what: string[]) => await run('as-of', '--known', KNOWN, ...what);
    const { code, printed } = await asking('--lines', 'p1', '--json');
    expect([code, JSON.parse(printed)]).toMatchObject([
      0,
      { leaf: 11, checkpoint: CHECKPOINT, items: [{ line: 'a' }, { line: 'b' }], next: null },
    ]);
    for (const what of [
      ['--open-lines', 'p1', '--entity', 'br', '--asset', 'BRL/2'],
      ['--owed', 'p1'],
      ['--unplanned'],
      ['--earned', 'p1', '--effective', '2026-03-31'],
    ]) {
      const answer = await asking(...what);
      expect([answer.code, answer.printed.includes('leaf 11, covered')]).toEqual([0, true]);
    }
  });

  it('adds up the legs between two points itself', async () => {
    const path = '/v1/ledger/difference?fromKnown=2026-04-01T00%3A00%3A00Z&limit=500';
    const accounts = [
      { ...EXPENSE, from: '0', effect: '300', to: '300' },
      { ...HELD, from: '0', effect: '-300', to: '-300' },
    ];
    const points = { from: POINT, to: POINT };
    const last = (minor: number) => ({ ...points, items: [posted('9', minor)], next: null });
    answers.set(path, { ...points, accounts, items: [posted('5', 100)], next: 'more' });
    answers.set(`${path}&after=more`, last(200));
    const question = ['difference', '--from-known', '2026-04-01T00:00:00Z'];
    const whole = await run(...question);
    expect(whole.code).toBe(0);
    expect(whole.printed).toContain('br  Expenses:Commission          0.00   3.00   3.00  BRL/2');
    expect(whole.printed).toContain('#9 added: CommissionPosted');
    expect(whole.printed).toContain('Nothing is left over.');

    answers.set(`${path}&after=more`, last(199));
    const short = await run(...question, '--json');
    expect(short.code).toBe(1);
    expect(short.lines.slice(-2).map((line) => JSON.parse(line) as object)).toEqual([
      { account: 'br Expenses:Commission BRL/2', left: '1' },
      { account: 'br Liabilities:Commission:Held BRL/2', left: '-1' },
    ]);
  });

  it.each([
    [['as-of', '--plan', 'main', '--sale', 's1'], 'one thing at a time'],
    [['as-of', '--statement', 'Assets:Cash'], '--entity and --asset'],
    [['as-of', '--open-lines', 'p1'], '--entity and --asset'],
    [['as-of', '--lines', 'p1', '--effective', '2026-03-31'], 'leave out --effective'],
    [['difference', '--from', 'x'], 'Try: tributary difference --help'],
  ])('refuses %j', async (args, why) => {
    const { code, printed } = await run(...args);
    expect([code, printed.includes(why)]).toEqual([2, true]);
    expect(asked).toEqual([]);
  });

  it('says what the server said, and that there is no key', async () => {
    const refused = await run('as-of', '--sale', 's1');
    expect(refused).toMatchObject({ code: 3 });
    expect(refused.printed).toContain('nothing_there');
    const lines: string[] = [];
    const nowhere = ['as-of', '--server', address, '--data-dir', __dirname];
    const out = (line: string) => lines.push(line);
    expect(await tributary(nowhere, { variables: {}, out })).toBe(2);
    expect(lines.join()).toContain('TRIBUTARY_KEY');
  });
});

import type { Published } from '@tributary/contracts';
import { PublishedTable } from '@tributary/feeds';
import { type Serving, ServiceRuntime, coreSettings, serve } from '@tributary/platform';
import {
  collectingLogger,
  expectEveryRouteDeclared,
  testMasterKey,
} from '@tributary/platform/testing';
import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import { PartnersModule } from '../src/partners.module';

type Answer = Readonly<Record<string, unknown>>;

let postgres: TestPostgres;
let serving: Serving;
let url: string;
let maker: string;
let checker: string;
let keyOfNorthwind: string;
let commands = 0;
const { logger, lines: logLines } = collectingLogger('error');

beforeAll(async () => {
  postgres = await startTestPostgres();
  const settings = coreSettings.read({
    PORT: '0',
    DATABASE_URL: await postgres.freshDatabase(),
    PRIVACY_MASTER_KEY: testMasterKey,
  });
  serving = await serve({ name: 'partners', modules: [PartnersModule], settings, logger });
  url = await serving.listen();
  const { keys } = serving;
  const issue = async (role: 'partner' | 'programme', partnerId?: string) =>
    (
      await keys.issueKey({
        tenant: 'acme',
        role,
        label: 'test',
        ...(partnerId !== undefined && { partnerId }),
      })
    ).key;
  maker = await issue('programme');
  checker = await issue('programme');
  keyOfNorthwind = await issue('partner', 'northwind');
});

afterAll(async () => {
  await serving.close();
  await postgres.stop();
});

const NORTHWIND = {
  id: 'northwind',
  name: 'Northwind',
  type: 'channel',
  kind: 'agency',
  category: 'crm',
  territories: ['BR', 'MX'],
  verticals: ['retail'],
  integrationLevel: 'joint',
  benefits: { toPartner: ['Early access'], fromPartner: ['Case study'] },
  initiatives: ['Webinar in May'],
  effectiveAt: '2026-01-01T00:00:00-03:00',
};

describe('keeping the registry of partners (M040)', () => {
  it('registers a partner, suspends it as of a day in the past, and shows both on both sides of that day', async () => {
    expect(await post('/v1/partners', NORTHWIND)).toMatchObject({ status: 201, id: 'northwind' });
    const suspended = await post('/v1/partners/northwind/suspensions', {
      reason: 'Fraud signals',
      effectiveAt: '2026-02-01T00:00:00Z',
    });
    expect(suspended).toMatchObject({ status: 200 });

    const { token } = suspended;
    const now = await get(`/v1/partners/northwind?token=${String(token)}`);
    const { id: _id, effectiveAt: _at, ...value } = NORTHWIND;
    expect(now).toMatchObject({
      value: { ...value, status: 'suspended' },
      steps: [
        { at: '2026-01-01T03:00:00.000Z', value: { ...value, status: 'active' } },
        { at: '2026-02-01T00:00:00.000Z', value: { ...value, status: 'suspended' } },
      ],
      position: expect.stringMatching(/^[1-9]/) as string,
    });
    const before = await get('/v1/partners/northwind?at=2026-01-31T00:00:00Z');
    expect(before).toMatchObject({ value: { status: 'active' } });
    const unborn = await get('/v1/partners/northwind?at=2025-01-31T00:00:00Z');
    expect(unborn).toMatchObject({ value: null });
  });

  it('lists page by page, filtered by what holds at a time', async () => {
    for (const id of ['p1', 'p2', 'p3'])
      await post('/v1/partners', { id, name: id, type: 'ecosystem' });
    const last = await post('/v1/partners', { name: 'No id', type: 'strategic' });
    const token = String(last['token']);
    const found: unknown[] = [];
    for (let after = '', pages = 0; pages < 9; pages++) {
      const page = await get(`/v1/partners?limit=2&token=${token}${after}`);
      found.push(...(page['items'] as { partner: string }[]).map(({ partner }) => partner));
      if (page['next'] === null) break;
      after = `&after=${page['next'] as string}`;
    }
    expect(found).toEqual([String(last['id']), 'northwind', 'p1', 'p2', 'p3'].sort());
    const filtered = async (query: string) =>
      ((await get(`/v1/partners?${query}`))['items'] as { partner: string }[]).map(
        ({ partner }) => partner,
      );
    expect(await filtered('status=suspended')).toEqual(['northwind']);
    expect(await filtered('status=active&at=2026-01-31T00:00:00Z')).toEqual(['northwind']);
    expect(await filtered('type=strategic')).toEqual([last['id']]);
  });

  const bad: readonly (readonly [what: string, body: object, pointer: string, code: string])[] = [
    ['a type that nobody knows', { type: 'friend' }, '/type', 'not_allowed'],
    ['a category that nobody knows', { category: 'x' }, '/category', 'not_allowed'],
    ['a kind that nobody knows', { kind: 'x' }, '/kind', 'not_allowed'],
    ['a level that nobody knows', { integrationLevel: 9 }, '/integrationLevel', 'not_allowed'],
    ['a status that is reached, not given', { status: 'ended' }, '/status', 'not_allowed'],
    ['a country that nobody knows', { territories: ['XX'] }, '/territories', 'territory'],
    ['no name', { name: undefined }, '/name', 'required'],
    ['a name of nothing', { name: null }, '/name', 'wrong_type'],
    ['a name that is too long', { name: 'x'.repeat(101) }, '/name', 'out_of_range'],
    ['no list of verticals', { verticals: null }, '/verticals', 'wrong_type'],
    ['a vertical with spaces', { verticals: ['a b'] }, '/verticals', 'wrong_format'],
    ['half of the benefits', { benefits: { toPartner: [] } }, '/benefits/fromPartner', 'required'],
    ['too many initiatives', { initiatives: Array(9).fill('x') }, '/initiatives', 'out_of_range'],
    ['an id that no stream has', { id: 'North Wind' }, '/id', 'stream_id'],
    ['a day without an offset', { effectiveAt: '2026-01-01' }, '/effectiveAt', 'instant'],
    ['another tenant', { tenant: 'globex' }, '/tenant', 'unknown_field'],
    ['a field that is not there', { tier: 'gold' }, '/tier', 'unknown_field'],
  ];
  it.each(bad)('refuses %s, and points at it', async (_what, change, pointer, code) => {
    const answer = await post('/v1/partners', { ...NORTHWIND, id: 'bad', ...change });
    expect(answer).toMatchObject({ status: 422, code: 'validation_failed' });
    expect(answer['errors']).toContainEqual(expect.objectContaining({ pointer, code }));
  });

  it('says why a change has no place in the history', async () => {
    expect(await post('/v1/partners', NORTHWIND)).toMatchObject({
      status: 409,
      code: 'partner_exists',
    });
    expect(await post('/v1/partners/nobody/suspensions', {})).toMatchObject({
      status: 404,
      code: 'partner_unknown',
    });
    expect(await post('/v1/partners/northwind/changes', {})).toMatchObject({
      status: 422,
      code: 'nothing_to_change',
    });
    const effectiveAt = '2026-02-01T00:00:00Z';
    expect(await post('/v1/partners/northwind/endings', { effectiveAt })).toMatchObject({
      status: 409,
      code: 'instant_taken',
      facts: { at: '2026-02-01T00:00:00.000Z' },
    });
  });

  it('answers the same command as the first time', async () => {
    const body = { name: 'Once', type: 'technology' };
    const first = await post('/v1/partners', body, maker, 'once-and-for-all');
    const again = await post('/v1/partners', body, maker, 'once-and-for-all');
    expect(again).toMatchObject({ status: 201, id: first['id'], replayed: true });
  });
});

describe('agreeing with a partner', () => {
  it('lets terms govern only once a second person has approved them, from the sales that they name', async () => {
    const drafted = await post('/v1/agreements', {
      id: 'a1',
      partner: 'unheardof',
      plan: 'brcommercial',
      splits: [
        { partner: 'unheardof', bp: 7_000 },
        { partner: 'northwind', bp: 3_000 },
      ],
      exclusivity: { territories: ['BR'], verticals: [], clause: 'Section 4' },
      currency: { asset: 'BRL/2' },
      effectiveFrom: '2026-01-01T00:00:00Z',
      decidedAt: '2025-12-20T00:00:00Z',
    });
    expect(drafted).toMatchObject({ status: 201 });
    expect(await get(`/v1/agreements/a1?token=${String(drafted['token'])}`)).toMatchObject({
      value: { status: 'draft', programme: 'main' },
      pending: { version: 1 },
      partnerKnown: false,
    });
    expect(await post('/v1/agreements/a1/approvals', { version: 1 })).toMatchObject({
      status: 403,
      code: 'same_person',
    });
    expect(await post('/v1/agreements/a1/approvals', { version: 2 }, checker)).toMatchObject({
      status: 409,
      code: 'not_pending',
      facts: { pending: 1 },
    });
    await post('/v1/agreements/a1/approvals', { version: 1 }, checker);
    const effectiveFrom = '2026-03-01T00:00:00Z';
    await post('/v1/agreements/a1/amendments', { plan: 'brstrategic', effectiveFrom });
    const amended = await post('/v1/agreements/a1/approvals', { version: 2 }, checker);

    const shown = await get(`/v1/agreements/a1?token=${String(amended['token'])}`);
    expect(shown).toMatchObject({ value: { plan: 'brstrategic' }, pending: null });
    const earlier = await get('/v1/agreements/a1?at=2026-02-28T00:00:00Z');
    expect(earlier['value']).toMatchObject({ status: 'active', plan: 'brcommercial' });
    const document = { reference: 'envelope 7', sha256: 'a'.repeat(64) };
    const signature = { version: 2, party: 'partner', signedAt: '2026-01-02T00:00:00Z', document };
    const signed = await post('/v1/agreements/a1/signatures', signature);
    expect(signed).toMatchObject({ status: 201 });
    expect(await post('/v1/agreements/a1/signatures', signature)).toMatchObject({
      status: 409,
      code: 'already_signed',
    });
    expect(await get(`/v1/agreements/a1?token=${String(signed['token'])}`)).toMatchObject({
      signatures: [{ version: 2, party: 'partner', document }],
    });
    const list = await get('/v1/agreements?status=active&partner=unheardof');
    expect(list['items']).toMatchObject([{ agreement: 'a1', value: { status: 'active' } }]);
  });

  it('refuses splits that are not the whole', async () => {
    const splits = [{ partner: 'northwind', bp: 9_999 }];
    expect(await post('/v1/agreements', { partner: 'northwind', splits })).toMatchObject({
      status: 422,
      code: 'splits_do_not_sum',
      facts: { sumBp: 9_999 },
    });
    const none = [{ partner: 'northwind', bp: 0 }];
    expect(await post('/v1/agreements', { partner: 'northwind', splits: none })).toMatchObject({
      errors: [{ pointer: '/splits/0/bp', code: 'out_of_range' }],
    });
  });
});

describe('giving links and coupons to partners', () => {
  it('remembers who owned a link when, and shows a partner what is its own only', async () => {
    await post('/v1/links', {
      id: 'summer',
      owner: 'northwind',
      effectiveAt: '2026-01-01T00:00:00Z',
    });
    const coupon = { system: 'https://shop.example', code: 'Save 20%', owner: 'northwind' };
    const { id } = await post('/v1/coupons', coupon);
    await post('/v1/links/summer/moves', { owner: 'rival', effectiveAt: '2026-02-01T00:00:00Z' });
    const closed = await post(`/v1/coupons/${String(id)}/closings`, {
      effectiveAt: '2127-01-01T00:00:00Z',
    });
    const token = `token=${String(closed['token'])}`;

    expect(await get(`/v1/links/summer?${token}`)).toMatchObject({
      value: { owner: 'rival', programme: 'main' },
    });
    const query = new URLSearchParams({ system: coupon.system, code: coupon.code });
    expect((await get(`/v1/coupons?${query.toString()}`))['items']).toMatchObject([
      { link: id, value: { owner: 'northwind' } },
    ]);
    const own = await get(`/v1/partners/northwind/links?${token}`, keyOfNorthwind);
    expect(own['items']).toMatchObject([{ kind: 'coupon', code: 'Save 20%' }]);
    expect(JSON.stringify(own)).not.toContain('rival');
    expect(await get('/v1/links/summer', keyOfNorthwind)).toMatchObject({ status: 403 });
    expect(await get('/v1/partners/rival', keyOfNorthwind)).toMatchObject({
      code: 'not_your_partner',
    });
  });
});

describe('opening programmes of entities', () => {
  it('gives a programme its defaults, and takes what was said', async () => {
    await post('/v1/entities', {
      id: 'br',
      name: 'Acme Ltda',
      currency: 'BRL/2',
      zone: 'America/Sao_Paulo',
    });
    const opened = await post('/v1/programmes', {
      id: 'ai',
      entity: 'br',
      zone: 'America/Sao_Paulo',
      sources: ['https://billing.example'],
      bookFrom: '2026-01-01T00:00:00-03:00',
      claims: { holidays: ['2026-12-25'], decisionBusinessDays: 2 },
    });
    const shown = await get(`/v1/programmes/ai?token=${String(opened['token'])}`);
    expect(shown['value']).toEqual({
      name: 'ai',
      entity: 'br',
      zone: 'America/Sao_Paulo',
      sources: ['https://billing.example'],
      bookFrom: '2026-01-01T03:00:00.000Z',
      claims: {
        protectionDays: 90,
        extensions: 1,
        extensionDays: 90,
        decisionBusinessDays: 2,
        holidays: ['2026-12-25'],
      },
    });
    expect((await get('/v1/entities'))['items']).toMatchObject([{ entity: 'br' }]);
  });

  it('says when a history has grown too large to be told whole, and keeps what there is', async () => {
    const codes = new Set<unknown>();
    for (let i = 0; i < 12; i++) {
      const sources = Array.from({ length: 20 }, (_, n) => `https://${i}.${n}/`.padEnd(300, 'x'));
      const holidays = Array<string>(200).fill('2026-12-25');
      const settings = { sources, claims: { holidays } };
      codes.add((await post('/v1/programmes/ai/changes', settings))['code']);
    }
    expect([...codes]).toEqual([undefined, 'history_full']);
    expect(await post('/v1/programmes/ai/changes', { name: 'Small' })).toMatchObject({
      status: 409,
      facts: { limit: 49_152 },
    });
  });

  it('opens no programme that has neither an id nor a name', async () => {
    expect(await post('/v1/programmes', {})).toMatchObject({
      status: 422,
      code: 'programme_unnamed',
    });
  });

  it('refuses a zone and a day that no calendar has', async () => {
    const body = { zone: 'Mars/Olympus', claims: { holidays: ['2026-02-30'] } };
    expect((await post('/v1/programmes', body))['errors']).toMatchObject([
      { pointer: '/zone', code: 'zone' },
      { pointer: '/claims/holidays', code: 'day' },
    ]);
  });
});

describe('telling other services', () => {
  it('has published every timeline, and no proposal', async () => {
    const runtime = serving.app.get(ServiceRuntime);
    const head = await runtime.log.head();
    expect(await runtime.feeds.waitUntil(['published'], head, 30_000)).toBe(true);
    const { events } = await new PublishedTable(runtime.database).after(0n, 1000);
    const of = (stream: string) => events.filter((event: Published) => event.stream === stream);
    expect(of('partner-acme.northwind').map(({ type }) => type)).toEqual([
      'partners.partner.v1',
      'partners.partner.v1',
    ]);
    expect(of('agreement-acme.a1')).toHaveLength(3);
    expect(of('link-acme.summer').at(-1)?.data).toMatchObject({
      steps: [{ value: { owner: 'northwind' } }, { value: { owner: 'rival' } }],
    });
    expect(new Set(events.map(({ type }) => type)).size).toBe(5);
  });

  it('shows the same after its tables were filled anew', async () => {
    const { feeds } = serving.app.get(ServiceRuntime);
    const { comparison = [] } = await feeds.rebuild('registry', { compare: true });
    expect(comparison.map(({ table, equal }) => [table, equal])).toEqual(
      ['partner', 'entity', 'programme', 'agreement', 'agreement_signature', 'link'].map(
        (table) => [table, true],
      ),
    );
    expect(comparison.every(({ rows }) => rows > 0)).toBe(true);
  });

  it('says in its documentation which fields may be left out', async () => {
    const { components } = (await get('/openapi.json')) as {
      components: { schemas: Record<string, { required?: string[] }> };
    };
    const required = (name: string) => components.schemas[name]?.required ?? [];
    expect(required('NewPartnerBody')).toEqual(['name', 'type']);
    expect(required('PartnerChangesBody')).toEqual([]);
    expect(required('NewAgreementBody')).toEqual(['partner']);
    expect(required('NewCouponBody')).toEqual(['owner', 'system', 'code']);
  });

  it('declares every route, and has blamed itself for nothing', () => {
    expectEveryRouteDeclared(serving.app);
    expect(logLines).toEqual([]);
  });
});

async function post(
  path: string,
  body: object,
  key = maker,
  command = `command-${++commands}`,
): Promise<Answer> {
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    'idempotency-key': command,
  };
  const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: answer.status, ...((await answer.json()) as Answer) };
}

async function get(path: string, key = maker): Promise<Answer> {
  const answer = await fetch(url + path, { headers: { authorization: `Bearer ${key}` } });
  return { status: answer.status, ...((await answer.json()) as Answer) };
}

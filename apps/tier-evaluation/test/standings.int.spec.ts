import { type DynamicModule, Module } from '@nestjs/common';
import { PublishedTable } from '@tributary/feeds';
import {
  type Role,
  ServiceModule,
  type Serving,
  ServiceRuntime,
  coreSettings,
  serve,
} from '@tributary/platform';
import { expectEveryRouteDeclared, testMasterKey } from '@tributary/platform/testing';
import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import { TierEvaluationModule } from '../src/tier-evaluation.module';

/** Somebody whom the service can listen to, and who never says anything. */
const silent = (name: 'attribution' | 'partners', category: string): DynamicModule =>
  ServiceModule.of({
    name,
    categories: [category],
    publication: {
      owner: name,
      version: 1,
      types: ['NothingSaid'],
      publish: ({ type, data }) => ({ type, data }),
    },
  });

@Module({ imports: [silent('attribution', 'fact')] })
class SilentAttribution {}

@Module({ imports: [silent('partners', 'agreement')] })
class SilentPartners {}

type Answer = Readonly<Record<string, unknown>>;

let postgres: TestPostgres;
let serving: Serving;
let url: string;
let sent = 0;
const keys: Record<string, string> = {};

beforeAll(async () => {
  postgres = await startTestPostgres();
  const settings = coreSettings.read({
    PORT: '0',
    DATABASE_URL: await postgres.freshDatabase(),
    LOG_LEVEL: 'silent',
    PRIVACY_MASTER_KEY: testMasterKey,
  });
  // The last one is whom `app.get` finds.
  const modules = [SilentPartners, SilentAttribution, TierEvaluationModule];
  serving = await serve({ name: 'tier-evaluation', modules, settings });
  url = await serving.listen();
  const people: [string, Role, string?][] = [
    ['ana', 'programme'],
    ['bea', 'programme'],
    ['auditor', 'auditor'],
    ['northwind', 'partner', 'northwind'],
  ];
  for (const [who, role, partnerId] of people) {
    const named = partnerId === undefined ? {} : { partnerId };
    keys[who] = (await serving.keys.issueKey({ tenant: 'acme', role, label: who, ...named })).key;
  }
});

afterAll(async () => {
  await serving.close();
  await postgres.stop();
});

const COMMERCIAL = '/v1/partners/northwind/standings/commercial';
const MARCH = '2026-03-17T14:00:00-03:00';

describe('granting a tier by two persons', () => {
  it('proposes, approves and shows it to whoever may see what', async () => {
    const evidence = ['certificate 2026-118'];
    const reason = 'Passed the exam';
    const body = { tier: 'preferred', effectiveAt: MARCH, reason, evidence };
    const proposed = await post(`${COMMERCIAL}/proposals`, body);
    expect(proposed).toMatchObject({ status: 201, id: 'northwind.commercial', replayed: false });
    const waiting = await get(`/v1/standings?pending=true&token=${String(proposed['token'])}`);
    expect(waiting['items']).toMatchObject([
      { partner: 'northwind', value: null, pending: { proposal: 1, tier: 'preferred', reason } },
    ]);
    expect((await get('/v1/partners/northwind/standings', 'northwind'))['items']).toEqual([]);

    expect(await post(`${COMMERCIAL}/approvals`, { proposal: 1 })).toMatchObject({
      status: 403,
      code: 'same_person',
    });
    const approved = await post(`${COMMERCIAL}/approvals`, { proposal: 1 }, 'bea');
    const token = `token=${String(approved['token'])}`;
    const shown = await get(`/v1/partners/northwind/standings?${token}`, 'auditor');
    expect(shown).toMatchObject({
      partner: 'northwind',
      items: [
        {
          track: 'commercial',
          value: { applied: 'preferred', entitled: 'preferred' },
          pending: null,
          decisions: [{ proposal: 1, granted: true, tier: 'preferred', reason, evidence }],
        },
      ],
    });
    const own = await get('/v1/partners/northwind/standings', 'northwind');
    expect(own['items']).toEqual([
      {
        partner: 'northwind',
        track: 'commercial',
        value: { applied: 'preferred', entitled: 'preferred' },
        steps: [expect.objectContaining({ from: '2026-03-17T17:00:00.000Z' })],
      },
    ]);
  });

  it('lets a tier fall from tomorrow on, never from yesterday, and turns a proposal down', async () => {
    const fall = { tier: 'certified', reason: 'Lost its revenue' };
    expect(await post(`${COMMERCIAL}/proposals`, { ...fall, effectiveAt: MARCH })).toMatchObject({
      status: 422,
      code: 'demotion_backdated',
      facts: { tierThen: 'preferred' },
    });
    await post(`${COMMERCIAL}/proposals`, { ...fall, effectiveAt: '2127-01-01T00:00:00Z' });
    const refused = { proposal: 2, reason: 'They were on leave' };
    const { token } = await post(`${COMMERCIAL}/rejections`, refused, 'bea');
    const shown = await get(`/v1/partners/northwind/standings?token=${String(token)}`);
    expect(shown['items']).toMatchObject([
      {
        pending: null,
        decisions: [{ proposal: 1 }, { granted: false, refusedFor: 'They were on leave' }],
      },
    ]);
    expect(await post(`${COMMERCIAL}/approvals`, { proposal: 2 }, 'bea')).toMatchObject({
      status: 409,
      code: 'not_pending',
      facts: { pending: null },
    });
  });

  it.each<readonly [what: string, track: string, body: object, expected: object]>([
    ['a track that is not there', 'marketing', {}, { status: 404, code: 'track_unknown' }],
    ['a tier of another track', 'commercial', { tier: 'joint' }, { code: 'tier_unknown' }],
    ['what holds already', 'integration', { tier: null }, { code: 'nothing_to_change' }],
    ['no tier', 'commercial', { tier: undefined }, at('/tier', 'required')],
    ['a tier of no track', 'commercial', { tier: 'gold' }, at('/tier', 'not_allowed')],
    ['no reason', 'commercial', { reason: undefined }, at('/reason', 'required')],
    ['a day', 'commercial', { effectiveAt: '2026-01-01' }, at('/effectiveAt', 'instant')],
    ['evidence of nothing', 'commercial', { evidence: [''] }, at('/evidence', 'out_of_range')],
    ['a field that nobody knows', 'commercial', { level: 1 }, at('/level', 'unknown_field')],
    ['a track in capitals', 'Commercial', {}, { errors: [{ parameter: 'track' }] }],
  ])('refuses %s', async (_what, track, body, expected) => {
    const path = `/v1/partners/southwind/standings/${track}/proposals`;
    const answer = await post(path, { tier: 'certified', reason: 'For a test', ...body });
    expect(answer).toMatchObject({ status: 422, ...expected });
  });

  it('lists page by page, filtered by what holds at a time', async () => {
    for (const partner of ['p1', 'p2']) {
      for (const [track, tier] of [
        ['commercial', 'certified'],
        ['integration', 'self-serve'],
      ]) {
        const path = `/v1/partners/${partner}/standings/${String(track)}`;
        await post(`${path}/proposals`, { tier, reason: 'As agreed', effectiveAt: MARCH });
        await post(`${path}/approvals`, { proposal: 1 }, 'bea');
      }
    }
    const last = await post('/v1/partners/p3/standings/commercial/proposals', {
      tier: 'strategic',
      reason: 'A marquee partner',
    });
    const token = `token=${String(last['token'])}`;
    const found: string[] = [];
    for (let after = '', pages = 0; pages < 9; pages++) {
      const page = await get(`/v1/standings?limit=2&${token}${after}`);
      found.push(...idsOf(page));
      if (page['next'] === null) break;
      after = `&after=${page['next'] as string}`;
    }
    const everybody = ['p1.commercial', 'p1.integration', 'p2.commercial', 'p2.integration'];
    expect(found).toEqual(['northwind.commercial', ...everybody, 'p3.commercial']);
    expect(idsOf(await get('/v1/standings?tier=self-serve'))).toEqual([
      'p1.integration',
      'p2.integration',
    ]);
    expect(idsOf(await get('/v1/standings?tier=certified&at=2026-01-01T00:00:00Z'))).toEqual([]);
    expect(idsOf(await get('/v1/standings?track=commercial&pending=true'))).toEqual([
      'p3.commercial',
    ]);
    expect(await get('/v1/standings', 'northwind')).toMatchObject({ status: 403 });
    expect(await get('/v1/partners/p1/standings', 'northwind')).toMatchObject({
      code: 'not_your_partner',
    });
  });
});

describe('telling other services in which tier a partner stands', () => {
  it('has published the timeline of what was granted, and nothing else', async () => {
    const { log, feeds, database } = serving.app.get(ServiceRuntime);
    expect(await feeds.waitUntil(['published'], await log.head(), 30_000)).toBe(true);
    const { events } = await new PublishedTable(database).after(0n, 1000);
    expect(events.map(({ type, stream }) => `${type} ${stream}`)).toEqual([
      'tiers.standing.v1 standing-acme.northwind.commercial',
      'tiers.standing.v1 standing-acme.p1.commercial',
      'tiers.standing.v1 standing-acme.p1.integration',
      'tiers.standing.v1 standing-acme.p2.commercial',
      'tiers.standing.v1 standing-acme.p2.integration',
    ]);
    expect(events[0]?.data).toEqual({
      partner: 'northwind',
      track: 'commercial',
      steps: [
        {
          at: events[0]?.occurredAt,
          from: '2026-03-17T17:00:00.000Z',
          value: { applied: 'preferred', entitled: 'preferred' },
        },
      ],
    });
  });

  it('shows the same after its tables were filled anew', async () => {
    const { feeds } = serving.app.get(ServiceRuntime);
    const { comparison = [] } = await feeds.rebuild('standings', { compare: true });
    expect(comparison.map(({ table, equal }) => [table, equal])).toEqual([
      ['standing', true],
      ['standing_decision', true],
      ['tier_annulment', true],
    ]);
  });

  it('declares every route, and says which fields may be left out', async () => {
    expectEveryRouteDeclared(serving.app);
    const { components } = (await get('/openapi.json')) as {
      components: { schemas: Record<string, { required?: string[] }> };
    };
    expect(components.schemas['StandingProposalBody']?.required).toEqual(['tier', 'reason']);
  });
});

const idsOf = (page: Answer): string[] =>
  (page['items'] as { partner: string; track: string }[]).map(
    ({ partner, track }) => `${partner}.${track}`,
  );

function at(pointer: string, code: string): object {
  const errors: unknown = expect.arrayContaining([expect.objectContaining({ pointer, code })]);
  return { code: 'validation_failed', errors };
}

async function post(path: string, body: object, who = 'ana'): Promise<Answer> {
  const headers = {
    authorization: `Bearer ${keys[who]}`,
    'content-type': 'application/json',
    'idempotency-key': `command-${++sent}`,
  };
  const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: answer.status, ...((await answer.json()) as Answer) };
}

async function get(path: string, who = 'ana'): Promise<Answer> {
  const answer = await fetch(url + path, { headers: { authorization: `Bearer ${keys[who]}` } });
  return { status: answer.status, ...((await answer.json()) as Answer) };
}

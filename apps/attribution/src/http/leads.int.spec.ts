import { Module } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Topics, waitFor } from '@tributary/feeds';
import { type Instant, instant, instantOfMs, uuidV5 } from '@tributary/kernel';
import {
  type Role,
  ServiceModule,
  ServiceRuntime,
  type Serving,
  commandHandler,
  coreSettings,
  serve,
  tokenOf,
} from '@tributary/platform';
import { expectEveryRouteDeclared, testMasterKey } from '@tributary/platform/testing';
import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import {
  ForProspect,
  claimTerms,
  prospectsMeet,
  streamOfProspect,
  tellOfLead,
} from '../application/prospects';
import type { ProspectCommand } from '../domain/prospect/commands';
import { prospect } from '../domain/prospect/decide';
import { type CompanyKey, prospectOf } from '../domain/prospect/events';
import { registered, reported } from '../domain/prospect/prospect.fixture';
import { hashedIdOf } from '../domain/topics';
import { Conflicts } from '../read-model/conflicts.queries';
import { prospects } from '../read-model/prospects.projection';
import { Claims } from '../read-model/prospects.queries';
import { ConflictsController } from './conflicts.controller';
import { LeadsController } from './leads.controller';

@Module({
  imports: [
    ServiceModule.of({
      name: 'attribution',
      categories: ['prospect'],
      projections: [prospects],
      reactions: (bus) => [
        prospectsMeet(bus),
        claimTerms(bus, { follow: (...asked) => topics().follow(...asked) }),
      ],
    }),
  ],
  controllers: [LeadsController, ConflictsController],
  providers: [commandHandler(ForProspect, prospect, streamOfProspect), Claims, Conflicts],
})
class ClaimsModule {}

const topics = () => new Topics(serving.app.get(ServiceRuntime).database);

interface Answer {
  readonly [field: string]: unknown;
  readonly items: Readonly<Record<string, unknown>>[];
}

let postgres: TestPostgres;
let serving: Serving;
let url: string;
let last = 0n;
let sent = 0;
const keys: Partial<Record<Role, string>> = {};

beforeAll(async () => {
  postgres = await startTestPostgres();
  const settings = coreSettings.read({
    PORT: '0',
    DATABASE_URL: await postgres.freshDatabase(),
    LOG_LEVEL: 'silent',
    PRIVACY_MASTER_KEY: testMasterKey,
  });
  serving = await serve({ name: 'attribution', modules: [ClaimsModule], settings });
  url = await serving.listen();
  for (const role of ['programme', 'auditor', 'upstream'] as const)
    keys[role] = (await serving.keys.issueKey({ tenant: 'acme', role, label: 'test' })).key;
  const partner = {
    tenant: 'acme',
    role: 'partner',
    label: 'test',
    partnerId: 'southwind',
  } as const;
  keys.partner = (await serving.keys.issueKey(partner)).key;
});

afterAll(async () => {
  await serving.close();
  await postgres.stop();
});

const keyOf = (domain: string): CompanyKey => ({
  kind: 'company',
  id: hashedIdOf('acme', 'company', domain),
});
const prospectAt = (domain: string) => prospectOf('acme', 'main', keyOf(domain));

const claimOn = (domain: string, lead: string, partner: string, at: Instant) =>
  registered(lead, partner, at, {
    prospect: prospectAt(domain),
    key: keyOf(domain),
    about: { name: `=${domain}`, domain },
  });

/** As routing sends them. */
async function follow(...commands: readonly ProspectCommand[]): Promise<void> {
  const bus = serving.app.get(CommandBus);
  for (const command of commands) {
    const commandId = uuidV5('follow', String(++sent));
    const common = { fingerprint: 'f', actor: 'routing', causationId: null, traceParent: null };
    const cause = { ...common, commandId, correlationId: 'c' };
    const outcome = await bus.execute(new ForProspect(command, { tenant: 'acme', cause }));
    if (outcome.kind !== 'rejected') last = outcome.position;
  }
}

async function get(path: string, role: Role = 'programme', accept = 'application/json') {
  const address = new URL(path, url);
  address.searchParams.set('token', tokenOf('attribution', last));
  const headers = { authorization: `Bearer ${keys[role]}`, accept };
  const response = await fetch(address, { headers });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return { response, text, answer: (isJson ? JSON.parse(text) : {}) as Answer };
}

async function post(path: string, body: object, role: Role = 'programme') {
  const response = await fetch(new URL(path, url), {
    method: 'POST',
    headers: {
      authorization: `Bearer ${keys[role]}`,
      'content-type': 'application/json',
      'idempotency-key': `claims-${++sent}`,
    },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as { token?: string; code?: string };
  if (answer.token !== undefined) last = BigInt(answer.token.split(':')[1] as string);
  return { status: response.status, answer };
}

const NOW = Date.now();
const daysAgo = (days: number) => instantOfMs(NOW - days * 86_400_000);

describe('claims over HTTP', () => {
  it('M006: a partner sees its own claim with the rule, and no trace of the rival', async () => {
    await follow(
      claimOn('contoso.example', 'l1', 'northwind', daysAgo(2)),
      claimOn('contoso.example', 'l2', 'southwind', daysAgo(1)),
    );
    const { response, text, answer } = await get('/v1/partners/southwind/claims', 'partner');
    expect(response.status).toBe(200);
    expect(answer.items).toMatchObject([
      { lead: 'l2', state: 'conflict', rule: 'claimed_by_another_partner' },
    ]);
    expect(answer['position']).toMatch(/^[1-9]/);
    expect(text).not.toMatch(/northwind|l1\b/);

    const other = await get('/v1/partners/northwind/claims', 'partner');
    expect(other.response.status).toBe(403);
    expect((await get('/v1/claims', 'partner')).response.status).toBe(403);
  });

  it('shows a conflict with its evidence side by side, and how a person decided it', async () => {
    const { answer } = await get('/v1/conflicts?state=open', 'auditor');
    const [conflict] = answer.items;
    expect(conflict).toMatchObject({
      rule: 'claimed_by_another_partner',
      sides: [
        {
          partner: 'northwind',
          claim: { state: 'registered', about: { domain: 'contoso.example' } },
        },
        { partner: 'southwind', claim: { state: 'conflict' } },
      ],
    });
    const [leader, challenger] = conflict?.['sides'] as { side: string; facts: unknown[] }[];
    expect([leader?.facts.length, challenger?.facts.length]).toEqual([1, 1]);

    const path = `/v1/conflicts/${String(conflict?.['prospect'])}/${String(conflict?.['conflict'])}/adjudications`;
    const body = {
      winner: challenger?.side,
      reason: 'Northwind never met the buyer.',
      evidence: ['minutes-7'],
    };
    expect((await post(path, body, 'auditor')).status).toBe(403);
    expect(await post(path, { ...body, evidence: [] })).toMatchObject({ status: 422 });
    expect(await post(path, body)).toMatchObject({ status: 200, answer: { replayed: false } });
    expect(await post(path, body)).toMatchObject({
      status: 409,
      answer: { code: 'conflict_already_decided' },
    });

    const settled = await get('/v1/conflicts?state=adjudicated', 'auditor');
    expect(settled.answer.items).toMatchObject([
      { decision: { reason: body.reason, evidence: ['minutes-7'] }, state: 'adjudicated' },
    ]);
    const { text } = await get('/v1/partners/southwind/claims', 'partner');
    expect(text).toContain('protected');
    expect(text).not.toContain('Northwind');
  });

  it('decides, extends, and holds for direct sales, each with its refusals', async () => {
    await follow(claimOn('fabrikam.example', 'l3', 'northwind', daysAgo(1)));
    const at = `/v1/claims/${prospectAt('fabrikam.example')}/l3`;
    const reason = 'fits';
    expect(await post(`${at}/extensions`, { reason })).toMatchObject({
      status: 409,
      answer: { code: 'claim_not_protected' },
    });
    expect((await post(`${at}/decisions`, { decision: 'approved', reason })).status).toBe(200);
    expect((await post(`${at}/extensions`, { reason })).status).toBe(200);
    expect(await post(`${at}/extensions`, { reason })).toMatchObject({
      answer: { code: 'no_extension_left' },
    });
    expect((await post('/v1/claims/x/l3/decisions', { decision: 'approved', reason })).status).toBe(
      404,
    );
    const domain = 'Fabrikam.Example';
    expect((await post('/v1/direct-accounts', { domain, reason })).status).toBe(200);
    const held = await get('/v1/conflicts?state=open');
    expect(held.answer.items).toMatchObject([
      { rule: 'held_by_direct_sales', sides: [{ side: 'direct', claim: null }, { lead: 'l3' }] },
    ]);
    const release = `/v1/direct-accounts/${prospectAt('fabrikam.example')}/releases`;
    expect((await post(release, { reason })).status).toBe(200);
    expect(await post(release, { reason })).toMatchObject({
      status: 409,
      answer: { code: 'direct_account_not_marked' },
    });
    expect((await get('/v1/conflicts?state=released')).answer.items).toHaveLength(1);
  });

  it('shows what is overdue at a moment, from the first instant of the fourth business day', async () => {
    await follow(claimOn('tailspin.example', 'l4', 'northwind', instant('2026-03-02T12:00:00Z')));
    const overdueOn = async (on: string) => (await get(`/v1/claims?overdue=true&on=${on}`)).answer;
    expect(await overdueOn('2026-03-05T23:59:59.999Z')).toMatchObject({ overdue: 0, items: [] });
    expect(await overdueOn('2026-03-06T00:00:00Z')).toMatchObject({
      overdue: 1,
      items: [{ lead: 'l4', decideBy: '2026-03-06T00:00:00.000Z' }],
    });
  });

  it('M007: one conflict in twenty deals is 5.0 percent and red, in twenty-one it is green', async () => {
    const april = instant('2026-04-10T12:00:00Z');
    const claims = Array.from({ length: 20 }, (_, i) =>
      claimOn(`deal${i}.example`, `m${i}`, 'northwind', april),
    );
    await follow(...claims, claimOn('deal0.example', 'm99', 'southwind', april));
    const period = '/v1/kpis/conflict-rate?from=2026-04-01T00:00:00Z&to=2026-05-01T00:00:00Z';
    expect((await get(period, 'auditor')).answer).toMatchObject({
      deals: 20,
      dealsWithConflict: 1,
      rate: '5.0',
      status: 'red',
    });
    await follow(claimOn('deal20.example', 'm20', 'eastwind', april));
    expect((await get(period, 'auditor')).answer).toMatchObject({ rate: '4.8', status: 'green' });
    const backwards = '/v1/kpis/conflict-rate?to=2026-04-01T00:00:00Z&from=2026-05-01T00:00:00Z';
    expect((await get(backwards)).answer['code']).toBe('invalid_period');
  });

  it.each([
    ['before it', 'early.example', 'e1'],
    ['behind it', 'late.example', 'e2'],
  ])(
    'take the word of a system outside that names only the lead, %s',
    async (when, domain, lead) => {
      const claim = claimOn(domain, lead, 'westwind', instant('2026-05-04T12:00:00Z'));
      const { prospect: _prospect, ...decided } = reported(
        lead,
        'approved',
        instant('2026-05-05T12:00:00Z'),
      );
      if (when === 'behind it') await follow(claim);
      const followed = async () =>
        (await topics().followers('acme', [`lead:${lead}`])).size > 0 || undefined;
      if (when === 'behind it') await waitFor(followed, { timeoutMs: 30_000 });
      await follow(...(await tellOfLead(topics(), 'acme', decided)));
      if (when === 'before it') await follow(claim);
      const state = async () => {
        const { answer } = await get('/v1/partners/westwind/claims?state=protected');
        return answer.items.find((item) => item['lead'] === lead)?.['protectedUntil'];
      };
      expect(await waitFor(state, { timeoutMs: 30_000 })).toBe('2026-08-02T12:00:00.000Z');
    },
  );

  it('pages through claims without missing or repeating one, also as CSV', async () => {
    const leads: unknown[] = [];
    let after = '';
    do {
      const { answer } = await get(`/v1/claims?partner=northwind&limit=7${after}`);
      leads.push(...answer.items.map(({ lead }) => lead));
      after = typeof answer['next'] === 'string' ? `&after=${answer['next']}` : '';
    } while (after !== '');
    expect(leads).toHaveLength(23);
    expect(new Set(leads).size).toBe(23);

    const { response, text } = await get('/v1/claims?limit=2', 'auditor', 'text/csv');
    expect(response.headers.get('content-type')).toContain('text/csv');
    expect(response.headers.get('x-next')).toBeTruthy();
    const lines = text.split('\r\n');
    expect(lines).toHaveLength(4);
    expect(lines[1]).toContain("'=tailspin.example");
    expect((await get('/v1/claims?after=bm9wZQ')).answer['code']).toBe('invalid_cursor');
  });

  it('declares for every route who may call it', () => expectEveryRouteDeclared(serving.app));
});

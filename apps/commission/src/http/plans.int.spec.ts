import { Module } from '@nestjs/common';
import { type Role, ServiceModule, type Serving, coreSettings, serve } from '@tributary/platform';
import {
  LedgerStandIn,
  expectEveryRouteDeclared,
  testMasterKey,
} from '@tributary/platform/testing';
import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import { ENGINE } from '../../engines/v1/engine';
import { planHandler } from '../application/plans';
import { DOCUMENT, percent } from '../domain/plan/plan.fixture';
import type { PlanDocument } from '../domain/plan/plan-document';
import { plans } from '../read-model/plans.projection';
import { Plans } from '../read-model/plans.queries';
import { PlanLanguageController, PlansController } from './plans.controller';

@Module({
  imports: [ServiceModule.of({ name: 'commission', categories: ['plan'], projections: [plans] })],
  controllers: [PlansController, PlanLanguageController],
  providers: [planHandler, Plans],
})
class PlansModule {}

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
  serving = await serve({ name: 'commission', modules: [PlansModule, LedgerStandIn], settings });
  url = await serving.listen();
  const people: [string, Role, string][] = [
    ['ana', 'programme', 'acme'],
    ['bea', 'programme', 'acme'],
    ['auditor', 'auditor', 'acme'],
    ['finance', 'finance', 'acme'],
    ['stranger', 'admin', 'globex'],
  ];
  for (const [who, role, tenant] of people)
    keys[who] = (await serving.keys.issueKey({ tenant, role, label: who })).key;
});

afterAll(async () => {
  await serving.close();
  await postgres.stop();
});

// Far enough ahead that it is not retroactive whenever this runs.
const PLAN: PlanDocument = {
  ...DOCUMENT,
  effective: { from: '2199-01-01T00:00:00-03:00', to: null },
};
const AMBIGUOUS = { ...PLAN, rules: [percent('a', 2500), percent('b', 2000)] };

describe('publishing a plan by two persons', () => {
  it('drafts, finds the error, mends it, and publishes with a second person alone', async () => {
    const wrong = await draft(AMBIGUOUS);
    expect(wrong).toMatchObject({ status: 201, id: 'main', replayed: false });
    const waiting = await shown('main', wrong);
    expect(waiting).toMatchObject({
      draft: { version: 1, findings: [{ code: 'ambiguous_winner', pointer: '/rules/1' }] },
      versions: [],
    });
    expect(await approve('bea', 'main', hashOf(waiting))).toMatchObject({
      status: 422,
      code: 'lint_errors',
      errors: [{ code: 'ambiguous_winner', pointer: '/rules/1' }],
    });

    const mended = await shown('main', await draft(PLAN));
    expect(mended).toMatchObject({ draft: { version: 1, findings: [] } });
    const hash = hashOf(mended);
    expect(await approve('ana', 'main', hash)).toMatchObject({ status: 403, code: 'same_person' });
    expect(await approve('bea', 'main', hashOf(waiting))).toMatchObject({
      status: 409,
      code: 'draft_changed',
    });
    const approved = await approve('bea', 'main', hash);
    expect(approved).toMatchObject({ status: 200 });

    const published = await shown('main', approved, 'auditor');
    expect(published).toMatchObject({
      plan: 'main',
      draft: null,
      versions: [
        {
          version: 1,
          hash,
          engine: 'v1',
          engineHash: ENGINE.hash,
          acknowledged: [],
          override: null,
        },
      ],
    });
    const [version] = published['versions'] as Record<string, unknown>[];
    expect(version?.['draftedBy']).not.toBe(version?.['approvedBy']);
    expect(version?.['content']).toMatchObject({ version: 1, rules: PLAN.rules });
    expect(await draft({ ...PLAN, version: 1 })).toMatchObject({
      status: 409,
      code: 'version_not_next',
      facts: { next: 2 },
    });
  });

  it('publishes an 8% share of integrations only with a reason, and the past only so too', async () => {
    const low: PlanDocument = {
      ...PLAN,
      planId: 'low',
      effective: { from: '2026-01-01T00:00:00-03:00', to: null },
      appliesTo: { partnerTypes: ['integration'] },
      rules: [percent('share', 800)],
    };
    const waiting = await shown('low', await draft(low));
    const hash = hashOf(waiting);
    expect(await approve('bea', 'low', hash)).toMatchObject({
      status: 422,
      errors: [{ code: 'retroactive' }, { code: 'rate_outside_range' }],
      facts: { findings: [{ overridable: true }, { overridable: true }] },
    });
    const override = { codes: ['rate_outside_range', 'retroactive'], reason: 'as signed' };
    const approved = await approve('bea', 'low', hash, { override });
    expect(approved).toMatchObject({ status: 200 });
    expect(await shown('low', approved)).toMatchObject({ versions: [{ override }] });
  });

  it('looks over a plan without keeping it', async () => {
    const linted = await call('POST', '/v1/plans/lint', 'finance', { ...AMBIGUOUS, planId: 'new' });
    expect(linted).toMatchObject({ status: 200, findings: [{ code: 'ambiguous_winner' }] });
    const later = { ...PLAN, planId: 'new', fx: { pair: 'USD/BRL' } };
    expect(await call('POST', '/v1/plans/lint', 'ana', later)).toMatchObject({
      status: 200,
      hash: null,
      findings: [{ code: 'not_available_yet', pointer: '/fx' }],
    });
    expect(await get('/v1/plans/new')).toMatchObject({ status: 404, code: 'plan_unknown' });
  });

  it('judges a version beside those that are published', async () => {
    const linted = await call('POST', '/v1/plans/lint', 'ana', { ...PLAN, timezone: 'UTC' });
    expect(linted).toMatchObject({
      findings: [{ code: 'versions_overlap' }, { code: 'zone_changed' }],
    });
  });

  it('points at everything that has not the shape of a plan', async () => {
    const body = {
      ...PLAN,
      asset: undefined,
      fx: {},
      rules: [{ ...percent('a', 2500), when: { mood: 1 } }],
    };
    expect(await draft(body)).toMatchObject({
      status: 422,
      code: 'validation_failed',
      errors: [
        { pointer: '/fx', code: 'not_available_yet' },
        { pointer: '/asset', code: 'required' },
        { pointer: '/rules/0/when/mood', code: 'unknown_field' },
      ],
    });
    expect(await draft([])).toMatchObject({ status: 422, code: 'validation_failed' });
    expect(await draft({ ...PLAN, rules: [percent('a', 25.5)] })).toMatchObject({ status: 422 });
  });

  it('lists them page by page', async () => {
    const { token } = await draft({ ...PLAN, planId: 'third' });
    const first = await get(`/v1/plans?limit=2&token=${String(token)}`);
    expect(first).toMatchObject({
      items: [
        { plan: 'low', versions: 1, draft: null },
        { plan: 'main', versions: 1, draft: null },
      ],
      next: 'main',
      position: expect.stringMatching(/^[1-9]/) as string,
    });
    const second = await get('/v1/plans?limit=2&after=main');
    expect(second).toMatchObject({ items: [{ plan: 'third', draft: { version: 1 } }], next: null });
  });

  it('M029: shows a plan as it was known, and which version governs a sale of a day', async () => {
    const [summer, winter, end] = ['2199-01-01', '2199-07-01', '2200-01-01'].map(
      (day) => `${day}T00:00:00-03:00`,
    ) as [string, string, string];
    const publish = async (effective: PlanDocument['effective']) => {
      const waiting = await shown(
        'seasons',
        await draft({ ...PLAN, planId: 'seasons', effective }),
      );
      const approved = await approve('bea', 'seasons', hashOf(waiting));
      expect(approved).toMatchObject({ status: 200 });
      return await shown('seasons', approved);
    };
    const { versions } = await publish({ from: summer, to: winter });
    await publish({ from: winter, to: end });
    const [{ approvedAt }] = versions as [{ readonly approvedAt: string }];
    const before = new Date(Date.parse(approvedAt) - 1).toISOString();

    const asOf = (query: string) => get(`/v1/plans/seasons?${query}`, 'auditor');
    expect(await asOf('on=2199-08-01T00:00:00Z')).toMatchObject({
      governs: { version: 2, content: { effective: { from: '2199-07-01T03:00:00.000Z' } } },
      versions: [{ version: 1 }, { version: 2 }],
      known: null,
    });
    expect(await asOf('on=2199-06-01T00:00:00Z')).toMatchObject({ governs: { version: 1 } });
    expect(await asOf('on=2200-06-01T00:00:00Z')).toMatchObject({ governs: null });
    // Drafted, and not approved yet.
    expect(await asOf(`on=2199-06-01T00:00:00Z&known=${before}`)).toMatchObject({
      governs: null,
      versions: [],
      draft: { version: 1 },
      known: before,
    });
    expect(await asOf('known=2020-01-01T00:00:00Z')).toMatchObject({ status: 404 });
    expect(await asOf('known=2020')).toMatchObject({ status: 422 });
  });

  it('serves the schema, and starters that can be drafted as they are', async () => {
    expect(await get('/v1/plan-schema')).toMatchObject({ status: 200, $id: 'plan/1' });
    const { starters } = await get('/v1/plan-starters');
    for (const { plan } of starters as { readonly plan: PlanDocument }[])
      expect(await draft({ ...plan, $schema: `${url}/v1/plan-schema` })).toMatchObject({
        status: 201,
      });
  });

  it('shows a tenant nothing of another, and lets an auditor write nothing', async () => {
    expect(await get('/v1/plans/main', 'stranger')).toMatchObject({ status: 404 });
    expect(await get('/v1/plans', 'stranger')).toMatchObject({ items: [] });
    expect(await call('POST', '/v1/plans', 'auditor', PLAN)).toMatchObject({ status: 403 });
  });

  it('declares who may call each route', () => {
    expectEveryRouteDeclared(serving.app);
  });
});

const hashOf = (answer: Answer): string => (answer['draft'] as { readonly hash: string }).hash;

const draft = (body: object): Promise<Answer> => call('POST', '/v1/plans', 'ana', body);

const approve = (who: string, plan: string, hash: string, more = {}): Promise<Answer> =>
  call('POST', `/v1/plans/${plan}/approvals`, who, { hash, ...more });

const shown = (plan: string, { token }: Answer, who = 'ana'): Promise<Answer> =>
  get(`/v1/plans/${plan}?token=${String(token)}`, who);

const get = (path: string, who = 'ana'): Promise<Answer> => call('GET', path, who);

async function call(method: string, path: string, who: string, body?: object): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${keys[who] ?? ''}`,
      'idempotency-key': `of-plans-${sent++}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { ...((await response.json()) as object), status: response.status };
}

import { Module } from '@nestjs/common';
import { type Role, ServiceModule, type Serving, coreSettings, serve } from '@tributary/platform';
import { expectEveryRouteDeclared, testMasterKey } from '@tributary/platform/testing';
import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import { policyHandler } from '../application/policies';
import { policies } from '../read-model/policies.projection';
import { Policies } from '../read-model/policies.queries';
import { PoliciesController } from './policies.controller';

@Module({
  imports: [
    ServiceModule.of({ name: 'attribution', categories: ['policy'], projections: [policies] }),
  ],
  controllers: [PoliciesController],
  providers: [policyHandler, Policies],
})
class PoliciesModule {}

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
  serving = await serve({ name: 'attribution', modules: [PoliciesModule], settings });
  url = await serving.listen();
  const people: [string, Role, string][] = [
    ['ana', 'programme', 'acme'],
    ['bea', 'programme', 'acme'],
    ['auditor', 'auditor', 'acme'],
    ['stranger', 'admin', 'globex'],
  ];
  for (const [who, role, tenant] of people)
    keys[who] = (await serving.keys.issueKey({ tenant, role, label: who })).key;
});

afterAll(async () => {
  await serving.close();
  await postgres.stop();
});

const JUNE = '2026-06-01T00:00:00.000Z';

describe('publishing a policy by two persons', () => {
  it('drafts, approves and shows it, with every version and who stood behind it', async () => {
    const drafted = await draft('main', { model: { kind: 'time_decay', halfLifeDays: 7 } });
    expect(drafted).toMatchObject({ status: 201, id: 'main', replayed: false });
    const waiting = await get(`/v1/policies/main?token=${String(drafted['token'])}`);
    expect(waiting).toMatchObject({ status: 200, versions: [], steps: [] });
    const { hash } = waiting['draft'] as { readonly hash: string };

    expect(await approve('ana', 'main', hash)).toMatchObject({ status: 403, code: 'same_person' });
    expect(await approve('bea', 'main', '0'.repeat(64))).toMatchObject({
      status: 409,
      code: 'draft_changed',
    });
    const approved = await approve('bea', 'main', hash);
    expect(approved).toMatchObject({ status: 200 });

    const content = { programme: 'main', model: { kind: 'time_decay', halfLifeDays: 7 } };
    const shown = await get(`/v1/policies/main?token=${String(approved['token'])}`, 'auditor');
    expect(shown).toMatchObject({
      policy: 'main',
      draft: null,
      versions: [{ version: 1, hash, effectiveFrom: JUNE, content }],
      steps: [{ from: JUNE, value: { id: 'main', version: 1, hash } }],
      position: expect.stringMatching(/^[1-9]/) as string,
    });
    const [version] = shown['versions'] as Record<string, string>[];
    expect(version?.['draftedBy']).not.toBe(version?.['approvedBy']);
    const again = await draft('main', {});
    expect(again).toMatchObject({ status: 409, code: 'start_taken' });
  });

  it('lists them page by page, beside the one that is built in', async () => {
    await draft('other', {});
    const { token } = await draft('third', {});
    const first = await get(`/v1/policies?limit=2&token=${String(token)}`);
    expect(first).toMatchObject({
      items: [
        { policy: 'main', versions: 1, draft: null },
        { policy: 'other', versions: 0, draft: { by: expect.any(String) as string } },
      ],
      next: 'other',
      standard: { id: 'standard', version: 1 },
    });
    const second = await get('/v1/policies?limit=2&after=other');
    expect(second).toMatchObject({ items: [{ policy: 'third' }], next: null });
  });

  it('points at everything that is wrong with a policy', async () => {
    const content = { model: { kind: 'magic' }, lookbackDays: { click: -1 } };
    expect(await draft('bad', content)).toMatchObject({
      status: 422,
      code: 'policy_invalid',
      errors: [
        { pointer: '/content/model/kind', code: 'unknown_model' },
        { pointer: '/content/lookbackDays/click', code: 'lookback_out_of_range' },
      ],
    });
  });

  it('shows a tenant nothing of another, and lets an auditor write nothing', async () => {
    expect(await get('/v1/policies/main', 'stranger')).toMatchObject({
      status: 404,
      code: 'policy_unknown',
    });
    expect(await get('/v1/policies', 'stranger')).toMatchObject({ items: [] });
    expect(await draft('main', {}, 'auditor')).toMatchObject({ status: 403 });
  });

  it('declares who may call each route', () => {
    expectEveryRouteDeclared(serving.app);
  });
});

const draft = (programme: string, content: object, who = 'ana'): Promise<Answer> =>
  call('POST', '/v1/policies', who, { programme, effectiveFrom: JUNE, content });

const approve = (who: string, policy: string, hash: string): Promise<Answer> =>
  call('POST', `/v1/policies/${policy}/approvals`, who, { hash });

const get = (path: string, who = 'ana'): Promise<Answer> => call('GET', path, who);

async function call(method: string, path: string, who: string, body?: object): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${keys[who] ?? ''}`,
      'idempotency-key': `policies-${sent++}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { ...((await response.json()) as object), status: response.status };
}

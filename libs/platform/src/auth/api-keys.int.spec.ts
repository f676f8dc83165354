import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Database } from '@tributary/postgres';
import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import { createHttpApp } from '../http/create-http-app';
import { collectingLogger, expectEveryRouteDeclared, testSettings } from '../testing';
import { ApiKey } from './api-key.entity';
import { ApiKeys, apiKeySchema } from './api-keys';

let postgres: TestPostgres;
let database: Database;
let nowMs = Date.parse('2026-03-31T10:00:00Z');
const now = () => nowMs;

beforeAll(async () => {
  postgres = await startTestPostgres();
  database = await openKeys(await postgres.freshDatabase());
});
afterAll(async () => {
  await database.close();
  await postgres.stop();
});

function openKeys(url: string): Promise<Database> {
  const { schema, entities, migrations } = apiKeySchema;
  return Database.open({
    url,
    schema,
    entities: [...entities],
    migrations: [...migrations],
    poolSize: 2,
  });
}

describe('authenticating with a key', () => {
  it('says whom the key belongs to, and keeps only its hash', async () => {
    const keys = new ApiKeys(database.dataSource, { now });
    const { id, key } = await keys.issueKey({
      tenant: 'acme',
      role: 'partner',
      label: 'portal',
      partnerId: 'p1',
    });
    expect(key).toMatch(new RegExp(`^tb_partner_${id}_[0-9a-f]{64}$`));
    expect(await keys.authenticate(`Bearer ${key}`)).toEqual({
      tenant: 'acme',
      role: 'partner',
      partnerId: 'p1',
      actor: `key:${id}`,
    });
    const { rows } = await database.pool.query<object>('select * from api_key where id = $1', [id]);
    expect(JSON.stringify(rows)).not.toContain(key.slice(-64));
  });

  it('refuses what is not exactly that key', async () => {
    const keys = new ApiKeys(database.dataSource, { now });
    const { id, key } = await keys.issueKey({ tenant: 'acme', role: 'finance', label: 'erp' });
    const secret = key.slice(-64);
    for (const wrong of [
      `tb_admin_${id}_${secret}`,
      `tb_finance_${id}_${'0'.repeat(64)}`,
      `tb_finance_${'0'.repeat(32)}_${secret}`,
      `${key}0`,
      key.toUpperCase(),
      "' or true --",
    ]) {
      expect(await keys.authenticate(`Bearer ${wrong}`)).toEqual({ refused: 'credential_invalid' });
    }
    expect(await keys.authenticate(undefined)).toEqual({ refused: 'credential_missing' });
  });

  it('stops working here when it is revoked, and elsewhere when the memory there has run out', async () => {
    const here = new ApiKeys(database.dataSource, { now, cacheMs: 5_000 });
    const elsewhere = new ApiKeys(database.dataSource, { now, cacheMs: 5_000 });
    const { id, key } = await here.issueKey({ tenant: 'acme', role: 'finance', label: 'erp' });
    for (const keys of [here, elsewhere])
      expect(await keys.authenticate(`Bearer ${key}`)).toHaveProperty('tenant');

    expect(await here.revokeKey('other', id)).toBe(false);
    expect(await here.authenticate(`Bearer ${key}`)).toHaveProperty('tenant');
    expect(await here.revokeKey('acme', id)).toBe(true);
    expect(await here.authenticate(`Bearer ${key}`)).toEqual({ refused: 'credential_invalid' });
    nowMs += 4_999;
    expect(await elsewhere.authenticate(`Bearer ${key}`)).toHaveProperty('tenant');
    nowMs += 1;
    expect(await elsewhere.authenticate(`Bearer ${key}`)).toEqual({
      refused: 'credential_invalid',
    });
    expect(await here.revokeKey('acme', id)).toBe(true);
  });

  it('asks once for all who come with one key at the same time', async () => {
    const keys = new ApiKeys(database.dataSource, { now });
    const { key } = await keys.issueKey({ tenant: 'acme', role: 'upstream', label: 'erp' });
    const asking = jest.spyOn(database.dataSource.getRepository(ApiKey), 'findOneBy');
    const found = await Promise.all(
      Array.from({ length: 50 }, async () => await keys.authenticate(`Bearer ${key}`)),
    );
    expect(asking).toHaveBeenCalledTimes(1);
    expect(new Set(found.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(found[0]).toHaveProperty('tenant', 'acme');
    asking.mockRestore();
  });

  it('remembers no more keys than it may', async () => {
    const keys = new ApiKeys(database.dataSource, { now, cachedKeys: 1 });
    const [a, b] = [await issue(keys), await issue(keys)];
    for (const key of [a, b, a, b])
      expect(await keys.authenticate(`Bearer ${key}`)).toHaveProperty('tenant');
  });

  it('cannot store a partner key without its partner', async () => {
    const keys = new ApiKeys(database.dataSource, { now });
    await expect(keys.issueKey({ tenant: 'acme', role: 'partner', label: 'x' })).rejects.toThrow();
    await expect(
      keys.issueKey({ tenant: 'acme', role: 'admin', label: 'x', partnerId: 'p1' }),
    ).rejects.toThrow();
  });
});

describe('administering keys over HTTP', () => {
  let app: NestFastifyApplication;
  let admin: string;
  const log = collectingLogger();

  @Module({})
  class NoService {}

  beforeAll(async () => {
    const authenticator = new ApiKeys(database.dataSource, { now });
    admin = (await authenticator.issueKey({ tenant: 'north', role: 'admin', label: 'first' })).key;
    const api = { title: 'Keys', version: '1' };
    app = await createHttpApp(NoService, {
      settings: testSettings,
      service: 'keys',
      api,
      authenticator,
      now,
      logger: log.logger,
    });
  });
  afterAll(() => app.close());

  const call = (
    method: 'DELETE' | 'GET' | 'POST',
    url: string,
    key: string,
    payload?: object,
    idempotencyKey = 'key-request-1',
  ) =>
    app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${key}`, 'idempotency-key': idempotencyKey },
      ...(payload && { payload }),
    });

  it('issues a key once, lists it without its secret, and revokes it', async () => {
    const body = { role: 'auditor', label: 'kpmg-2026' };
    const asks = [1, 2, 3].map(() => call('POST', '/v1/api-keys', admin, body));
    const answers = await Promise.all(asks);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 201, 201]);
    const [issued, ...others] = answers.filter((answer) => answer.json<{ key?: string }>().key);
    if (!issued || others.length > 0)
      throw new Error('One of the three learns the secret, and only one.');
    const { id, key } = issued.json<{ id: string; key: string }>();
    expect((await call('POST', '/v1/api-keys', admin, body)).json()).toEqual({
      id,
      replayed: true,
    });
    expect(
      (await call('POST', '/v1/api-keys', admin, { ...body, label: 'other' })).json(),
    ).toMatchObject({
      code: 'idempotency_conflict',
      errors: [{ pointer: '/label' }],
    });

    const list = await call('GET', '/v1/api-keys', admin);
    expect(list.json<{ keys: object[] }>().keys).toContainEqual(
      expect.objectContaining({ id, role: 'auditor', revokedAt: null }),
    );
    expect(list.body).not.toMatch(/hash|[0-9a-f]{64}/);

    expect((await call('GET', '/metrics', key)).statusCode).toBe(200);
    expect((await call('DELETE', `/v1/api-keys/${id}`, admin)).statusCode).toBe(204);
    expect((await call('GET', '/metrics', key)).json()).toMatchObject({
      status: 401,
      code: 'credential_invalid',
    });
  });

  it('lets nobody but an admin in, and nobody into another tenant', async () => {
    const keys = app.get(ApiKeys);
    const finance = (await keys.issueKey({ tenant: 'north', role: 'finance', label: 'erp' })).key;
    const foreign = await keys.issueKey({ tenant: 'south', role: 'admin', label: 'first' });
    expect((await call('GET', '/v1/api-keys', finance)).json()).toMatchObject({
      code: 'role_not_allowed',
      facts: { role: 'finance', allowed: ['admin'] },
    });
    expect((await call('GET', '/v1/api-keys', admin)).body).not.toContain(foreign.id);
    expect((await call('DELETE', `/v1/api-keys/${foreign.id}`, admin)).json()).toMatchObject({
      code: 'api_key_not_found',
    });
    expect(await keys.authenticate(`Bearer ${foreign.key}`)).toHaveProperty('tenant', 'south');
    const smuggled = await call(
      'POST',
      '/v1/api-keys',
      admin,
      { role: 'admin', label: 'x', tenant: 'south' },
      'key-request-2',
    );
    expect(smuggled.json()).toMatchObject({
      code: 'validation_failed',
      errors: [{ pointer: '/tenant', code: 'unknown_field' }],
    });
    for (const nobody of [{}, { partnerId: null }]) {
      const body = { role: 'partner', label: 'x', ...nobody };
      const unbound = await call('POST', '/v1/api-keys', admin, body, 'key-request-3');
      expect(unbound.statusCode).toBe(422);
      expect(unbound.json()).toMatchObject({
        errors: [{ pointer: '/partnerId', code: 'partner_id_mismatch' }],
      });
    }
    const body = { role: 'finance', label: 'erp', partnerId: null };
    const free = await call('POST', '/v1/api-keys', admin, body, 'key-request-4');
    expect(free.statusCode).toBe(201);
  });

  it('declares every route and logs no key', () => {
    expectEveryRouteDeclared(app);
    expect(log.lines.join('')).not.toMatch(/tb_|[0-9a-f]{64}/);
  });
});

describe('a database that has died', () => {
  it('answers 503 with Retry-After instead of a verdict, and recovers by itself', async () => {
    // The tables have to survive the kill, which the fast settings of other tests do not promise.
    const own = await startTestPostgres({ own: true, settings: { synchronous_commit: 'on' } });
    const dying = await openKeys(await own.freshDatabase());
    const authenticator = new ApiKeys(dying.dataSource, { now, cacheMs: 0 });
    const key = await issue(authenticator);
    @Module({})
    class NoService {}
    const api = { title: 'x', version: '1' };
    const app = await createHttpApp(NoService, {
      settings: testSettings,
      service: 'x',
      api,
      authenticator,
    });
    const ask = () =>
      app.inject({
        method: 'GET',
        url: '/v1/api-keys',
        headers: { authorization: `Bearer ${key}` },
      });
    expect((await ask()).statusCode).toBe(200);

    await own.server?.kill();
    const answer = await ask();
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5']);
    expect(answer.json()).toMatchObject({ code: 'unavailable' });
    expect(answer.body).not.toMatch(/127\.0\.0\.1|ECONN|terminat/);

    await own.server?.restart();
    expect((await ask()).statusCode).toBe(200);
    await app.close();
    await dying.close();
    await own.stop();
  });
});

const issue = async (keys: ApiKeys): Promise<string> =>
  (await keys.issueKey({ tenant: 'acme', role: 'admin', label: 'x' })).key;

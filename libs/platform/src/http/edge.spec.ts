import { Readable } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { Body, Controller, Get, HttpCode, Module, Param, Post, Query } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Type } from 'class-transformer';
import { IsArray, IsInt, IsOptional, Max, Min, ValidateNested } from 'class-validator';
import { CodedError, invariant, unavailable } from '@tributary/kernel';
import { Allow, Caller, Public } from '../auth/access';
import type { Principal } from '../auth/principal';
import { RejectedHttp } from '../errors/problem';
import { type CommandContext, Idempotent } from '../idempotency/command-context';
import { CameWith, type RequestContext } from './request-context';
import { FixedCallers, collectingLogger, expectEveryRouteDeclared, testSettings } from '../testing';
import { IsAsset, IsInstant, IsMinorUnits, IsStreamId } from '../validation/fields';
import { TakesLines } from './bodies';
import { createHttpApp } from './create-http-app';
import { Lifecycle } from './lifecycle';
import { Metrics } from './metrics';

class LineBody {
  @IsMinorUnits() amount!: string;
  @IsAsset() asset!: string;
}
class SaleBody {
  @IsStreamId() saleId!: string;
  @IsInstant() paidAt!: string;
  @IsOptional() @IsInt() @Min(1) @Max(9) installments?: number;
  @IsArray() @ValidateNested({ each: true }) @Type(() => LineBody) lines!: LineBody[];
}
class SalesQuery {
  @IsOptional() @IsStreamId() partner?: string;
  @Type(() => Number) @IsInt() @Max(50) most = 20;
}

const failures: Record<string, () => never> = {
  defect: () => invariant(false, 'canaryfree') as never,
  language: () => BigInt('canaryvalue') as never,
  dead: () => {
    throw unavailable('The event log');
  },
  refused: () => {
    throw Object.assign(new Error('connect ECONNREFUSED 10.1.2.3:5432'), { code: 'ECONNREFUSED' });
  },
  conflict: () => {
    throw new CodedError('revision_conflict', 'sale-acme.s1 is at 4, not at 3.', {
      expected: 3n,
      actual: 4n,
    });
  },
  large: () => {
    throw new CodedError('event_too_large', 'Too large.', { bytes: 70_000, limit: 61_440 });
  },
  rejected: () => {
    const rejected = { code: 'reversal_exceeds_commission', left: 600n };
    throw new RejectedHttp([422, 'Take back `left` at most.'], rejected);
  },
  other: () => {
    throw 'canaryvalue' as unknown;
  },
};

@Controller('v1/sales')
@Allow('finance', 'auditor')
class SalesController {
  @Post()
  @HttpCode(202)
  record(@Idempotent() { tenant, cause, newId }: CommandContext, @Body() body: SaleBody) {
    return { tenant, cause, newId, lines: body.lines.length, position: 2n ** 62n };
  }

  @Get()
  list(@Caller() { tenant }: Principal, @Query() { partner }: SalesQuery) {
    return { tenant, partner };
  }

  @Get(':id/failures/:kind')
  fail(@Param('kind') kind: string): never {
    return failures[kind]!();
  }

  @Post(':id/corrections')
  correct(@Body() body: SaleBody) {
    return body;
  }

  @Post(':id/raw')
  @TakesLines()
  async raw(@Body() body: unknown, @CameWith() { correlationId }: RequestContext) {
    const said = body instanceof Readable ? await textOf(body) : body;
    return { body: said, correlationId };
  }
}

@Controller('v1/forgotten')
class ForgottenController {
  @Get()
  read() {
    return {};
  }
}

@Controller('v1/open')
class OpenController {
  @Public()
  @Get()
  read() {
    return { open: true };
  }
}

@Module({ controllers: [SalesController, OpenController] })
class DeclaredModule {}
@Module({ controllers: [SalesController, ForgottenController] })
class ForgetfulModule {}

const caller = (role: Principal['role']): Principal => ({
  tenant: 'acme',
  role,
  actor: `key:${role}`,
});
const authenticator = new FixedCallers({
  finance: caller('finance'),
  auditor: caller('auditor'),
  partner: { ...caller('partner'), partnerId: 'p1' },
});
const api = { title: 'Edge', version: '1' };
const { logger, lines } = collectingLogger();
const lifecycle = new Lifecycle();
const metrics = new Metrics();
const now = () => Date.parse('2026-03-31T10:00:00Z');
const settings = { ...testSettings, BODY_LIMIT_BYTES: 4096 };
const line = { amount: '170910', asset: 'BRL/2' };
const sale = { saleId: 's1', paidAt: '2026-03-31T10:00:00-03:00', lines: [line] };

let app: NestFastifyApplication;
beforeAll(async () => {
  app = await createHttpApp(DeclaredModule, {
    settings,
    service: 'edge',
    api,
    authenticator,
    now,
    logger,
    lifecycle,
    metrics,
  });
});
afterAll(() => app.close());

const as = (role: string) => ({ authorization: `Bearer ${role}` });
const get = (url: string, headers: Record<string, string> = as('finance')) =>
  app.inject({ method: 'GET', url, headers });
const post = (body: unknown, headers: Record<string, string> = {}, url = '/v1/sales') =>
  app.inject({
    method: 'POST',
    url,
    headers: {
      ...as('finance'),
      'content-type': 'application/json',
      'idempotency-key': 'order-0001',
      ...headers,
    },
    payload: typeof body === 'string' ? body : JSON.stringify(body),
  });

interface Answer {
  statusCode: number;
  headers: Record<string, unknown>;
  body: string;
}
function problem(answer: Answer) {
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(answer.body).not.toMatch(/\bat .*:\d+:\d+|node_modules|canary/);
  const found = JSON.parse(answer.body) as Record<string, unknown>;
  expect(found).toMatchObject({
    type: `urn:tributary:problem:${String(found['code'])}`,
    status: answer.statusCode,
    title: expect.any(String) as string,
    instance: answer.headers['x-correlation-id'],
  });
  return found;
}

describe('refusing a request', () => {
  it.each([
    ['an unknown address', () => get('/v1/nowhere?q=canary'), 404, 'route_not_found'],
    ['an unknown address with a body', () => post('{', {}, '/v1/nowhere'), 404, 'route_not_found'],
    [
      'another method',
      () => app.inject({ method: 'PUT', url: '/v1/sales' }),
      405,
      'method_not_allowed',
    ],
    ['a malformed address', () => get('/v1/sales/%zz/failures/dead'), 400, 'malformed_url'],
    ['NUL in an address', () => get('/v1/sales?partner=a%00b'), 400, 'malformed_url'],
    [
      'NUL in a body',
      () => post('{"saleId":"a\\u0000b"}', {}, '/v1/sales/1/corrections'),
      422,
      'invalid_json',
    ],
    ['malformed JSON', () => post('{"saleId": canary'), 400, 'malformed_json'],
    ['an empty body', () => post(''), 400, 'malformed_json'],
    ['a poisoned key', () => post('{"__proto__": {"admin": true}}'), 400, 'malformed_json'],
    [
      'a body that is too large',
      () => post({ ...sale, saleId: 'x'.repeat(5000) }),
      413,
      'body_too_large',
    ],
    [
      'another media type',
      () => post('canary', { 'content-type': 'text/plain' }),
      415,
      'unsupported_media_type',
    ],
    [
      'a form',
      () => post('a=b', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'unsupported_media_type',
    ],
    [
      'lines where none are taken',
      () => post('{}', { 'content-type': 'application/x-ndjson' }),
      415,
      'unsupported_media_type',
    ],
    [
      'a compressed body',
      () => post(sale, { 'content-encoding': 'gzip' }),
      415,
      'unsupported_encoding',
    ],
    ['a missing credential', () => get('/v1/sales', {}), 401, 'credential_missing'],
    ['an unknown credential', () => get('/v1/sales', as('nobody')), 401, 'credential_invalid'],
    [
      'another scheme',
      () => get('/v1/sales', { authorization: 'Basic Zm9vOmJhcg==' }),
      401,
      'credential_invalid',
    ],
    ['a role that may not', () => get('/v1/sales', as('partner')), 403, 'role_not_allowed'],
    ['an auditor who writes', () => post(sale, as('auditor')), 403, 'role_not_allowed'],
    [
      'a command without a key',
      () => post(sale, { 'idempotency-key': '' }),
      400,
      'idempotency_key_missing',
    ],
    [
      'a command with a bad key',
      () => post(sale, { 'idempotency-key': 'a b' }),
      400,
      'idempotency_key_malformed',
    ],
    ['a fraction in the body', () => post({ ...sale, saleId: 1.5 }), 422, 'invalid_json'],
    ['a body of another shape', () => post([1]), 422, 'validation_failed'],
    ['a defect', () => get('/v1/sales/1/failures/defect'), 500, 'internal_error'],
    ['an error of the language', () => get('/v1/sales/1/failures/language'), 500, 'internal_error'],
    ['something that is no error', () => get('/v1/sales/1/failures/other'), 500, 'internal_error'],
    ['a dead log', () => get('/v1/sales/1/failures/dead'), 503, 'unavailable'],
    ['a dead database', () => get('/v1/sales/1/failures/refused'), 503, 'unavailable'],
    ['a lost race', () => get('/v1/sales/1/failures/conflict'), 409, 'revision_conflict'],
    ['an event that is too large', () => get('/v1/sales/1/failures/large'), 413, 'event_too_large'],
    [
      'what the domain refuses',
      () => get('/v1/sales/1/failures/rejected'),
      422,
      'reversal_exceeds_commission',
    ],
  ])('answers %s with a problem document', async (_name, ask, status, code) => {
    const answer = await ask();
    expect(problem(answer)).toMatchObject({ status, code });
  });

  it('says what would help', async () => {
    expect((await get('/v1/sales', {})).headers['www-authenticate']).toBe(
      'Bearer realm="tributary"',
    );
    expect((await app.inject({ method: 'DELETE', url: '/v1/sales' })).headers['allow']).toBe(
      'GET, HEAD, POST',
    );
    expect((await get('/v1/sales/1/failures/refused')).headers['retry-after']).toBe('5');
    expect(problem(await post(sale, as('auditor')))).toMatchObject({
      facts: { role: 'auditor', allowed: ['finance'] },
    });
    expect(problem(await get('/v1/sales/1/failures/rejected'))).toMatchObject({
      detail: 'Take back `left` at most.',
      facts: { left: '600' },
    });
    expect(problem(await get('/v1/sales/1/failures/refused')).detail).not.toContain('10.1.2.3');
  });

  it('points at every field that does not fit', async () => {
    const lines = [
      line,
      { amount: 1.5, asset: 'brl' },
      { amount: '01', asset: 'JPY/0', tenant: 'x' },
    ];
    const bad = { saleId: 'S!', installments: 10, lines, tenant: 'other' };
    const { errors } = problem(await post(bad, {}, '/v1/sales'));
    // A fraction is refused before the shape is looked at: it could not even be hashed.
    expect(errors).toEqual([
      expect.objectContaining({ pointer: '/lines/1/amount', code: 'invalid_json' }),
    ]);

    lines[1]!.amount = 15;
    const found = problem(await post(bad));
    expect(found['code']).toBe('validation_failed');
    expect(
      (found['errors'] as { pointer: string; code: string }[]).map(
        ({ pointer, code }) => `${pointer} ${code}`,
      ),
    ).toEqual([
      '/tenant unknown_field',
      '/saleId stream_id',
      '/paidAt required',
      '/installments out_of_range',
      '/lines/1/amount minor_units',
      '/lines/1/asset asset',
      '/lines/2/tenant unknown_field',
      '/lines/2/amount minor_units',
    ]);
    expect(problem(await get('/v1/sales?partner=P!&tenant=other'))['errors']).toEqual([
      expect.objectContaining({ parameter: 'tenant', code: 'unknown_field' }),
      expect.objectContaining({ parameter: 'partner', code: 'stream_id' }),
    ]);
  });

  it('denies a route that does not declare who may call it', async () => {
    const forgetful = await createHttpApp(ForgetfulModule, {
      settings: testSettings,
      service: 'x',
      api,
      authenticator,
    });
    const answer = await forgetful.inject({
      method: 'GET',
      url: '/v1/forgotten',
      headers: as('finance'),
    });
    expect(problem(answer)).toMatchObject({ status: 403, code: 'route_not_declared' });
    expect(() => expectEveryRouteDeclared(forgetful)).toThrow('ForgottenController.read');
    await forgetful.close();
  });

  it('finds nothing undeclared where everything is declared, and a route registered past Nest', async () => {
    expectEveryRouteDeclared(app);
    expect((await get('/v1/open', {})).json()).toEqual({ open: true });
    @Module({})
    class PastNest {}
    const other = await createHttpApp(PastNest, {
      settings: { ...testSettings, METRICS_ACCESS: 'open' },
      service: 'x',
      api,
      authenticator,
      configure: (server) => void server.get('/backdoor', () => ({})),
    });
    expect(() => expectEveryRouteDeclared(other)).toThrow('GET /backdoor');
    expect((await other.inject({ method: 'GET', url: '/metrics' })).statusCode).toBe(200);
    await other.close();
  });
});

describe('taking a command', () => {
  it('derives its identity from tenant, route and key, and takes the tenant from the credential alone', async () => {
    const first = await post(sale, { 'x-correlation-id': 'corr-12345678' });
    expect(first.statusCode).toBe(202);
    const answer = first.json<{
      tenant: string;
      newId: string;
      position: string;
      cause: Record<string, unknown>;
    }>();
    expect(answer).toMatchObject({
      tenant: 'acme',
      position: '4611686018427387904',
      cause: {
        actor: 'key:finance',
        causationId: null,
        correlationId: 'corr-12345678',
        traceParent: null,
      },
    });
    expect(answer.newId).toBe(String(answer.cause['commandId']).replaceAll('-', ''));
    expect(answer.newId).toMatch(/^[0-9a-f]{32}$/);

    const again = (await post({ lines: [line], paidAt: sale.paidAt, saleId: 's1' })).json<
      typeof answer
    >();
    expect(again.cause).toMatchObject({
      commandId: answer.cause['commandId'],
      fingerprint: answer.cause['fingerprint'],
    });
    const other = (await post(sale, { 'idempotency-key': '"order-0002"' })).json<typeof answer>();
    expect(other.newId).not.toBe(answer.newId);
  });

  it('carries a well-formed trace parent and drops any other', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const traced = await post(sale, { traceparent });
    expect(traced.json<{ cause: unknown }>().cause).toMatchObject({ traceParent: traceparent });
    const untraced = await post(sale, { traceparent: traceparent.replace('4bf9', 'xxxx') });
    expect(untraced.json<{ cause: unknown }>().cause).toMatchObject({ traceParent: null });
  });

  it('makes up a correlation id where the one that came cannot be used', async () => {
    const answer = await get('/v1/sales', {
      ...as('finance'),
      'x-correlation-id': 'a\u0001b<script>',
    });
    expect(answer.headers['x-correlation-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  });

  it('takes events in the media types of CloudEvents and as lines', async () => {
    const cloud = await post(
      { id: 'e1' },
      { 'content-type': 'application/cloudevents+json' },
      '/v1/sales/1/raw',
    );
    // The context of the request is still there after its body was read.
    expect(cloud.json()).toEqual({
      body: { id: 'e1' },
      correlationId: cloud.headers['x-correlation-id'],
    });
    const bulk = await post(
      '{"id":1}\n{"id":2}',
      { 'content-type': 'application/x-ndjson' },
      '/v1/sales/1/raw',
    );
    expect(bulk.json()).toMatchObject({ body: '{"id":1}\n{"id":2}' });
  });
});

describe('watching a process', () => {
  it('lives, is ready, and names the part that is not', async () => {
    expect((await get('/health/live', {})).json()).toEqual({ status: 'live' });
    expect((await get('/health/ready', {})).json()).toEqual({ status: 'ready' });
    lifecycle.register('event-log', () => Promise.reject(new Error('password=canary')));
    const answer = await get('/health/ready', {});
    expect(problem(answer)).toMatchObject({
      status: 503,
      code: 'not_ready',
      facts: { failing: ['event-log'] },
    });
    expect(answer.headers['retry-after']).toBe('5');
    lifecycle.register('event-log', () => Promise.resolve());
    expect((await get('/health/ready', {})).statusCode).toBe(200);
  });

  it('counts requests by route template and keeps the figures behind a key', async () => {
    metrics.appended('edge', 'stored', 3);
    metrics.committed('edge', 40);
    metrics.feedLag('edge', 'published', 7n);
    metrics.parkedStreams('edge', 'reactions', 1);
    expect(problem(await get('/metrics', {}))).toMatchObject({ code: 'credential_missing' });
    const { body } = await get('/metrics', as('auditor'));
    expect(body).toContain('route="/v1/sales/:id/failures/:kind",status="409"');
    expect(body).toContain('tributary_feed_lag_positions{service="edge",feed="published"} 7');
    expect(body).toContain('tributary_append_batch_events_sum{service="edge"} 40');
    expect(body).toContain('tributary_parked_streams{service="edge",feed="reactions"} 1');
    expect(body).not.toContain('canary');
  });

  it('logs what happened and nothing of what was said', async () => {
    const secrets = {
      ...as('finance-canary'),
      'user-agent': 'canary',
      'x-forwarded-for': 'canary',
    };
    await get('/v1/sales/canary/failures/language?email=canary', as('finance'));
    await get('/v1/sales?email=canary@example.org', secrets);
    await post({ ...sale, saleId: 'canary@example.org' });
    await post('{"canary');
    expect(lines.join('')).not.toContain('canary@');
    expect(lines.join('').replaceAll('canaryfree', '')).not.toContain('canary');
    const failed = lines.map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(failed).toContainEqual(
      expect.objectContaining({
        level: 'error',
        msg: 'request failed',
        route: '/v1/sales/:id/failures/:kind',
        tenant: 'acme',
        correlationId: expect.any(String) as string,
        error: [
          expect.objectContaining({ name: 'SyntaxError', frames: expect.any(Array) as string[] }),
        ],
      }),
    );
    expect(failed).toContainEqual(
      expect.objectContaining({
        msg: 'request',
        status: 500,
        tenant: 'acme',
        actor: 'key:finance',
        correlationId: expect.any(String) as string,
      }),
    );
    expect(lines.join('')).toContain('Broken invariant: canaryfree');
  });
});

describe('reading about the interface', () => {
  it('serves an OpenAPI document that is told from the code', async () => {
    const answer = await get('/openapi.json', {});
    const document = answer.json<Document>();
    expect(document.openapi).toBe('3.0.3');
    const record = document.paths['/v1/sales']!['post']!;
    expect(record.security).toEqual([{ bearer: [] }]);
    expect(record.parameters).toContainEqual(
      expect.objectContaining({ name: 'Idempotency-Key', in: 'header', required: true }),
    );
    expect(document.paths['/v1/sales']!['get']!.parameters).toEqual([
      expect.objectContaining({ name: 'partner', in: 'query', required: false }),
      expect.objectContaining({
        name: 'most',
        required: false,
        schema: { type: 'integer', maximum: 50, default: 20 },
      }),
    ]);
    expect(record.responses).toHaveProperty(['default', 'content', 'application/problem+json']);
    expect(document.components.schemas['SaleBody']).toEqual({
      type: 'object',
      required: ['saleId', 'paidAt', 'lines'],
      properties: {
        saleId: expect.objectContaining({ type: 'string', pattern: '^[a-z0-9]{1,32}$' }) as object,
        paidAt: expect.objectContaining({ type: 'string', format: 'date-time' }) as object,
        installments: { type: 'integer', minimum: 1, maximum: 9 },
        lines: { type: 'array', items: { $ref: '#/components/schemas/LineBody' } },
      },
    });
    expect(document.components.schemas).toHaveProperty('Problem');
    const references = [...answer.body.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(
      ([, name]) => name,
    );
    for (const name of references) expect(document.components.schemas).toHaveProperty(String(name));
  });

  it('serves the page under a policy that lets it work, and everything else under none', async () => {
    const page = await get('/docs', {});
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
    expect(page.body).not.toMatch(/<script>[^<]/);
    const script = await get('/docs/swagger-ui-init.js', {});
    expect([script.statusCode, (await get('/docs/swagger-ui.css', {})).statusCode]).toEqual([
      200, 200,
    ]);
    const data = await get('/v1/sales');
    expect(data.headers['content-security-policy']).toBe(
      "default-src 'none';frame-ancestors 'none'",
    );
    expect(data.headers['x-content-type-options']).toBe('nosniff');
  });

  it('sends the headers that browsers go by with refusals as well', async () => {
    const refused = await get('/v1/nowhere');
    expect(refused.statusCode).toBe(404);
    expect(refused.headers).toMatchObject({
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': expect.stringContaining('max-age=') as string,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
    });
  });
});

interface Document {
  openapi: string;
  paths: Record<
    string,
    Record<string, { security: unknown; parameters: unknown[]; responses: object }>
  >;
  components: { schemas: Record<string, object> };
}

import { TRAINING_COMPLETED_EXAMPLE as GOOD } from '@tributary/contracts';
import { type Serving, coreSettings, serve } from '@tributary/platform';
import { collectingLogger, testMasterKey } from '@tributary/platform/testing';
import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import { SERVICES } from '../src/standalone.module';

const JSON_TYPE = 'application/cloudevents+json';
const LINES_TYPE = 'application/x-ndjson';
const BODY_LIMIT_BYTES = 65_536;

let postgres: TestPostgres;
let serving: Serving;
let url: string;
let key: string;
const { logger, lines: logLines } = collectingLogger('error');

beforeAll(async () => {
  postgres = await startTestPostgres();
  const settings = coreSettings.read({
    PORT: '0',
    DATABASE_URL: await postgres.freshDatabase(),
    PRIVACY_MASTER_KEY: testMasterKey,
    BODY_LIMIT_BYTES: String(BODY_LIMIT_BYTES),
  });
  serving = await serve({ name: 'standalone', modules: SERVICES, settings, logger });
  url = await serving.listen();
  key = (await serving.keys.issueKey({ tenant: 'acme', role: 'admin', label: 'test' })).key;
});

afterAll(async () => {
  await serving.close();
  await postgres.stop();
});

/** As text, because much of what arrives could not be written by `JSON.stringify`. */
const GOOD_TEXT = JSON.stringify(GOOD);
const withData = (members: string): string =>
  GOOD_TEXT.replace('"minutes":240', `"minutes":240,${members}`);
const withMinutes = (value: string): string =>
  GOOD_TEXT.replace('"minutes":240', `"minutes":${value}`);
const withMember = (members: string): string => GOOD_TEXT.replace('{', `{${members},`);
const withId = (value: string): string => GOOD_TEXT.replace(`"${GOOD.id}"`, value);
const withReference = (value: string): string =>
  GOOD_TEXT.replace(`"completionRef":"${GOOD.data.completionRef}"`, `"completionRef":${value}`);
const withTime = (time: string): string => GOOD_TEXT.replace(GOOD.time, time);
const without = (member: string): string => JSON.stringify({ ...GOOD, [member]: undefined });
const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

const NOT_OF_THE_SCHEMA: readonly (readonly [
  what: string,
  text: string,
  pointer: string,
  code: string,
])[] = [
  ['a missing member', without('subject'), '/subject', 'required'],
  ['missing data', without('data'), '/data', 'required'],
  [
    'a missing member of the data',
    GOOD_TEXT.replace(',"minutes":240', ''),
    '/data/minutes',
    'required',
  ],
  ['a number as text', withMinutes('"240"'), '/data/minutes', 'wrong_type'],
  ['null', withMinutes('null'), '/data/minutes', 'wrong_type'],
  ['a fraction', withMinutes('1.5'), '/data/minutes', 'wrong_type'],
  ['a negative number', withMinutes('-1'), '/data/minutes', 'out_of_range'],
  ['a number that is too large', withMinutes('100001'), '/data/minutes', 'out_of_range'],
  [
    'a number beyond what is exact',
    withMinutes('9007199254740993'),
    '/data/minutes',
    'out_of_range',
  ],
  ['a number beyond every number', withMinutes('1e400'), '/data/minutes', 'wrong_type'],
  ['a text that is too long', withId(JSON.stringify('x'.repeat(201))), '/id', 'out_of_range'],
  ['an empty text', withId('""'), '/id', 'out_of_range'],
  ['data that is a list', JSON.stringify({ ...GOOD, data: [] }), '/data', 'wrong_type'],
  ['something that is no object', '"hello"', '', 'wrong_type'],
  ['null in place of an event', 'null', '', 'wrong_type'],
  ['a member that nobody knows', withData('"rate":5'), '/data/rate', 'unknown_field'],
  ['a tenant of its own', withMember('"tenantid":"globex"'), '/tenantid', 'tenant_not_yours'],
  ['a tenant in the data', withData('"tenant":"globex"'), '/data/tenant', 'tenant_not_yours'],
  ['deep nesting', withData(`"deep":${nested(5_000)}`), '/data/deep', 'unknown_field'],
  [
    'another version of CloudEvents',
    GOOD_TEXT.replace('"1.0"', '"0.3"'),
    '/specversion',
    'not_allowed',
  ],
  [
    'an unknown type',
    GOOD_TEXT.replace('"tributary.training.completed.v1"', '"tributary.training.canceled.v1"'),
    '/type',
    'unknown_type',
  ],
  [
    'a type of somebody else',
    GOOD_TEXT.replace(GOOD.type, 'com.example.sale'),
    '/type',
    'wrong_format',
  ],
  ['a day that no calendar has', withTime('2026-02-30T10:00:00Z'), '/time', 'wrong_format'],
  ['a second that no calendar has', withTime('2026-02-28T23:59:61Z'), '/time', 'wrong_format'],
  ['a time without an offset', withTime('2026-02-28T10:00:00'), '/time', 'wrong_format'],
  [
    'a time that is a number',
    GOOD_TEXT.replace(`"${GOOD.time}"`, '1772000000'),
    '/time',
    'wrong_type',
  ],
];

const NOT_STORABLE: readonly (readonly [what: string, text: string, pointer: string])[] = [
  ['NUL in the data', withReference('"a\\u0000b"'), '/data/completionRef'],
  ['NUL in its id', withId('"a\\u0000b"'), '/id'],
  ['NUL in its correlation', withMember('"correlationid":"a\\u0000"'), '/correlationid'],
  ['half a character', withReference('"\\ud83d"'), '/data/completionRef'],
  ['half a character in its id', withId('"\\udc00x"'), '/id'],
  ['half a character in its actor', withMember('"actor":"\\ud83d"'), '/actor'],
];

const NOT_READABLE: readonly (readonly [
  what: string,
  body: string | Buffer,
  type: string,
  status: number,
  code: string,
])[] = [
  ['what is not JSON', '{"specversion":', JSON_TYPE, 400, 'malformed_json'],
  ['nothing at all', '', JSON_TYPE, 400, 'malformed_json'],
  ['a prototype', withData('"__proto__":{"admin":true}'), JSON_TYPE, 400, 'malformed_json'],
  ['a key twice', withData('"minutes":1'), JSON_TYPE, 400, 'duplicate_key'],
  [
    'bytes that are not UTF-8',
    Buffer.from(GOOD_TEXT.replace('payments', 'p\xe4yments'), 'latin1'),
    JSON_TYPE,
    400,
    'malformed_json',
  ],
  ['text that is not announced as JSON', GOOD_TEXT, 'text/plain', 415, 'unsupported_media_type'],
  ['a form', 'id=1', 'application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
  [
    'a body that is too large',
    withId(JSON.stringify('x'.repeat(BODY_LIMIT_BYTES))),
    JSON_TYPE,
    413,
    'body_too_large',
  ],
  ['a list with nothing in it', '[]', JSON_TYPE, 422, 'batch_empty'],
  [
    'a list of more than 500',
    `[${Array.from({ length: 501 }, () => '{}').join()}]`,
    JSON_TYPE,
    413,
    'batch_too_large',
  ],
];

describe('refusing what upstream sends by mistake', () => {
  it.each(NOT_OF_THE_SCHEMA)('names the place of %s', async (_what, text, pointer, code) => {
    const { status, body } = await send(text);
    expect({ status, body }).toMatchObject({
      status: 422,
      body: { code: 'validation_failed', errors: [{ pointer, code }] },
    });
  });

  it.each(NOT_STORABLE)('names the place of %s', async (_what, text, pointer) => {
    const { status, body } = await send(text);
    expect({ status, body }).toMatchObject({
      status: 422,
      body: { code: 'validation_failed', errors: [{ pointer, code: 'invalid_text' }] },
    });
  });

  it.each(NOT_READABLE)('says no to %s', async (_what, text, type, status, code) => {
    const answer = await send(text, type);
    expect(answer).toMatchObject({ status, body: { status, code } });
  });

  it('points at the key that stands there twice', async () => {
    const { body } = await send(withData('"minutes":1'));
    expect(body).toMatchObject({ errors: [{ pointer: '/data/minutes', code: 'duplicate_key' }] });
  });
});

describe('keeping the neighbours of something bad', () => {
  it('takes the good ones of a batch, and says of each bad one what is wrong', async () => {
    const bad = [...NOT_OF_THE_SCHEMA, ...NOT_STORABLE].filter(([, text]) => text.startsWith('{'));
    const texts = bad.flatMap(([, text], i) => [text, goodText(`neighbour-${i}`)]);
    const { status, body } = await send(`[${texts.join()}]`);
    const items = (body as { items: { status: number }[] }).items;
    expect(status).toBe(200);
    expect(items.map((item) => item.status)).toEqual(bad.flatMap(() => [422, 202]));
  });

  it('refuses one prototype in a batch, and not its neighbours', async () => {
    const poisoned = withData('"__proto__":{"admin":true}');
    const texts = [goodText('beside-1'), poisoned, goodText('beside-2')];
    const { status, body } = await send(`[${texts.join()}]`);
    const items = (body as { items: { status: number }[] }).items;
    expect([status, items.map((item) => item.status)]).toEqual([200, [202, 422, 202]]);
  });

  it('refuses one with a key twice in a batch, names the key, and takes its neighbours', async () => {
    const texts = [goodText('next-1'), withData('"minutes":1'), goodText('next-2')];
    const { status, body } = await send(`[${texts.join()}]`);
    const { items } = body as { items: { status: number; problem?: object }[] };
    expect([status, items.map((item) => item.status)]).toEqual([200, [202, 400, 202]]);
    expect(items[1]?.problem).toMatchObject({
      code: 'duplicate_key',
      errors: [{ pointer: '/data/minutes', code: 'duplicate_key' }],
    });
  });

  it('takes the good lines between bad ones, and says of each bad one what is wrong', async () => {
    const lines: readonly (readonly [line: string | Buffer, code: string | undefined])[] = [
      [goodText('line-1'), undefined],
      ['{"specversion":', 'malformed_json'],
      [goodText('line-3'), undefined],
      [withId(JSON.stringify('x'.repeat(200_000))), 'line_too_long'],
      [goodText('line-5'), undefined],
      [withReference('"a\\u0000b"'), 'validation_failed'],
      [withReference('"\\ud83d"'), 'validation_failed'],
      [withData('"__proto__":{"admin":true}'), 'validation_failed'],
      [withData('"minutes":1'), 'duplicate_key'],
      [Buffer.from(GOOD_TEXT.replace('payments', 'p\xe4yments'), 'latin1'), 'malformed_json'],
      [goodText('line-11'), undefined],
      ['[]', 'validation_failed'],
      [withMinutes('-1'), 'validation_failed'],
      [goodText('line-14'), undefined],
    ];
    const bytes = Buffer.concat(lines.flatMap(([line]) => [Buffer.from(line), Buffer.from('\n')]));
    const told = await sendLines(bytes);
    const refused = told.slice(0, -1).map(({ line, problem }) => [line, problem?.code]);
    const bad = lines.flatMap(([, code], i) => (code === undefined ? [] : [[i + 1, code]]));
    expect(refused).toEqual(bad);
    expect(told.at(-1)).toMatchObject({ complete: true, accepted: 5, refused: bad.length });
  });

  it('tells that there was nothing in a stream of nothing', async () => {
    expect(await sendLines(Buffer.from('\n\n'))).toMatchObject([{ complete: true, accepted: 0 }]);
  });

  it('has blamed itself for none of it', () => {
    expect(logLines).toEqual([]);
  });
});

const goodText = (id: string): string =>
  JSON.stringify({ ...GOOD, id, data: { ...GOOD.data, completionRef: id } });

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** What a caller must never see: where our code lies, or what the database said. */
const OURS = /node_modules|\.[jt]s:\d|\bat \S+ \(|postgres|ajv|"stack"/i;

async function post(body: string | Buffer, type: string): Promise<Response> {
  const headers = { 'content-type': type, authorization: `Bearer ${key}` };
  return await fetch(`${url}/v1/events`, { method: 'POST', headers, body });
}

async function send(body: string | Buffer, type = JSON_TYPE): Promise<Answer> {
  const response = await post(body, type);
  const text = await response.text();
  expect(text).not.toMatch(OURS);
  if (response.status >= 400)
    expect(response.headers.get('content-type')).toMatch('application/problem+json');
  return { status: response.status, body: JSON.parse(text) };
}

interface Told {
  readonly line?: number;
  readonly problem?: { readonly code: string };
}

async function sendLines(body: Buffer): Promise<Told[]> {
  const text = await (await post(body, LINES_TYPE)).text();
  expect(text).not.toMatch(OURS);
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Told);
}

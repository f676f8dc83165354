import { TRAINING_COMPLETED_EXAMPLE } from '@tributary/contracts';
import { type Serving, coreSettings, serve } from '@tributary/platform';
import { collectingLogger, testMasterKey } from '@tributary/platform/testing';
import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import { SERVICES } from '../src/standalone.module';
import { type SmallDisk, smallDisk } from './full-disk.fixture';

jest.setTimeout(180_000);

const PATIENCE_MS = 120_000;

let postgres: TestPostgres;
let databaseUrl: string;
let serving: Serving;
let url: string;
let key: string;
let disk: SmallDisk | undefined;

beforeAll(async () => {
  postgres = await startTestPostgres({ own: true, settings: { synchronous_commit: 'on' } });
  databaseUrl = await postgres.freshDatabase();
  const settings = coreSettings.read({
    PORT: '0',
    DATABASE_URL: databaseUrl,
    PRIVACY_MASTER_KEY: testMasterKey,
  });
  const { logger } = collectingLogger('error');
  serving = await serve({ name: 'standalone', modules: SERVICES, settings, logger });
  url = await serving.listen();
  key = (await serving.keys.issueKey({ tenant: 'acme', role: 'admin', label: 'test' })).key;
});

afterAll(async () => {
  await serving.close();
  await disk?.remove();
  await postgres.stop();
});

describe('working on while the database is dead', () => {
  beforeAll(async () => {
    expect(await send(fact('before'))).toMatchObject({ status: 202 });
    await expectCounted(1);
    await server().kill();
  });

  it('refuses writes and reads for a while, without a word about why', async () => {
    const refused = [
      send(fact('during')),
      send([fact('during'), fact('meanwhile')]),
      call('/v1/partners/northwind/measures'),
    ];
    for (const answer of await Promise.all(refused)) expectUnavailable(answer);
  });

  it('says that it lives, and names what it cannot do', async () => {
    expect(await call('/health/live')).toMatchObject({ status: 200, body: { status: 'live' } });
    const ready = await call('/health/ready');
    expect(ready).toMatchObject({ status: 503, retryAfter: expect.any(String) });
    const { code, facts } = ready.body as { code: string; facts: { failing: string[] } };
    expect(code).toBe('not_ready');
    expect(facts.failing).toEqual(
      expect.arrayContaining(['event log', 'attribution database', 'tier-evaluation database']),
    );
  });

  it('works again by itself when the database is back, and so do its feeds', async () => {
    await server().restart();
    await until('it is ready', async () => (await call('/health/ready')).status === 200);
    await taken(fact('during'));
    expect(await send(fact('before'))).toMatchObject({ status: 200 });
    await expectCounted(2);
  });
});

describe('working on while the disk is full', () => {
  it('refuses what it cannot write, goes on reading, and takes it when there is room again', async () => {
    disk = await smallDisk(server(), databaseUrl);
    process.stdout.write(`the full disk is a ${disk.kind}\n`);
    const told = await tellUntilRefused(disk);

    expect(await call('/v1/partners/northwind/measures')).toMatchObject({ status: 200 });
    expect(await call('/health/live')).toMatchObject({ status: 200 });
    await disk.empty();
    for (const batch of told.refused) await taken(batch);
    const [first] = told.accepted;
    if (first) expect((await send(first)).status).toBe(200);
    await expectCounted(2 + [...told.accepted, ...told.refused].flat().length);
  });
});

interface Told {
  readonly accepted: (readonly object[])[];
  readonly refused: (readonly object[])[];
}

/** What fits into the pages that the server has already is still taken; then every answer is a refusal. */
async function tellUntilRefused(small: SmallDisk): Promise<Told> {
  await small.fill();
  const told: Told = { accepted: [], refused: [] };
  for (let batch = 0; batch < 40 && told.refused.length === 0; batch++) {
    const facts = Array.from({ length: 250 }, (_, i) => fact(`full-${batch}-${i}`));
    const answer = await send(facts);
    if (answer.status === 200) {
      told.accepted.push(facts);
      continue;
    }
    expectUnavailable(answer);
    told.refused.push(facts);
  }
  expect(told.refused).toHaveLength(1);
  return told;
}

function server() {
  if (postgres.server === undefined) throw new Error('A server of its own was asked for.');
  return postgres.server;
}

function fact(id: string): object {
  const data = { ...TRAINING_COMPLETED_EXAMPLE.data, completionRef: id };
  return { ...TRAINING_COMPLETED_EXAMPLE, id, data };
}

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly retryAfter: string | null;
  readonly text: string;
  readonly body: unknown;
}

async function call(path: string, init: RequestInit = {}): Promise<Answer> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  const response = await fetch(url + path, { ...init, headers });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    retryAfter: response.headers.get('retry-after'),
    text,
    body: JSON.parse(text),
  };
}

const send = (body: object): Promise<Answer> =>
  call('/v1/events', { method: 'POST', body: JSON.stringify(body) });

function expectUnavailable({ status, type, retryAfter, text, body }: Answer): void {
  expect({ status, type, body }).toMatchObject({
    status: 503,
    type: expect.stringContaining('application/problem+json'),
    body: { status: 503, code: 'unavailable' },
  });
  expect(Number(retryAfter)).toBeGreaterThan(0);
  expect(text).not.toMatch(/node_modules|\.[jt]s:\d|\bat \S+ \(|postgres|ECONN|"stack"|space/i);
}

/** Sent again as a sender would, until it is acknowledged. */
async function taken(body: object): Promise<void> {
  await until('it is taken', async () => {
    const answer = await send(body);
    if (answer.status !== 503) expect([200, 202]).toContain(answer.status);
    return answer.status !== 503;
  });
}

async function expectCounted(count: number): Promise<void> {
  await until(`${count} are counted`, async () => {
    const { body } = await call('/v1/partners/northwind/measures');
    const { measures = [] } = body as { measures?: { count: string }[] };
    return measures[0]?.count === String(count);
  });
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const deadlineMs = Date.now() + PATIENCE_MS; Date.now() < deadlineMs;) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Not within ${PATIENCE_MS} ms: ${what}.`);
}

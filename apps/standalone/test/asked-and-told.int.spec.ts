import { TRAINING_COMPLETED_EXAMPLE as GOOD } from '@tributary/contracts';
import { type Serving, coreSettings, serve } from '@tributary/platform';
import { collectingLogger, testMasterKey } from '@tributary/platform/testing';
import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import { SERVICES } from '../src/standalone.module';

const LINES = 'application/x-ndjson';

let postgres: TestPostgres;
let serving: Serving;
let url: string;
let key: string;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const settings = coreSettings.read({
    PORT: '0',
    DATABASE_URL: await postgres.freshDatabase(),
    PRIVACY_MASTER_KEY: testMasterKey,
  });
  const { logger } = collectingLogger('error');
  serving = await serve({ name: 'standalone', modules: SERVICES, settings, logger });
  url = await serving.listen();
  key = (await serving.keys.issueKey({ tenant: 'acme', role: 'admin', label: 'test' })).key;
});
afterAll(async () => {
  await serving.close();
  await postgres.stop();
});

describe('asking what became of an event', () => {
  it('finds a source as long as a source may be, and ids that an address cannot hold as they are', async () => {
    const source = `https://a.example/${'p'.repeat(270)}?x=1&y=%2F`;
    for (const id of ['a/b', '100%25 off', 'ünï-漢字-😀', `'; drop table x;--`, '%'.repeat(200)]) {
      expect(await told(factOf({ source, id }))).toMatchObject({ outcome: 'accepted' });
      expect(await became(source, id, 'wait=measured')).toMatchObject({ kind: 'reached', id });
    }
  });

  it('knows an accepted event at once, without having waited for anything', async () => {
    for (let i = 0; i < 20; i++) {
      await told(factOf({ id: `at-once-${i}` }));
      expect(await became(GOOD.source, `at-once-${i}`)).toMatchObject({ outcome: 'accepted' });
    }
    expect(await became(GOOD.source, 'never')).toMatchObject({ code: 'event_unknown' });
  });

  it('follows the event itself, although its sender calls a whole deal by one correlation id', async () => {
    const correlationid = 'deal-1';
    const ids = ['deal-a', 'deal-b'];
    for (const id of ids) await told({ ...factOf({ id }), correlationid });
    const factIds = new Set<unknown>();
    for (const id of ids) {
      const answer = await became(GOOD.source, id, 'wait=measured');
      expect(answer).toMatchObject({ kind: 'reached', correlationId: correlationid });
      factIds.add(answer['factId']);
    }
    expect(factIds.size).toBe(2);
    // A repeat under another correlation id changes nothing, so it is told the one that everything goes by.
    expect(await told({ ...factOf({ id: 'deal-a' }), correlationid: 'deal-2' })).toMatchObject({
      outcome: 'duplicate',
      correlationId: correlationid,
    });
  });

  it('refuses a token that lies beyond every log, and says when one is not visible yet', async () => {
    const ask = (token: string) => became(GOOD.source, 'deal-a', `timeoutMs=50&token=${token}`);
    expect(await ask('attribution:9999999999999999999')).toMatchObject({ code: 'invalid_token' });
    expect(await ask('attribution:999999999')).toMatchObject({ code: 'not_yet_visible' });
  });
});

describe('sending what a route does not take', () => {
  it('hands lines only to the route that reads them, however the type is written', async () => {
    const answer = await send('/v1/events', JSON.stringify(factOf({ id: 'line-1' })), {
      'content-type': 'Application/X-NDJSON',
    });
    expect(answer.status).toBe(200);
    expect(JSON.parse(await answer.text())).toMatchObject({ complete: true, accepted: 1 });
    for (const path of ['/v1/api-keys', '/v1/feeds/attribution/parked/resume']) {
      const refused = await send(path, '{}', { 'content-type': LINES });
      expect(await refused.json()).toMatchObject({ code: 'unsupported_media_type' });
    }
  });

  it('names a projection that is not there', async () => {
    const answer = await send('/v1/feeds/attribution/projections/nothing/rebuild', '{}');
    expect(await answer.json()).toMatchObject({ status: 404, code: 'unknown_projection' });
  });
});

const factOf = ({ id, source = GOOD.source }: { id: string; source?: string }) => ({
  ...GOOD,
  id,
  source,
  data: { ...GOOD.data, completionRef: id.slice(0, 100) },
});

const send = (path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(`${url}${path}`, {
    method: 'POST',
    body,
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'idempotency-key': 'asked-and-told',
      ...headers,
    },
  });

const told = async (event: object) =>
  (await (await send('/v1/events', JSON.stringify(event))).json()) as Record<string, unknown>;

async function became(source: string, id: string, query = ''): Promise<Record<string, unknown>> {
  const path = [source, id].map(encodeURIComponent).join('/');
  const headers = { authorization: `Bearer ${key}` };
  const answer = await fetch(`${url}/v1/events/${path}?${query}`, { headers });
  return (await answer.json()) as Record<string, unknown>;
}

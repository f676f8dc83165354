import { type Role, ServiceRuntime, type Serving, coreSettings, serve } from '@tributary/platform';
import { expectEveryRouteDeclared, testMasterKey } from '@tributary/platform/testing';
import { PublishedTable } from '@tributary/feeds';
import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import { PartnersModule } from '../src/partners.module';

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
  serving = await serve({ name: 'partners', modules: [PartnersModule], settings });
  url = await serving.listen();
  const people: [string, Role, string?][] = [
    ['ana', 'programme'],
    ['auditor', 'auditor'],
    ['northwind', 'partner', 'northwind'],
    ['eastwind', 'partner', 'eastwind'],
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

const OWN = '/v1/partners/northwind';

describe('what a partner may show for itself', () => {
  it('is recorded with its evidence, and shown at any time', async () => {
    const exam = {
      level: 'advanced',
      effectiveAt: '2026-01-10T12:00:00Z',
      validUntil: '2026-05-01T00:00:00Z',
      evidence: ['exam 2026-118'],
    };
    const granted = await post(`${OWN}/qualifications/certificate/exam7`, exam);
    expect(granted).toMatchObject({ status: 201, id: 'northwind.certificate.exam7' });
    const at = async (time: string) => {
      const query = `at=${time}&token=${String(granted['token'])}`;
      const { items } = await get(`${OWN}/qualifications?${query}`, 'northwind');
      return (items as { inForce: boolean; value: object | null }[])[0];
    };
    expect(await at('2026-01-10T11:59:59Z')).toMatchObject({ value: null, inForce: false });
    expect(await at('2026-04-30T23:59:59Z')).toMatchObject({
      value: { level: 'advanced', evidence: ['exam 2026-118'] },
      inForce: true,
    });
    expect(await at('2026-05-01T00:00:00Z')).toMatchObject({ inForce: false });
    expect(await get(`${OWN}/qualifications`, 'eastwind')).toMatchObject({
      code: 'not_your_partner',
    });
  });

  it.each([
    ['a kind that is not there', 'licence', {}, 404, 'kind_unknown'],
    ['a level that is not there', 'certificate', { level: 'gold' }, 422, 'level_unknown'],
    ['no evidence', 'certificate', { evidence: [] }, 422, 'validation_failed'],
  ])('refuses %s', async (_what, kind, over, status, code) => {
    const body = { level: 'advanced', evidence: ['exam 1'], ...over };
    expect(await post(`${OWN}/qualifications/${kind}/x1`, body)).toMatchObject({ status, code });
  });
});

describe('the way to certification', () => {
  const step = (record: string, kind: string, minutes: number, on: string) =>
    post(`${OWN}/certification/steps`, {
      record,
      step: kind,
      minutes,
      completedAt: `2026-03-${on}T12:00:00Z`,
      evidence: [`document ${record}`],
    });

  it('ends with the last minute, and is told to others since then (M134)', async () => {
    await step('p1', 'product', 480, '09');
    await step('d1', 'demo', 0, '12');
    await step('c1', 'pilot', 0, '20');
    const short = await step('t1', 'technical', 239, '02');
    const path = `${OWN}/certification?token=${String(short['token'])}`;
    expect(await get(path, 'northwind')).toMatchObject({
      completedAt: null,
      dueAt: '2026-03-30T12:00:00.000Z',
    });
    const last = await step('t2', 'technical', 1, '25');
    expect(await get(`${OWN}/certification?token=${String(last['token'])}`)).toMatchObject({
      completedAt: '2026-03-25T12:00:00.000Z',
      validUntil: '2027-03-25T12:00:00.000Z',
    });
    const { log, feeds, database } = serving.app.get(ServiceRuntime);
    expect(await feeds.waitUntil(['published'], await log.head(), 30_000)).toBe(true);
    const { events } = await new PublishedTable(database).after(0n, 1_000);
    const told = events.filter(({ type }) => type === 'partners.qualification.v1');
    expect(told.map(({ data }) => data)).toMatchObject([
      { kind: 'certificate', record: 'exam7' },
      {
        partner: 'northwind',
        kind: 'certificate',
        record: 'certification',
        steps: [{ at: '2026-03-25T12:00:00.000Z', value: { holds: true, level: 'certified' } }],
      },
    ]);
  });

  it('lets an auditor read, and write nothing', async () => {
    expect(await get(`${OWN}/certification`, 'auditor')).toMatchObject({ status: 200 });
    const denied = await post(
      `${OWN}/certification/steps/t2/withdrawals`,
      { reason: 'No' },
      'auditor',
    );
    expect(denied).toMatchObject({ status: 403 });
  });

  it('shows the same after its tables were filled anew, and declares every route', async () => {
    await post(`${OWN}/certification/steps/t2/withdrawals`, { reason: 'Somebody else did it' });
    const { feeds, log } = serving.app.get(ServiceRuntime);
    expect(await feeds.waitUntil(['qualifications'], await log.head(), 30_000)).toBe(true);
    const { comparison = [] } = await feeds.rebuild('qualifications', { compare: true });
    expect(comparison.map(({ table, equal }) => [table, equal])).toEqual([
      ['qualification', true],
      ['certification_step', true],
    ]);
    expectEveryRouteDeclared(serving.app);
  });
});

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

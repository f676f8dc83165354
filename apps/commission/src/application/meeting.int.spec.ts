import { LINE_CREDITED } from '@tributary/contracts';
import { Topics, feedMigrations } from '@tributary/feeds';
import type { JsonObject } from '@tributary/kernel';
import { Database } from '@tributary/postgres';
import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import { PLAN, agreed, line, noon, published } from '../domain/earnings/earnings.fixture';
import { topicOfAgreements } from '../domain/earnings/topics';
import { topicOfPlan } from '../domain/plan/events';
import { CreateLineDirectory1790000005000, LineDirectory } from './directory';
import { type Whereabouts, linesOfPartner, windowsOfLine } from './lines';
import { shapeTold } from './windows';

let postgres: TestPostgres;
let database: Database;
let whereabouts: Whereabouts;
const TENANT = 'acme';

beforeAll(async () => {
  postgres = await startTestPostgres();
});
beforeEach(async () => {
  const url = await postgres.freshDatabase();
  const migrations = [...feedMigrations, CreateLineDirectory1790000005000];
  database = await Database.open({ url, schema: 'commission', migrations });
  whereabouts = { directory: new LineDirectory(database), topics: new Topics(database) };
});
afterEach(() => database.close());
afterAll(() => postgres.stop());

const sale = line(noon('03-05'), 100_000);

const tell = (topic: string, { told }: ReturnType<typeof agreed>) =>
  whereabouts.topics.tell(TENANT, { ...told, topic });
const tellPlan = async () => {
  await tell(topicOfPlan(PLAN), published());
  const versions = await whereabouts.topics.told(TENANT, [topicOfPlan(PLAN)]);
  await whereabouts.topics.tell(TENANT, shapeTold(PLAN, versions));
};
const tellAgreement = () => tell(topicOfAgreements('p1'), agreed());

/** A line arrives; `between` runs where it has been registered and the terms have not been read yet. */
function credit(between: () => Promise<unknown> = () => Promise.resolve(), revision = 1n) {
  const topics = {
    told: async (...asked: Parameters<Topics['told']>) => {
      await between();
      return whereabouts.topics.told(...asked);
    },
  } as unknown as Topics;
  const event = { type: LINE_CREDITED, tenant: TENANT, revision, data: sale };
  return windowsOfLine(event, { ...whereabouts, topics });
}

/** An agreement arrives; `between` runs where it has been told and the lines have not been read yet. */
async function agree(between: () => Promise<unknown> = () => Promise.resolve()) {
  await tellAgreement();
  await between();
  return linesOfPartner(TENANT, 'p1', whereabouts);
}

const REACHED = [
  {
    type: 'SendLines',
    child: null,
    lines: [`${sale.sale} ${sale.payment} l1`],
    id: { window: '2026-q1' },
  },
];

describe('a line and its terms meet in a window that neither has opened yet', () => {
  beforeEach(tellPlan);

  it('when the line comes first', async () => {
    expect(await credit()).toEqual([]);
    expect(await agree()).toMatchObject(REACHED);
  });

  it('when the agreement comes first', async () => {
    expect(await agree()).toEqual([]);
    expect(await credit()).toMatchObject(REACHED);
  });

  it('when the agreement is told between the registration of the line and its reading', async () => {
    expect(await credit(() => agree())).toMatchObject(REACHED);
  });

  it('when the line is registered between the telling of the agreement and its reading', async () => {
    expect(await agree(() => credit())).toMatchObject(REACHED);
  });

  it('in one of the two ways when both are at it at once', async () => {
    const [ofLine, ofTerms] = await Promise.all([credit(), agree()]);
    expect([...ofLine, ...ofTerms].length).toBeGreaterThan(0);
    // Whoever missed the other was seen by it.
    expect((await credit(undefined, 2n))[0]).toMatchObject(REACHED[0] as JsonObject);
  });
});

describe('a line that moves to another payment day', () => {
  it('is still sent to the window that an earlier revision reached, and to partners it named', async () => {
    await tellPlan();
    await agree();
    await credit();
    const moved = line(noon('05-05'), 100_000, { sale: sale.sale });
    const [first] = moved.steps;
    if (first === undefined) throw new Error('A line has a step.');
    const parts = [{ partner: 'p2', role: 'sourced', basis: '100000' }];
    const data = { ...moved, steps: [{ ...first, value: { ...first.value, parts } }] };
    const event = { type: LINE_CREDITED, tenant: TENANT, revision: 2n, data };
    const sent = await windowsOfLine(event, whereabouts);
    expect(sent.map(({ id }) => [id.partner, id.window])).toEqual([
      ['p1', '2026-q1'],
      ['p1', '2026-q2'],
    ]);
    const [read] = await whereabouts.directory.read(TENANT, sent[0]?.lines ?? []);
    expect(read).toMatchObject({ revision: 2 });
  });
});

describe('lines that come at the same time', () => {
  it('are each answered with what they themselves credited and reached, now and before', async () => {
    const { directory } = whereabouts;
    const told = (name: string, revision: number, partners: readonly string[]) => ({
      tenant: TENANT,
      line: name,
      revision,
      data: sale,
      partners,
    });
    await directory.register(told('a', 1, ['p1']));
    await directory.reach({ tenant: TENANT, line: 'a' }, [{ stream: 's1', child: '' }]);
    expect(
      await Promise.all([
        directory.register(told('a', 2, ['p2'])),
        directory.register(told('b', 1, ['p3'])),
        directory.register(told('c', 1, [])),
      ]),
    ).toEqual([['p1', 'p2'], ['p3'], []]);
    const s2 = { stream: 's2', child: 'p1' };
    expect(
      await Promise.all([
        directory.reach({ tenant: TENANT, line: 'a' }, [s2]),
        directory.reach({ tenant: TENANT, line: 'a' }, []),
        directory.reach({ tenant: TENANT, line: 'b' }, []),
      ]),
    ).toEqual([[{ stream: 's1', child: '' }, s2], [{ stream: 's1', child: '' }, s2], []]);
    const read = await Promise.all([
      directory.read(TENANT, ['b', 'a']),
      directory.read(TENANT, ['c', 'd']),
      directory.read('other', ['a']),
    ]);
    expect(read.map((lines) => lines.map(({ revision }) => revision))).toEqual([[2, 1], [1], []]);
  });
});

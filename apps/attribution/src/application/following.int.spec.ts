import type { CommandBus } from '@nestjs/cqrs';
import { PostgresEventLog, postgresLogMigrations } from '@tributary/event-log';
import { Feeds, Topics, feedMigrations } from '@tributary/feeds';
import { type Cause, CommandRunner, uuidV5 } from '@tributary/kernel';
import type { DispatchContext } from '@tributary/platform';
import { Database } from '@tributary/postgres';
import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import type { CustomerCommand } from '../domain/customer/commands';
import { customer } from '../domain/customer/decide';
import { type CustomerTold, customerStreamOf } from '../domain/customer/events';
import { identifier } from '../domain/identifier/decide';
import { topicOfIdentifier } from '../domain/topics';
import { ToCustomer, streamOfCustomer } from './customers';
import { customersFollowing, evidenceTelling, knownUnder } from './following';
import { day, itemOf, noteAt, published, signingUp, touchOf, visitorOf } from './history.fixture';
import { ToIdentifier, streamOfIdentifier } from './identifiers';
import { type Arrival, TENANT } from './network.fixture';

let postgres: TestPostgres;
let database: Database;
let log: PostgresEventLog;
let runner: CommandRunner;
let topics: Topics;
let sent = 0;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
beforeEach(async () => {
  const url = await postgres.freshDatabase();
  const migrations = [...postgresLogMigrations, ...feedMigrations];
  database = await Database.open({ url, schema: 'attribution', migrations });
  log = await PostgresEventLog.open(database);
  runner = new CommandRunner(log, { now: Date.now });
  topics = new Topics(database);
});
afterEach(async () => {
  await log.close();
  await database.close();
});
afterAll(() => postgres.stop());

const visitor = visitorOf('v1');
const wanted = [topicOfIdentifier(visitor)];
const follower = { tenant: TENANT, stream: customerStreamOf(TENANT, 'c1') };
const touch = () => arrive(noteAt(visitor, itemOf('t1', day(1), touchOf('northwind'))));
const followers = async () => (await topics.followers(TENANT, wanted)).get(wanted[0] ?? '') ?? [];

describe('a customer begins to follow an identifier while something happens under it', () => {
  it('reads what was noted before, and is asked for by what is noted after', async () => {
    await touch();
    expect(await followers()).toEqual([]);
    const { evidence } = await knownUnder({ topics, log }, follower, wanted);
    expect(evidence).toMatchObject([{ from: visitor, crowd: false, items: [{ version: 1 }] }]);
    expect(await followers()).toEqual([follower.stream]);
  });

  it('misses nothing that is noted between its registration and its reading', async () => {
    const reading = {
      // Whoever writes now sees the registration, and the reader sees what was written.
      read: async function* (...[stream]: Parameters<PostgresEventLog['read']>) {
        await touch();
        expect(await followers()).toEqual([follower.stream]);
        yield* log.read(stream);
      },
    };
    const { evidence } = await knownUnder({ topics, log: reading }, follower, wanted);
    expect(evidence).toHaveLength(1);
  });

  it('meets the other side in one of the two ways when both are at it at once', async () => {
    for (let round = 0; round < 20; round++) {
      const one = visitorOf(`v${String(round)}x`);
      const topic = topicOfIdentifier(one);
      const noting = async () => {
        await arrive(noteAt(one, itemOf(`t${String(round)}`, day(1), touchOf('northwind'))));
        return (await topics.followers(TENANT, [topic])).get(topic) ?? [];
      };
      const following = () => knownUnder({ topics, log }, follower, [topic]);
      const [told, { evidence }] =
        round % 2 === 0
          ? await Promise.all([noting(), following()])
          : await Promise.all([following(), noting()]).then(([f, n]) => [n, f] as const);
      expect([round, told.length + evidence.length > 0]).toEqual([round, true]);
    }
  });
});

describe('facts on a real log', () => {
  const facts: Arrival[] = [
    noteAt(visitor, itemOf('t1', day(1), touchOf('northwind'))),
    ...signingUp('s1', day(5), 'c1', [visitor]),
  ];

  it.each([
    ['in order', facts],
    ['in the opposite order', [...facts].reverse()],
  ])('credit the partner when they come %s', async (_how, arrivals) => {
    const bus = { execute } as unknown as CommandBus;
    const failed: unknown[] = [];
    const feeds = await Feeds.start({
      service: 'attribution',
      database,
      log,
      categories: ['customer', 'identifier'],
      reactions: [customersFollowing(bus, { topics, log }), evidenceTelling(bus, { topics })],
      observer: { failed: (_part, error) => failed.push(error) },
      owner: 'spec',
    });
    try {
      for (const { told } of published(['northwind']).filter((each) => each.type === 'Tell'))
        await topics.tell(TENANT, told);
      for (const arrival of arrivals) await arrive(arrival);
      await untilCredited('northwind');
      expect(failed).toEqual([]);
    } finally {
      await feeds.stop();
    }
  });
});

type Sent = ToCustomer | ToIdentifier;

function execute({
  command,
  context: { tenant, cause },
}: Sent & { readonly context: DispatchContext }) {
  return 'customer' in command
    ? runner.run(customer, streamOfCustomer(command, tenant), command, cause)
    : runner.run(identifier, streamOfIdentifier(command, tenant), command, cause);
}

async function arrive(arrival: Arrival): Promise<void> {
  if (arrival.type === 'Tell') throw new Error('Terms are told through topics.');
  const commandId = uuidV5('spec', String(sent++));
  const cause: Cause = {
    commandId,
    fingerprint: commandId,
    actor: 'spec',
    causationId: null,
    correlationId: 'spec',
    traceParent: null,
  };
  const context = { tenant: TENANT, cause };
  await execute(
    'customer' in arrival
      ? new ToCustomer(arrival satisfies CustomerCommand, context)
      : new ToIdentifier(arrival, context),
  );
}

async function untilCredited(partner: string): Promise<void> {
  let told: CustomerTold | undefined;
  for (let tries = 0; tries < 600; tries++) {
    for await (const { type, data } of log.read(follower.stream))
      if (type === 'CreditRevised') told = data as unknown as CustomerTold;
    if (told?.credits.general.at(-1)?.value.parts[0]?.partner === partner) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Not credited: ${JSON.stringify(told)}`);
}

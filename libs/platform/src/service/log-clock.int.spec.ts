import { Controller, Get, Module, Query } from '@nestjs/common';
import { type Recorded, instant, prepare, streamOf, uuidV5 } from '@tributary/kernel';
import { PostgresEventLog, postgresLogMigrations } from '@tributary/event-log';
import { keyedTable, projection } from '@tributary/feeds';
import { Database } from '@tributary/postgres';
import { startTestPostgres } from '@tributary/testing';
import { Allow } from '../auth/access';
import { coreSettings } from '../config/core-settings';
import { AsOfQuery, pointAsked, standingAt, upTo } from '../queries/as-of';
import { LedgerStandIn, collectingLogger, testMasterKey } from '../testing';
import { type Serving, serve } from './serve';
import { ServiceModule } from './service.module';
import { ServiceRuntime } from './service-runtime';

const TOKEN = 'a-token-that-the-services-share';
const STREAM = streamOf('asking', 'acme', 'one');

/** What writers' clocks said, in the order of the log; every third event is of the service that is asked. */
const RECORDED = [
  '10:00:00.000',
  '10:00:00.005',
  '10:00:00.005',
  // Ahead of all that follow in the next lines.
  '10:00:00.009',
  '10:00:00.006',
  '10:00:00.006',
  '10:00:00.009',
  '10:00:00.010',
  '10:00:00.010',
].map((time) => instant(`2026-03-01T${time}Z`));

const OWN = projection({
  name: 'own',
  version: 1,
  events: { Noted: { $stream: 'text', $logPosition: 'bigint' } },
  tables: { own: keyedTable({ key: { position: 'bigint' }, sets: { stream: 'text' } }) },
  rows: ({ $stream: stream, $logPosition: position }) => ({ own: [{ position, stream }] }),
});

describe('asking where the log stood', () => {
  let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
  let url: string;
  let ledger: Place;
  /** With the ledger in the same process, and in another one. */
  let together: Place;
  let apart: Place;
  const opened: Serving[] = [];

  beforeAll(async () => {
    postgres = await startTestPostgres();
    url = await postgres.freshDatabase();
    ledger = await open([LedgerStandIn]);
    together = await open([LedgerStandIn, Asking]);
    apart = await open([Asking], { OWNER_URLS: `ledger=${ledger.address}` });
    await write();
  }, 60_000);
  afterAll(async () => {
    for (const serving of opened.reverse()) await serving.close();
    await postgres.stop();
  });

  async function open(
    modules: Parameters<typeof serve>[0]['modules'],
    more: Record<string, string> = {},
  ): Promise<Place> {
    const { logger } = collectingLogger('silent');
    const settings = coreSettings.read({
      PORT: '0',
      DATABASE_URL: url,
      PRIVACY_MASTER_KEY: testMasterKey,
      SERVICE_TOKEN: TOKEN,
      ...more,
    });
    const serving = await serve({ name: 'test', modules, settings, logger });
    opened.push(serving);
    const { key } = await serving.keys.issueKey({ tenant: 'acme', role: 'auditor', label: 'test' });
    return { address: await serving.listen(), key };
  }

  async function write(): Promise<void> {
    let at = 0;
    const database = await Database.open({ url, schema: 'log', migrations: postgresLogMigrations });
    const log = await PostgresEventLog.open(database, {
      now: () => Date.parse(RECORDED[at] ?? ''),
    });
    const revisions = new Map<string, bigint>();
    for (; at < RECORDED.length; at++) {
      const stream = at % 3 === 0 ? STREAM : streamOf('other', 'acme', 'one');
      const id = uuidV5('log-clock', String(at));
      const event = { type: 'Noted', data: {}, occurredAt: RECORDED[0] as Recorded['occurredAt'] };
      const cause = { commandId: id, fingerprint: 'f', actor: 'key:test', causationId: null };
      const prepared = prepare(event, { ...cause, correlationId: 'c', traceParent: null }, 0, id);
      const { revision } = await log.append(stream, revisions.get(stream) ?? 'none', [prepared]);
      revisions.set(stream, revision);
    }
    await log.close();
    await database.close();
  }

  it.each([
    ['before everything', '2026-03-01T09:59:59.999Z', '0', []],
    ['at the first', '2026-03-01T10:00:00.000Z', '1', ['1']],
    ['at a millisecond of two', '2026-03-01T10:00:00.005Z', '3', ['1']],
    // Events 5 and 6 were recorded at 006, behind one of 009: nobody knew of them before.
    ['at the time of what stands behind a later one', '2026-03-01T10:00:00.006Z', '3', ['1']],
    ['at the time of the later one', '2026-03-01T10:00:00.009Z', '7', ['1', '4', '7']],
    ['at the last millisecond', '2026-03-01T10:00:00.010Z', '9', ['1', '4', '7']],
    ['after everything', '2026-03-02T00:00:00.000Z', '9', ['1', '4', '7']],
  ])(
    'cuts %s at one position, in one process and in two',
    async (_when, known, position, shown) => {
      for (const place of [together, apart])
        expect(await ask(place, `?known=${known}`)).toMatchObject({
          ...{ known, position, leaf: null, checkpoint: null },
          events: shown,
          rows: shown,
        });
    },
  );

  it('cuts at a position without a moment, and at whichever comes first', async () => {
    expect(await ask(apart, '?position=4')).toMatchObject({
      ...{ position: '4', known: '2026-03-01T10:00:00.009Z', events: ['1', '4'] },
    });
    const both = '?position=2&known=2026-03-01T10:00:00.009Z';
    expect(await ask(apart, both)).toMatchObject({ position: '2', events: ['1'] });
  });

  it('asks nobody about now, and says who is missing where somebody asks about an earlier time', async () => {
    const nowhere = await open([Asking], { OWNER_URLS: 'ledger=http://127.0.0.1:1' });
    const alone = await open([Asking]);
    for (const place of [nowhere, alone]) {
      expect(await ask(place, '')).toMatchObject({ known: null, events: ['1', '4', '7'] });
      expect(await ask(place, '?position=1')).toMatchObject({ status: 503, code: 'unavailable' });
    }
    const headers = { authorization: 'Bearer another-token' };
    expect((await fetch(`${ledger.address}/v1/log-clock?position=1`, { headers })).status).toBe(
      401,
    );
  }, 60_000);

  async function ask({ address, key }: Place, query: string): Promise<unknown> {
    const headers = { authorization: `Bearer ${key}` };
    return await (await fetch(`${address}/v1/asking${query}`, { headers })).json();
  }
});

interface Place {
  readonly address: string;
  readonly key: string;
}

@Controller('v1/asking')
@Allow('auditor')
class AskingController {
  constructor(private readonly runtime: ServiceRuntime) {}

  @Get()
  async find(@Query() query: AsOfQuery) {
    const point = await pointAsked(this.runtime, [OWN.name], query);
    const events: bigint[] = [];
    for await (const { position } of upTo(this.runtime.log.read(STREAM), point))
      events.push(position);
    const { rows } = await this.runtime.database.query<{ position: string }>(
      'select position from own where $1::bigint is null or position <= $1 order by position',
      [point === undefined ? null : String(point.position)],
    );
    const standing = standingAt(point, events.at(-1) ?? 0n);
    return { ...standing, events, rows: rows.map(({ position }) => position) };
  }
}

@Module({
  imports: [ServiceModule.of({ name: 'asking', categories: ['asking'], projections: [OWN] })],
  controllers: [AskingController],
})
class Asking {}

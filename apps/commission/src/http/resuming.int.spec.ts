import { PostgresEventLog, postgresLogMigrations } from '@tributary/event-log';
import { CommandRunner, type StreamLog, unavailable, uuidV5 } from '@tributary/kernel';
import { type Serving, coreSettings, serve } from '@tributary/platform';
import { testMasterKey } from '@tributary/platform/testing';
import { Database } from '@tributary/postgres';
import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import type { EarningsCommand } from '../domain/earnings/commands';
import { earnings } from '../domain/earnings/decide';
import {
  agreed,
  line,
  noon,
  partnerIs,
  programme,
  published,
  windowOf,
} from '../domain/earnings/earnings.fixture';
import type { EarningsEvent } from '../domain/earnings/events';
import { earningsStreamOf } from '../domain/earnings/window';
import { COMMISSION_AMONG_OTHERS } from './commission.fixture';

const LINES = 600;
const id = windowOf();
const stream = earningsStreamOf('acme', id);

let postgres: TestPostgres;
let url: string;
let database: Database;
let log: PostgresEventLog;

beforeAll(async () => {
  postgres = await startTestPostgres();
  url = await postgres.freshDatabase();
  database = await Database.open({ url, schema: 'log', migrations: postgresLogMigrations });
  log = await PostgresEventLog.open(database, { now: Date.now });
});
afterAll(async () => {
  await log.close();
  await database.close();
  await postgres.stop();
});

const events = async (): Promise<readonly EarningsEvent[]> => {
  const found: EarningsEvent[] = [];
  for await (const event of log.read(stream)) found.push(event as unknown as EarningsEvent);
  return found;
};
const typesOf = (found: readonly EarningsEvent[]) => found.map(({ type }) => type);

/** A process that is gone as soon as the first step of its work is stored. */
function dying(): { readonly log: StreamLog; readonly gone: Promise<void> } {
  let [behind, isGone] = [false, false];
  let tell: () => void = () => undefined;
  const gone = new Promise<void>((resolve) => (tell = resolve));
  const append: StreamLog['append'] = async (to, expected, drafts) => {
    if (isGone) throw unavailable('A process that was killed');
    const appended = await log.append(to, expected, drafts);
    if (behind) {
      isGone = true;
      tell();
    }
    behind ||= drafts.some(({ type }) => type === 'WindowFellBehind');
    return appended;
  };
  const appendMany: StreamLog['appendMany'] = (...asked) => log.appendMany(...asked);
  return { log: { append, appendMany, read: (...asked) => log.read(...asked) }, gone };
}

const chunks: readonly EarningsCommand[] = Array.from({ length: LINES / 50 }, (_, chunk) => ({
  type: 'LearnLines',
  id,
  zone: 'America/Sao_Paulo',
  child: null,
  lines: Array.from({ length: 50 }, (__, i) => ({
    revision: 1,
    data: line(noon('03-05'), 1_000, { sale: `s${String(chunk * 50 + i)}` }),
  })),
}));

describe('a window that is behind when its process is killed between two steps', () => {
  it('goes on where it stopped once a process is there again, and posts nothing twice', async () => {
    const process = dying();
    const runner = new CommandRunner(process.log, { now: Date.now });
    // Nothing is due before there is a plan, so that it is the plan that makes the window fall behind.
    const commands = [...chunks, agreed(), partnerIs(), programme()];
    const steady = new CommandRunner(log, { now: Date.now });
    for (const [i, command] of commands.entries())
      await steady.run(earnings, stream, command, causeOf(i));
    await steady.resume(earnings, stream);
    await runner.run(earnings, stream, published(), causeOf(commands.length));
    await process.gone;
    const left = typesOf(await events());
    expect(left.at(-1)).toBe('WindowFellBehind');
    const postings = left.filter((type) => type === 'CommissionPosted').length;
    expect([postings > 0, postings < LINES]).toEqual([true, true]);

    const serving = await restarted();
    try {
      const found = await until((types) => types.at(-1) === 'WindowCaughtUp');
      const posted = found.flatMap((event) =>
        event.type === 'CommissionPosted' ? [event.data] : [],
      );
      expect(posted).toHaveLength(LINES);
      expect(new Set(posted.map(({ lineId }) => lineId)).size).toBe(LINES);
      expect(posted.every(({ amount }) => amount === '250')).toBe(true);
    } finally {
      await serving.close();
    }
  });
});

const restarted = (): Promise<Serving> =>
  serve({
    name: 'commission',
    modules: COMMISSION_AMONG_OTHERS,
    settings: coreSettings.read({
      PORT: '0',
      DATABASE_URL: url,
      LOG_LEVEL: 'silent',
      PRIVACY_MASTER_KEY: testMasterKey,
    }),
  });

async function until(
  holds: (types: readonly string[]) => boolean,
): Promise<readonly EarningsEvent[]> {
  const end = performance.now() + 60_000;
  for (;;) {
    const found = await events();
    if (holds(typesOf(found))) return found;
    if (performance.now() > end) throw new Error(`Never came: ${typesOf(found).slice(-3).join()}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

function causeOf(n: number) {
  const commandId = uuidV5('spec', String(n));
  return {
    commandId,
    fingerprint: commandId,
    actor: 'spec',
    causationId: null,
    correlationId: 'spec',
    traceParent: null,
  };
}

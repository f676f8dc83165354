import { uuidV5 } from '@tributary/kernel';
import type { Database, Queryable } from '@tributary/postgres';
import { testDatabases } from '../feeds.fixture';
import { exchangeDirectory, meet } from './meet';
import { WaitingFacts } from './waiting-facts';

const databases = testDatabases();

/** Begin, insert, commit, read: what one side does, one step at a time. */
const STEPS = 4;

describe('two facts that must meet', () => {
  it('never miss each other, in any interleaving of their steps', async () => {
    const database = await databases.open();
    await database.pool.query('create table here (round int, side text)');
    const schedules = interleavings(STEPS, STEPS);
    expect(schedules).toHaveLength(70);
    for (const [round, schedule] of schedules.entries()) {
      const sides = {
        a: new SteppedSide(database, round, 'a'),
        b: new SteppedSide(database, round, 'b'),
      };
      for (const side of schedule) await sides[side].step();
      const [a, b] = await Promise.all([sides.a.found, sides.b.found]);
      // Whoever commits second sees the first; both may.
      expect([schedule.join(''), a.includes('b') || b.includes('a')]).toEqual([
        schedule.join(''),
        true,
      ]);
      expect([a.includes('a'), b.includes('b')]).toEqual([true, true]);
    }
  });

  it('would miss each other if they read before they committed', async () => {
    const database = await databases.open();
    await database.pool.query('create table here (round int, side text)');
    const [one, two] = [await database.pool.connect(), await database.pool.connect()];
    const sides = [
      [one, 'a'],
      [two, 'b'],
    ] as const;
    for (const [client, side] of sides) {
      await client.query('begin');
      await client.query('insert into here values (0, $1)', [side]);
    }
    for (const [client, side] of sides) {
      expect((await client.query('select side from here')).rows).toEqual([{ side }]);
    }
    for (const [client] of sides) {
      await client.query('commit');
      client.release();
    }
  });

  it('wait while their directory is exchanged', async () => {
    const database = await databases.open();
    await database.pool.query('create table here (round int, side text)');
    const order: string[] = [];
    let meeting: Promise<unknown> = Promise.resolve();
    await exchangeDirectory(database, 'windows', async (tx) => {
      meeting = meet(database, {
        directory: 'windows',
        register: async () => void order.push('registered'),
        read: async () => void order.push('read'),
      });
      await waitingForLock(tx);
      order.push('exchanged');
    });
    await meeting;
    expect(order).toEqual(['exchanged', 'registered', 'read']);
  });
});

describe('a fact that waits for its counterpart', () => {
  it('is listed by reason, and released to the same cause as often as that asks', async () => {
    const database = await databases.open();
    const waiting = new WaitingFacts(database);
    const sale = {
      reason: 'no_agreement',
      key: 'partner p1',
      subject: 'sale-acme.1',
      facts: { amount: 5n },
    };
    await waiting.wait(database.pool, sale);
    await waiting.wait(database.pool, sale);
    await waiting.wait(database.pool, { ...sale, reason: 'no_rate', key: 'BRL/EUR' });
    expect(await waiting.countByReason()).toEqual({ no_agreement: 1, no_rate: 1 });
    expect(await waiting.list('no_agreement')).toMatchObject([
      { subject: 'sale-acme.1', facts: { amount: '5' } },
    ]);

    const [cause, other] = [uuidV5('agreement', '1'), uuidV5('agreement', '2')];
    expect(await waiting.release(database.pool, 'partner p1', cause)).toMatchObject([
      { subject: 'sale-acme.1' },
    ]);
    expect(await waiting.release(database.pool, 'partner p1', cause)).toHaveLength(1);
    expect(await waiting.release(database.pool, 'partner p1', other)).toEqual([]);
    expect(await waiting.countByReason()).toEqual({ no_rate: 1 });

    await waiting.wait(database.pool, sale);
    expect(await waiting.release(database.pool, 'partner p1', other)).toHaveLength(1);
  });
});

class SteppedSide {
  readonly found: Promise<readonly string[]>;
  private readonly gates = Array.from({ length: STEPS }, () => gate());
  private readonly arrivals = Array.from({ length: STEPS + 1 }, () => gate());
  private at = 0;

  constructor(
    database: Database,
    private readonly round: number,
    private readonly side: string,
  ) {
    this.found = this.run(database);
  }

  /** Lets it do its next step, and waits until that is done. */
  async step(): Promise<void> {
    this.gates[this.at]?.open();
    await this.arrivals[++this.at]?.opened;
  }

  private async run(database: Database): Promise<readonly string[]> {
    await this.gates[0]?.opened;
    const found = await meet(database, {
      directory: 'here',
      register: (tx) => this.register(tx),
      read: (tx) => this.read(tx),
    });
    this.arrivals[4]?.open();
    return found;
  }

  private async register(tx: Queryable): Promise<void> {
    this.arrivals[1]?.open();
    await this.gates[1]?.opened;
    await tx.query('insert into here values ($1, $2)', [this.round, this.side]);
    this.arrivals[2]?.open();
    await this.gates[2]?.opened;
  }

  private async read(tx: Queryable): Promise<readonly string[]> {
    this.arrivals[3]?.open();
    await this.gates[3]?.opened;
    const { rows } = await tx.query<{ side: string }>('select side from here where round = $1', [
      this.round,
    ]);
    return rows.map(({ side }) => side);
  }
}

function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

function interleavings(a: number, b: number): ('a' | 'b')[][] {
  if (a === 0 && b === 0) return [[]];
  const first = a === 0 ? [] : interleavings(a - 1, b).map((rest): ('a' | 'b')[] => ['a', ...rest]);
  const second =
    b === 0 ? [] : interleavings(a, b - 1).map((rest): ('a' | 'b')[] => ['b', ...rest]);
  return [...first, ...second];
}

async function waitingForLock(tx: Queryable): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    const { rows } = await tx.query(
      `select from pg_locks where locktype = 'advisory' and not granted`,
    );
    if (rows.length > 0) return;
    await tx.query('select pg_sleep(0.01)');
  }
  throw new Error('Nobody came to wait.');
}

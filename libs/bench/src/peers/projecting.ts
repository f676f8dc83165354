import type { EventLog, Fields } from '@tributary/event-log';
import type { Database } from '@tributary/postgres';
import { Column, DataSource, Entity, PrimaryColumn } from 'typeorm';

/** Where the peers keep the same rows as the projection, and their checkpoint. */
const TABLES = `
  create table peer_balance (
    partner_id text not null, period text not null, amount_minor bigint not null, lines bigint not null,
    primary key (partner_id, period));
  create table peer_checkpoint (position bigint not null);
  insert into peer_checkpoint values (0)`;

const FIELDS: Fields = { CommissionPosted: ['partnerId', 'period', 'amount'] };
const PER_BATCH = 1_000;

const UPSERT =
  'on conflict (partner_id, period) do update set amount_minor = t.amount_minor + excluded.amount_minor, lines = t.lines + excluded.lines';

export async function preparePeerTables(database: Database): Promise<void> {
  await database.pool.query(TABLES);
}

export async function emptyPeerTables(database: Database): Promise<void> {
  await database.pool.query('truncate peer_balance');
  await database.pool.query('update peer_checkpoint set position = 0');
}

interface Posted {
  readonly position: bigint;
  readonly partnerId: string;
  readonly period: string;
  readonly amount: string;
}

export async function postingsOf(log: EventLog, count: number): Promise<Posted[]> {
  const found: Posted[] = [];
  for await (const rows of log.readFields(0n, FIELDS, BigInt(count))) {
    for (const { position, values } of rows) {
      const [partnerId, period, amount] = values as [string, string, string];
      found.push({ position, partnerId, period, amount });
    }
  }
  return found;
}

/** Exact as ours, the usual way: an upsert and the checkpoint in a transaction per event. */
export async function projectPerEvent(database: Database, events: readonly Posted[]) {
  const client = await database.pool.connect();
  try {
    for (const { position, partnerId, period, amount } of events) {
      await client.query('begin');
      await client.query({
        name: 'peer_upsert',
        text: `insert into peer_balance as t values ($1, $2, $3, 1) ${UPSERT}`,
        values: [partnerId, period, amount],
      });
      await client.query({
        name: 'peer_checkpoint',
        text: 'update peer_checkpoint set position = $1',
        values: [String(position)],
      });
      await client.query('commit');
    }
  } finally {
    client.release();
  }
}

/** Reads as fast as we do, sums a thousand events in memory, and upserts them with the checkpoint in one statement. */
export async function projectPerBatch(database: Database, log: EventLog): Promise<void> {
  let sums = new Map<
    string,
    { partnerId: string; period: string; amount: number; lines: number }
  >();
  let folded = 0;
  const write = async (through: bigint) => {
    const rows = [...sums.values()];
    await database.pool.query({
      name: 'peer_batch',
      text: `with moved as (update peer_checkpoint set position = $5)
        insert into peer_balance as t select * from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) ${UPSERT}`,
      values: [
        rows.map(({ partnerId }) => partnerId),
        rows.map(({ period }) => period),
        rows.map(({ amount }) => amount),
        rows.map(({ lines }) => lines),
        String(through),
      ],
    });
    [sums, folded] = [new Map(), 0];
  };
  for await (const found of log.readFields(0n, FIELDS)) {
    for (const { position, values } of found) {
      const [partnerId, period, amount] = values as [string, string, string];
      const key = `${partnerId}/${period}`;
      const sum = sums.get(key) ?? { partnerId, period, amount: 0, lines: 0 };
      sum.amount += Number(amount);
      sum.lines += 1;
      sums.set(key, sum);
      if (++folded === PER_BATCH) await write(position);
    }
  }
  if (folded > 0) await write(await log.head());
}

@Entity('typical_balance')
class TypicalBalance {
  @PrimaryColumn('text') partnerId!: string;
  @PrimaryColumn('text') period!: string;
  @Column('bigint') amount!: string;
  @Column('int') lines!: number;
}

/** What an ORM invites to: find the row, change it, save it, event by event. */
export class TypicalProjection {
  private constructor(private readonly source: DataSource) {}

  static async open(url: string): Promise<TypicalProjection> {
    const source = new DataSource({
      type: 'postgres',
      url,
      entities: [TypicalBalance],
      synchronize: true,
    });
    return new TypicalProjection(await source.initialize());
  }

  async project(events: readonly Posted[]): Promise<void> {
    const rows = this.source.getRepository(TypicalBalance);
    for (const { partnerId, period, amount } of events) {
      const row =
        (await rows.findOneBy({ partnerId, period })) ??
        rows.create({ partnerId, period, amount: '0', lines: 0 });
      row.amount = String(BigInt(row.amount) + BigInt(amount));
      row.lines += 1;
      await rows.save(row);
    }
  }

  async balancesAndClear(): Promise<{ total: bigint; lines: bigint }> {
    const all = await this.source.getRepository(TypicalBalance).find();
    await this.source.getRepository(TypicalBalance).clear();
    return {
      total: all.reduce((sum, { amount }) => sum + BigInt(amount), 0n),
      lines: all.reduce((sum, { lines }) => sum + BigInt(lines), 0n),
    };
  }

  async close(): Promise<void> {
    await this.source.destroy();
  }
}

import { Database } from '@tributary/postgres';
import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import { Statement } from '../statement';
import { Fold } from './fold';
import { createIndexesSql, createTableSql, keyedTable } from './keyed-table';
import { writeRows } from './write-rows';

let postgres: TestPostgres;
let database: Database;

const ROWS = 100;
const MANY_PAGES = 1_000;
const AT = '2026-03-20T12:00:00.000Z';
const table = keyedTable({
  key: { tenant: 'text', partner: 'text' },
  adds: ['payable', 'reserved'],
  sets: { state: 'text?', terms: 'json', rank: 'int', is_open: 'boolean' },
  keeps: { since: 'instant', first: 'text?' },
});

beforeAll(async () => {
  postgres = await startTestPostgres();
  database = await Database.open({ url: await postgres.freshDatabase(), schema: 'rows' });
});
afterAll(async () => {
  await database.close();
  await postgres.stop();
});

type Row = Parameters<Fold['add']>[0];

/** What comes to stand there when so many rows share a statement. */
async function written(name: string, rows: readonly Row[], together: number): Promise<unknown[]> {
  for (const sql of [createTableSql(name, table), ...createIndexesSql(name, table)])
    await database.query(sql);
  for (let at = 0; at < rows.length; at += together) {
    const fold = new Fold(table);
    for (const row of rows.slice(at, at + together)) fold.add(row);
    const statement = new Statement();
    writeRows(statement, name, table, fold.rows(), 'true');
    await statement.run(database.pool, 'select');
  }
  return (await database.query(`select * from ${name} order by partner`)).rows;
}

const partnersOf = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `p${String(i).padStart(3, '0')}`);

describe('writing many rows at once', () => {
  it('changes all rows of full pages without a new entry in any index', async () => {
    const opened = { tenant: 'acme', state: null, terms: {}, rank: 1, is_open: true, since: AT };
    const rows = partnersOf(MANY_PAGES).map((partner) => ({ ...opened, partner, payable: 700n }));
    await written('changed', rows, MANY_PAGES);
    const fold = new Fold(table);
    for (const { partner } of rows) fold.add({ tenant: 'acme', partner, payable: -700n });
    await database.transaction(async (tx) => {
      const statement = new Statement();
      writeRows(statement, 'changed', table, fold.rows(), 'true');
      await statement.run(tx, 'select');
      const { rows: counted } = await tx.query(
        `select pg_stat_get_xact_tuples_updated(oid)::int as all, pg_stat_get_xact_tuples_hot_updated(oid)::int as in_place
         from pg_class where oid = 'changed'::regclass`,
      );
      expect(counted).toEqual([{ all: MANY_PAGES, in_place: MANY_PAGES }]);
    });
  });

  it('says what all of them have alike once, and leaves the same as one by one', async () => {
    const partners = partnersOf(ROWS);
    const opened = partners.map((partner, i) => ({
      ...{ tenant: 'acme', partner, payable: 700n, reserved: BigInt(i), state: null },
      ...{ terms: { n: i % 2 }, rank: 1, is_open: true, since: AT, first: i === 0 ? 'x' : null },
    }));
    const moved = partners.map((partner) => ({
      ...{ tenant: 'acme', partner, payable: -700n, reserved: 700n, state: 'reserved' },
      ...{ since: '2027-01-01T00:00:00.000Z' },
    }));
    const many = await written('many', [...opened, ...moved], ROWS);
    expect(many).toHaveLength(ROWS);
    expect(many[99]).toMatchObject({ partner: 'p099', payable: '0', reserved: '799', rank: 1 });
    expect(many).toEqual(await written('single', [...opened, ...moved], 1));
  });
});

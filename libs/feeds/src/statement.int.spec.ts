import { Database } from '@tributary/postgres';
import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import type { Kind } from './projections/kinds';
import { Statement } from './statement';

let postgres: TestPostgres;
let database: Database;

beforeAll(async () => {
  postgres = await startTestPostgres();
  database = await Database.open({ url: await postgres.freshDatabase(), schema: 'statements' });
});
afterAll(async () => {
  await database.close();
  await postgres.stop();
});

async function there(kind: Kind, values: readonly unknown[]): Promise<readonly unknown[]> {
  const statement = new Statement();
  const array = statement.bindArray(kind, values);
  statement.with('given', `select u, n from unnest(${array}) with ordinality as t (u, n)`);
  const select = 'select to_json(u) as u from given order by n';
  return (await statement.run<{ u: unknown }>(database.pool, select)).map(({ u }) => u);
}

const SEPARATOR = '\x1f';
const NULL = '\x1e';

describe('values of many rows as one parameter', () => {
  it.each<[string, Kind, readonly unknown[]]>([
    ['quotes, backslashes and braces', 'text', ['"', '\\', '{a,b}', "it's", 'NULL', '\\N']],
    ['lines, accents and other planes', 'text', ['a\nb\tc\r', 'ação', '𝄞', ' ']],
    ['nothing among texts', 'text', [null, 'a', undefined, '']],
    ['nothing alone', 'text', [null]],
    ['an empty text alone', 'text', ['']],
    ['empty texts', 'text', ['', '']],
    ['no value', 'text', []],
    ['what separates', 'text', ['a', SEPARATOR, `b${SEPARATOR}c`, null]],
    ['what stands for nothing', 'text', ['a', NULL, `b${NULL}c`, null]],
    ['documents', 'json', [{ a: ['"', '\\', SEPARATOR, NULL] }, null, [], 'text', 1, true, {}]],
    ['numbers', 'int', [1, -2, null]],
    ['truths', 'boolean', [true, null, false]],
  ])('takes %s as they are', async (_, kind, values) => {
    expect(await there(kind, values)).toEqual(values.map((value) => value ?? null));
  });

  it('takes moments and amounts as they are', async () => {
    const at = '2026-03-20T12:00:00.25+00:00';
    expect(await there('instant', ['2026-03-20T12:00:00.250Z', null])).toEqual([at, null]);
    expect(await there('bigint', [9_007_199_254n, null])).toEqual([9_007_199_254, null]);
  });
});

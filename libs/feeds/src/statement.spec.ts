import type { Queryable } from '@tributary/postgres';
import { Statement } from './statement';

/** What it was asked: the name that it is kept under, if any, and its text. */
function connection() {
  const asked: { readonly name: string | undefined; readonly text: string }[] = [];
  const query = (query: string | { readonly name?: string; readonly text: string }) => {
    asked.push(typeof query === 'string' ? { name: undefined, text: query } : asOf(query));
    return Promise.resolve({ rows: [] });
  };
  return { asked, on: { query } as unknown as Queryable };
}
const asOf = ({ name, text }: { readonly name?: string; readonly text: string }) => ({
  name,
  text,
});

const inserting = (amount: number): Statement => {
  const statement = new Statement();
  return statement.with('one', `insert into balance values (${statement.bind(amount)})`);
};

describe('several writes as one statement', () => {
  it('is planned once for all that have the same form', async () => {
    const { asked, on } = connection();
    await inserting(1).run(on, 'select');
    await inserting(2).run(on, 'select');
    await inserting(2).with('two', 'insert into other values (1)').run(on, 'select');
    expect(asked.map(({ text }) => text.split('\n').length)).toEqual([2, 2, 3]);
    expect(asked[0]?.name).toMatch(/^feeds_[0-9a-f]{32}$/);
    expect(asked[1]?.name).toBe(asked[0]?.name);
    expect(asked[2]?.name).not.toBe(asked[0]?.name);
  });

  it('is planned each time when it searches, because tables grow', async () => {
    const { asked, on } = connection();
    await inserting(1).searches().run(on, 'select');
    expect(asked.map(({ name }) => name)).toEqual([undefined]);
  });
});

import { Seen, testDatabases } from '../feeds.fixture';
import { DeadLetterTable } from './dead-letter-table';
import { IntakeTable } from './intake-table';

const CHANNEL = 'upstream.acme/0';

describe('keeping how far messages from outside were taken', () => {
  const databases = testDatabases();

  async function tables() {
    const database = await databases.open();
    return { store: new IntakeTable(database), letters: new DeadLetterTable(database, new Seen()) };
  }

  it('remembers offset and refusals together, each refusal once', async () => {
    const { store, letters } = await tables();
    expect(await store.nextOf(CHANNEL)).toBeUndefined();
    await store.settle(CHANNEL, 5n, [refused(3n), refused(4n)]);
    await store.settle(CHANNEL, 5n, [refused(3n), refused(4n)]);
    expect(await store.nextOf(CHANNEL)).toBe(5n);
    expect(await letters.list({ tenant: 'acme' })).toMatchObject([
      { channel: CHANNEL, offset: 3n, code: 'malformed_json', facts: { id: 'a' }, raw: '' },
      { offset: 4n },
    ]);
    expect(await letters.list({ channel: CHANNEL, after: 3n })).toHaveLength(1);
  });

  it('shows and closes what is of one tenant, and of nobody else', async () => {
    const { store, letters } = await tables();
    await store.settle(CHANNEL, 5n, [refused(3n), refused(4n)]);
    expect(await letters.list({ tenant: 'beta' })).toEqual([]);
    const both = { channel: CHANNEL, from: 3n, through: 4n };
    expect(await letters.close({ ...both, tenant: 'beta' }, 'eve', 'mine now')).toBe(0);
    expect(await letters.close({ ...both, tenant: 'acme' }, 'ana', 'told the shop')).toBe(2);
    expect(await letters.list()).toEqual([]);
  });

  it('opens what was closed only for another message at the same place', async () => {
    const { store, letters } = await tables();
    await store.settle(CHANNEL, 5n, [refused(3n)]);
    await letters.close({ channel: CHANNEL, from: 3n, through: 3n }, 'ana', 'told the shop');
    await store.settle(CHANNEL, 5n, [refused(3n)]);
    expect(await letters.list()).toEqual([]);
    // The topic was made anew, and begins again.
    await store.settle(CHANNEL, 4n, [{ ...refused(3n), code: 'binary_mode' }]);
    expect(await store.nextOf(CHANNEL)).toBe(4n);
    expect(await letters.list()).toMatchObject([{ offset: 3n, code: 'binary_mode' }]);
  });
});

const refused = (offset: bigint) => ({
  tenant: 'acme',
  offset,
  code: 'malformed_json',
  facts: { id: 'a' },
});

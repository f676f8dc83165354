import { parseStreamName } from '@tributary/kernel';
import { testDatabases } from '../feeds.fixture';
import { Topics } from './topics';

const databases = testDatabases();
const customer = parseStreamName('customer-acme.c1');
const other = parseStreamName('customer-acme.c2');

describe('following topics', () => {
  it('is told what was said before, by its latest revision, and is among those told later', async () => {
    const topics = new Topics(await databases.open());
    const told = { topic: 'partner:p1', key: 'p1', revision: 2, data: { status: 'active' } };
    expect(await topics.tell('acme', told)).toEqual([]);
    expect(await topics.tell('acme', { ...told, revision: 1, data: { status: 'old' } })).toEqual(
      [],
    );

    expect(await topics.follow('acme', customer, ['partner:p1', 'partner:p2'])).toEqual([told]);
    expect(await topics.follow('acme', customer, ['partner:p1'])).toEqual([told]);
    expect(await topics.tell('acme', { ...told, revision: 3 })).toEqual([customer]);
    expect(await topics.tell('elsewhere', { ...told, revision: 3 })).toEqual([]);
  });

  it('keeps every key of a topic that many speak under', async () => {
    const topics = new Topics(await databases.open());
    const clause = (key: string) => ({ topic: 'exclusive:main', key, revision: 1, data: { key } });
    await Promise.all([topics.tell('acme', clause('a2')), topics.tell('acme', clause('a1'))]);
    const told = await topics.follow('acme', customer, ['exclusive:main']);
    expect(told.map(({ key }) => key)).toEqual(['a1', 'a2']);
  });

  it('answers many who ask at once, each its own question', async () => {
    const topics = new Topics(await databases.open());
    await Promise.all([
      topics.follow('acme', customer, ['identifier:v1', 'identifier:v2']),
      topics.follow('acme', other, ['identifier:v2']),
    ]);
    const [first, second, nobody] = await Promise.all([
      topics.followers('acme', ['identifier:v1', 'identifier:v2']),
      topics.followers('acme', ['identifier:v2']),
      topics.followers('acme', ['identifier:v3']),
    ]);
    expect(Object.fromEntries(first)).toEqual({
      'identifier:v1': [customer],
      'identifier:v2': [customer, other],
    });
    expect(Object.fromEntries(second)).toEqual({ 'identifier:v2': [customer, other] });
    expect(nobody.size).toBe(0);
  });

  it('never misses one another, whoever comes first: the one that commits second sees the first', async () => {
    const database = await databases.open();
    // Two processes, each with batches of its own.
    const [here, there] = [new Topics(database), new Topics(database)];
    for (let round = 0; round < 40; round++) {
      const topic = `policy:${round}`;
      const telling = () => there.tell('acme', { topic, key: 'x', revision: 1, data: {} });
      const following = () => here.follow('acme', customer, [topic]);
      const [told, followers] =
        round % 2 === 0
          ? await Promise.all([following(), telling()])
          : await Promise.all([telling(), following()]).then(([f, t]) => [t, f] as const);
      expect([round, told.length > 0 || followers.length > 0]).toEqual([round, true]);
    }
  });
});

describe('asking together', () => {
  it('fails those who asked together, and none who ask later', async () => {
    const database = await databases.open();
    const topics = new Topics(database);
    const tooBig = { topic: 't', key: 'k', revision: 2 ** 70, data: {} };
    await expect(topics.tell('acme', tooBig)).rejects.toThrow();
    expect(await topics.tell('acme', { ...tooBig, revision: 1 })).toEqual([]);
  });
});

import { type FleetingPostgres, type Leaves, startFleetingPostgres } from '@tributary/testing';

import { openClient, withClient } from './client';

const WAYS: readonly Leaves[] = [
  'before it lets in',
  'as soon as it lets in',
  'with a word',
  'in a statement',
];

describe('connecting to a server that goes away', () => {
  let server: FleetingPostgres;
  afterEach(() => server.stop());

  it.each(WAYS)('says unavailable when it goes %s, and nothing ends the process', async (way) => {
    server = await startFleetingPostgres(way);
    const asking = withClient({ connectionString: server.url }, (client) =>
      client.query('select 1'),
    );
    await expect(asking).rejects.toMatchObject({ code: 'unavailable', cause: expect.any(Error) });
  });

  it('outlives it also while nothing is asked', async () => {
    server = await startFleetingPostgres('as soon as it lets in');
    const client = await openClient({ connectionString: server.url });
    await new Promise((ended) => client.once('end', ended));
    await client.end();
  });

  it('does not wait for one that keeps silent', async () => {
    server = await startFleetingPostgres('never');
    const asking = openClient({ connectionString: server.url, connectionTimeoutMillis: 50 });
    await expect(asking).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('tells what its caller makes of an answer as it is', async () => {
    server = await startFleetingPostgres('in a statement');
    const refused = new Error('nothing is there');
    const asking = withClient({ connectionString: server.url }, () => Promise.reject(refused));
    await expect(asking).rejects.toBe(refused);
  });
});

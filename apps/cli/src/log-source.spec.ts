import { signerOf, verifierKeyOf } from '@tributary/proofs';
import { type FleetingPostgres, startFleetingPostgres } from '@tributary/testing';

import { database } from './doctor/run-checks';
import { tributary } from './tributary';
import { sealedIn } from './verify/sealed-leaves';

describe('asking a database that is gone as soon as it has let us in', () => {
  let server: FleetingPostgres;
  beforeAll(async () => (server = await startFleetingPostgres('as soon as it lets in')));
  afterAll(() => server.stop());

  const KEY = verifierKeyOf(signerOf('witness.test', Buffer.alloc(32, 8)));

  it.each([
    ['verify'],
    ['export', '--out', '/nowhere/at.all'],
    ['witness', '--ask', 'http://127.0.0.1:1', '--witness', KEY],
  ])('tributary %s says that it is not available', async (command, ...options) => {
    const lines: string[] = [];
    const code = await tributary([command, ...options, '--url', server.url, '--json'], {
      variables: {},
      out: (line) => lines.push(line),
    });
    expect({ code, said: JSON.parse(lines.join('\n')) as unknown }).toEqual({
      code: 3,
      said: { error: 'unavailable', message: 'PostgreSQL is not available.' },
    });
  });

  it('says so of what the ledger has sealed', async () => {
    await expect(sealedIn(server.url, 'ledger')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('tells the doctor what the driver has said', async () => {
    expect(await database({ DATABASE_URL: server.url })).toMatchObject({
      ok: false,
      found: expect.stringMatching(/^(?!PostgreSQL is not)./) as string,
    });
  });
});

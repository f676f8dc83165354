import { openApiKeys } from '@tributary/platform';
import { startTestPostgres, type TestPostgres } from '@tributary/testing';

import { EXIT } from './command';
import { tributary } from './tributary';

describe('issuing the first key of an installation', () => {
  let postgres: TestPostgres;
  let url: string;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    url = await postgres.freshDatabase();
  });
  afterAll(() => postgres.stop());

  const run = async (...args: string[]) => {
    const lines: string[] = [];
    const variables = { KEYS_DATABASE_URL: url };
    const code = await tributary(['key', ...args], { variables, out: (line) => lines.push(line) });
    return { code, said: lines.join('\n') };
  };

  it('prints a key that opens its tenant in its role', async () => {
    const { code, said } = await run('--tenant', 'acme', '--role', 'admin');
    expect(code).toBe(EXIT.fine);
    const { keys, close } = await openApiKeys(url, () => undefined);
    expect(await keys.authenticate(`Bearer ${said}`)).toMatchObject({
      tenant: 'acme',
      role: 'admin',
    });
    await close();
  });

  it('binds the key of a partner to that partner', async () => {
    const { said } = await run(
      '--tenant',
      'acme',
      '--role',
      'partner',
      '--partner',
      'p1',
      '--json',
    );
    expect(JSON.parse(said)).toMatchObject({ tenant: 'acme', role: 'partner', partnerId: 'p1' });
  });

  it.each([
    ['no tenant', '--role', 'admin'],
    ['an unknown role', '--tenant', 'acme', '--role', 'king'],
    ['a partner without an id', '--tenant', 'acme', '--role', 'partner'],
    [
      'an id of a partner for somebody else',
      '--tenant',
      'acme',
      '--role',
      'admin',
      '--partner',
      'p1',
    ],
  ])('refuses %s and says what to write', async (_, ...args) => {
    const { code, said } = await run(...args);
    expect(code).toBe(EXIT.usage);
    expect(said).toContain('tributary key --help');
  });
});

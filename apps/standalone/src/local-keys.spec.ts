import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { localKeys } from './local-keys';

describe('handing out the keys of this machine', () => {
  const roles = ['admin', 'auditor'] as const;
  let directory: string;
  let file: string;
  let issued: string[];
  const book = {
    isValid: async (key: string) => issued.includes(key),
    issue: async (role: string) => {
      const key = `${role}-${issued.length}`;
      issued.push(key);
      return key;
    },
  };

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tributary-keys-'));
    file = join(directory, 'keys.json');
    issued = [];
  });
  afterEach(async () => await rm(directory, { recursive: true, force: true }));

  it('gives the same keys at every start, to nobody else on this machine', async () => {
    const first = await localKeys(file, roles, book);
    expect(first).toEqual({ admin: 'admin-0', auditor: 'auditor-1' });
    expect(await localKeys(file, roles, book)).toEqual(first);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('issues a key anew that the database does not know', async () => {
    await localKeys(file, roles, book);
    issued = issued.filter((key) => key.startsWith('admin'));
    expect(await localKeys(file, roles, book)).toEqual({ admin: 'admin-0', auditor: 'auditor-1' });
    expect(issued).toHaveLength(2);
  });

  it('starts over when the file is damaged', async () => {
    await writeFile(file, '{"admin":');
    expect(await localKeys(file, roles, book)).toEqual({ admin: 'admin-0', auditor: 'auditor-1' });
  });
});

import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { localMasterKey } from './local-master-key';

describe('keeping the master key of one machine', () => {
  let directory: string;
  let file: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tributary-master-key-'));
    file = join(directory, 'privacy.key');
  });
  afterEach(async () => await rm(directory, { recursive: true, force: true }));

  it('draws it once, for this user alone, and keeps it', async () => {
    const drawn = await localMasterKey(file);
    expect(Buffer.from(drawn, 'base64')).toHaveLength(32);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await localMasterKey(file)).toBe(drawn);
    expect((await readFile(file, 'utf8')).trim()).toBe(drawn);
  });

  it.each([[''], ['not base64 at all'], ['AAAA']])(
    'never replaces a damaged one, which may still be mended: %j',
    async (damaged) => {
      await writeFile(file, damaged);
      await expect(localMasterKey(file)).rejects.toMatchObject({ code: 'privacy_key_damaged' });
      expect(await readFile(file, 'utf8')).toBe(damaged);
    },
  );
});

import promises, { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeForGood } from './write-for-good';

describe('writing a file for good', () => {
  let directory: string;
  let file: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'for-good-'));
    file = join(directory, 'key');
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await rm(directory, { recursive: true });
  });

  it('leaves the text alone in its folder, for its owner', async () => {
    await writeForGood(file, 'first\n');
    await writeForGood(file, 'second\n');
    expect(await readdir(directory)).toEqual(['key']);
    expect(await readFile(file, 'utf8')).toBe('second\n');
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('takes nothing from a draft that another process has left half-way', async () => {
    await writeFile(`${file}.new`, 'longer than what comes');
    await writeForGood(file, 'short');
    expect(await readFile(file, 'utf8')).toBe('short');
  });

  it('shows the new text only once it is on the disk, and then the folder that names it', async () => {
    await writeForGood(file, 'old');
    const { open } = promises;
    const synced: (readonly [string, string])[] = [];
    jest.spyOn(promises, 'open').mockImplementation(async (path, ...how) => {
      const handle = await open(path, ...how);
      const sync = handle.sync.bind(handle);
      jest.spyOn(handle, 'sync').mockImplementation(async () => {
        await sync();
        synced.push([String(path), await readFile(file, 'utf8')]);
      });
      return handle;
    });
    await writeForGood(file, 'new');
    const folder = process.platform === 'win32' ? [] : [[directory, 'new']];
    expect(synced).toEqual([[`${file}.new`, 'old'], ...folder]);
  });

  it('keeps the old file where the new one cannot be written', async () => {
    await writeForGood(file, 'old');
    await mkdir(`${file}.new`);
    await expect(writeForGood(file, 'new')).rejects.toMatchObject({ code: 'EISDIR' });
    expect(await readFile(file, 'utf8')).toBe('old');
  });
});

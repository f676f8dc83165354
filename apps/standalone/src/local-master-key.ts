import { randomBytes } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

import { CodedError } from '@tributary/kernel';

const KEY_BYTES = 32;

/** What PRIVACY_MASTER_KEY is where nobody sets it: drawn at the first start, and the same at every later one. */
export async function localMasterKey(file: string): Promise<string> {
  const known = await read(file);
  if (known !== undefined) return checked(known, file);
  const drawn = randomBytes(KEY_BYTES).toString('base64');
  await writeForGood(file, `${drawn}\n`);
  return drawn;
}

async function read(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Another key would open nothing that this one has closed, so a damaged file is for a person to mend. */
function checked(text: string, file: string): string {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === KEY_BYTES && bytes.toString('base64') === text) return text;
  const message = `${file} does not hold ${KEY_BYTES} bytes as base64. Put it back from a backup: without it, the personal data in this directory cannot be read.`;
  throw new CodedError('privacy_key_damaged', message, { file });
}

/** On the disk before anything is sealed with it: a power failure must not take the key and leave the data. */
async function writeForGood(file: string, text: string): Promise<void> {
  const draft = `${file}.new`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
  // Windows cannot open a directory; its file systems write renames down by themselves.
  if (process.platform === 'win32') return;
  const directory = await open(dirname(file), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

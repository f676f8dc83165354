import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { CodedError } from '@tributary/kernel';
import { writeForGood } from '@tributary/platform';

const KEY_BYTES = 32;

/** What PRIVACY_MASTER_KEY is where nobody sets it: drawn at the first start, and the same at every later one. */
export async function localMasterKey(file: string): Promise<string> {
  const known = await read(file);
  if (known !== undefined) return checked(known, file);
  const drawn = randomBytes(KEY_BYTES).toString('base64');
  // On the disk before anything is sealed with it: a power failure must not take the key and leave the data.
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

import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * For its owner alone, in one step, and on the disk before it returns: a process or a machine that ends half-way leaves the old
 * file or the new one.
 */
export async function writeForGood(file: string, text: string): Promise<void> {
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
  const folder = await open(dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';

/** In one step, and on the disk before it returns: a process or a machine that ends half-way leaves the old file or the new one. */
export async function writeForGood(directory: string, name: string, text: string): Promise<void> {
  const draft = join(directory, `${name}.new`);
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, join(directory, name));
  // Windows cannot open a directory; its file systems write renames down by themselves.
  if (process.platform === 'win32') return;
  const folder = await open(directory, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

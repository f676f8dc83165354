import { readFile, rename, writeFile } from 'node:fs/promises';

/** Holds keys as hashes only; that is why the text of the local ones is kept in a file of their own. */
export interface KeyBook<Role extends string> {
  isValid(key: string): Promise<boolean>;
  issue(role: Role): Promise<string>;
}

/** One key per role, the same at every start, issued anew when the database does not know it (any more). */
export async function localKeys<Role extends string>(
  file: string,
  roles: readonly Role[],
  book: KeyBook<Role>,
): Promise<Readonly<Record<Role, string>>> {
  const known = await readKeys(file);
  const keys: Record<string, string> = {};
  for (const role of roles) {
    const key = known[role];
    keys[role] = key !== undefined && (await book.isValid(key)) ? key : await book.issue(role);
  }
  const draft = `${file}.new`;
  await writeFile(draft, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, file);
  return keys as Record<Role, string>;
}

async function readKeys(file: string): Promise<Readonly<Record<string, string>>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, string>;
  } catch (error) {
    // Lost or cut short: what it said can be issued again.
    if (
      (error as NodeJS.ErrnoException).code === 'ENOENT' ||
      (error as Error).name === 'SyntaxError'
    )
      return {};
    throw error;
  }
}

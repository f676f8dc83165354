import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { EmbeddedPostgres } from '@tributary/postgres';

import type { Source } from '../log-source';

/** Where a log is replayed into. */
export interface Scratch extends Source {
  /** It is not needed any more. */
  finished(): Promise<void>;
}

export async function scratchOf(
  into: string | undefined,
  folder: string,
  name: string,
): Promise<Scratch> {
  const nothing = async (): Promise<void> => undefined;
  if (into !== undefined) return { url: into, close: nothing, finished: nothing };
  // By its name, so that the same command finds what it has begun.
  const directory = join(folder, basename(name).replaceAll(/[^A-Za-z0-9.-]/g, '_'));
  const server = await EmbeddedPostgres.start({ directory });
  let isFinished = false;
  return {
    url: await server.ensureDatabase('replay'),
    finished: async () => void (isFinished = true),
    async close() {
      await server.stop();
      if (isFinished) await rm(directory, { recursive: true, force: true });
    },
  };
}

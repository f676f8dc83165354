import { join } from 'node:path';

import { dataDirectoryOf } from '../log-source';
import { liveOf } from '../replay/live';
import { replayArchive } from '../replay/replay-archive';
import { scratchOf } from '../replay/scratch';
import { type Level, levelOf } from './levels';

/** Fills all tables once more from the log, in a database that is thrown away, and holds those of the system at work against them. */
export async function readModelsLevel(
  lines: AsyncIterable<string>,
  urls: readonly string[],
  dataDirectory: string | undefined,
): Promise<{ readonly level: Level; readonly wrong: readonly string[] }> {
  const live = liveOf('read-models', urls);
  const folder = join(dataDirectoryOf(dataDirectory), 'replay');
  const scratch = await scratchOf(undefined, folder, `verify-${process.pid}`);
  try {
    const progress = () => undefined;
    const replayed = await replayArchive({ lines, into: scratch.url, live, progress });
    const { tables, parked, movedOn } = replayed;
    const different = tables.filter(({ equal }) => equal !== true);
    const wrong = different.flatMap(({ service, table, differences }) =>
      differences.map((what) => `${service}.${table}: ${what}`),
    );
    const looked = `${tables.length - different.length} of ${tables.length} tables are equal`;
    if (different.length > 0 && movedOn === 0n)
      return { level: levelOf('L5', 'broken', looked), wrong };
    const why = movedOn > 0n ? `the system at work has ${movedOn} events more` : undefined;
    if (different.length > 0)
      return { level: levelOf('L5', 'open', `${looked}; ${why}`), wrong: [] };
    if (parked > 0)
      return { level: levelOf('L5', 'open', `${looked}, ${parked} streams are parked`), wrong };
    return { level: levelOf('L5', 'intact', looked), wrong };
  } finally {
    await scratch.finished();
    await scratch.close();
  }
}

import { createHash } from 'node:crypto';
import { canonicalJson } from '@tributary/kernel';
import type { EventLog, Position } from '../port';
import { ARCHIVE, type ArchiveFooter, type ArchiveHeader, archiveLine } from './archive';

export interface Exported {
  readonly through?: Position;
  /** Left out, every tenant. */
  readonly tenant?: string;
}

/** The lines of an archive, footer included; the same log gives the same bytes. */
export async function* archiveOf(
  log: Pick<EventLog, 'readAll'>,
  { through, tenant }: Exported = {},
): AsyncGenerator<string, void, undefined> {
  const hash = createHash('sha256');
  const noted = (line: string): string => {
    hash.update(line);
    return line;
  };
  const header: ArchiveHeader = { archive: ARCHIVE, tenant: tenant ?? null };
  yield noted(`${JSON.stringify(header)}\n`);
  let size = 0;
  let count = 0;
  reading: for await (const { events } of log.readAll(0n)) {
    for (const event of events) {
      if (through !== undefined && event.position > through) break reading;
      const index = size++;
      if (tenant !== undefined && event.tenant !== tenant) continue;
      count++;
      yield noted(`${archiveLine({ index, event }, canonicalJson(event.data))}\n`);
    }
  }
  const footer: ArchiveFooter = { events: count, size, sha256: hash.digest('hex') };
  yield `${JSON.stringify(footer)}\n`;
}

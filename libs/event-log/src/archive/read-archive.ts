import { createHash } from 'node:crypto';
import { CodedError } from '@tributary/kernel';
import {
  ARCHIVE,
  type ArchiveFooter,
  type ArchiveHeader,
  type ArchivedEvent,
  readArchiveLine,
} from './archive';

export interface OpenedArchive {
  readonly header: ArchiveHeader;
  /** Each as it stands there, checked by itself; rejects with `archive_broken` at the first that is wrong, and at the end when lines are missing. */
  readonly events: AsyncIterable<ArchivedEvent>;
  /** Once the events have been read to their end. */
  footer(): ArchiveFooter;
}

/** `lines` without their newlines. */
export async function openArchive(lines: AsyncIterable<string>): Promise<OpenedArchive> {
  const reading = lines[Symbol.asyncIterator]();
  const first = await reading.next();
  const header = first.done ? undefined : archiveHeaderOf(first.value);
  if (first.done || !header) {
    throw broken(1, `an archive begins with {"archive":"${ARCHIVE}",…}`);
  }
  let footer: ArchiveFooter | undefined;
  async function* events(firstLine: string): AsyncGenerator<ArchivedEvent, void, undefined> {
    const hash = createHash('sha256').update(`${firstLine}\n`);
    let [line, count, index] = [1, 0, -1];
    for (let next = await reading.next(); !next.done; next = await reading.next()) {
      line++;
      if (footer) throw broken(line, 'something follows the footer');
      if (next.value.startsWith('{"events":')) {
        footer = archiveFooterOf(next.value, line, count, hash.copy().digest('hex'));
        continue;
      }
      const event = readArchiveLine(next.value, line);
      if (event.index <= index) throw broken(line, `index ${event.index} follows ${index}`);
      hash.update(`${next.value}\n`);
      index = event.index;
      count++;
      yield event;
    }
    if (!footer) throw broken(line, 'the footer is missing: the archive was cut off');
  }
  return {
    header,
    events: events(first.value),
    footer() {
      if (!footer) throw broken(0, 'it was not read to its end');
      return footer;
    },
  };
}

/** Of the first line; undefined where that is none. */
export function archiveHeaderOf(line: string): ArchiveHeader | undefined {
  const header = parsed<Partial<ArchiveHeader>>(line);
  return header?.archive === ARCHIVE
    ? { archive: ARCHIVE, tenant: header.tenant ?? null }
    : undefined;
}

/** Of the last line, which says how many events stand before it, and the hash of all lines before it. */
export function archiveFooterOf(
  text: string,
  line: number,
  count: number,
  sha256: string,
): ArchiveFooter {
  const footer = parsed<ArchiveFooter>(text);
  if (!footer) throw broken(line, 'the footer is no JSON');
  if (footer.events !== count)
    throw broken(line, `${footer.events} events were written, ${count} are there`);
  if (footer.sha256 !== sha256) throw broken(line, 'a line above was changed');
  return footer;
}

function parsed<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}

const broken = (line: number, why: string): CodedError =>
  new CodedError('archive_broken', `Line ${line}: ${why}.`, { line, why });

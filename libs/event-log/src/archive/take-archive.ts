import { CodedError, type Recorded, prepare } from '@tributary/kernel';
import type { CopiedAppend, CopyTarget } from '../port';
import type { OpenedArchive } from './read-archive';

const EVENTS_AT_ONCE = 2_000;

/** Brings a whole archive into a log that is empty, or that an earlier attempt has begun to fill with it. */
export async function takeArchive(
  log: CopyTarget,
  { header, events }: OpenedArchive,
  progress: (events: number) => void = () => undefined,
): Promise<number> {
  if (header.tenant !== null) {
    const message = `The archive holds tenant ${header.tenant} only; its leaves would get other indexes. Export the whole log.`;
    throw new CodedError('archive_partial', message, { tenant: header.tenant });
  }
  let taken = 0;
  let waiting: CopiedAppend[] = [];
  let count = 0;
  const flush = async (): Promise<void> => {
    if (waiting.length > 0) await log.copyIn(waiting);
    taken += count;
    [waiting, count] = [[], 0];
    progress(taken);
  };
  for await (const { index, event } of events) {
    if (index !== taken + count) {
      const message = `Leaf ${taken + count} is missing; leaf ${index} follows.`;
      throw new CodedError('archive_broken', message, { index });
    }
    add(waiting, event);
    if (++count === EVENTS_AT_ONCE) await flush();
  }
  await flush();
  return taken;
}

/** Events of one append stand together, have one time and one command; put together again, they are stored as they were. */
function add(waiting: CopiedAppend[], event: Recorded): void {
  const { stream, revision, recordedAt, id, commandIndex } = event;
  const expected = revision === 0n ? 'none' : revision - 1n;
  waiting.push({
    stream,
    expected,
    recordedAt,
    events: [prepare(event, event, commandIndex, id)],
  });
}

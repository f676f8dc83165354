import { CodedError, type Recorded, leafText, prepare } from '@tributary/kernel';
import type { CopiedAppend, CopyTarget, EventLog } from '../port';
import type { OpenedArchive } from './read-archive';

const EVENTS_AT_ONCE = 2_000;
/** The header, and lines are counted from one: an archive of the whole log has a line for every leaf. */
const LINES_BEFORE_FIRST = 2;

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
  const there = eventsIn(log);
  let waiting: CopiedAppend[] = [];
  let taken = 0;
  let writing: Promise<void> = Promise.resolve();
  /** What comes next is read while this is written; no more than that is held. */
  const flush = async (): Promise<void> => {
    await writing;
    const [appends, through] = [waiting, taken];
    waiting = [];
    writing = (appends.length > 0 ? log.copyIn(appends) : Promise.resolve([])).then(() =>
      progress(through),
    );
    // It is waited for in its turn; until then nobody would have heard that it failed.
    writing.catch(Boolean);
  };
  try {
    for await (const { index, event } of events) {
      if (index !== taken) {
        const message = `Leaf ${taken} is missing; leaf ${index} follows.`;
        throw new CodedError('archive_broken', message, { index });
      }
      taken++;
      const standing = await there.next();
      if (standing.done) waiting.push(appendOf(event, index));
      else assertSame(standing.value, event, index);
      if (waiting.length === EVENTS_AT_ONCE) await flush();
    }
    await flush();
    await writing;
    return taken;
  } finally {
    // Whoever closes the log must find nothing on its way; how it ended was told above, or something worse was.
    await Promise.allSettled([writing]);
    // A reading that is given up would keep its connection, and whoever closes the log would wait for it.
    await there.return(undefined);
  }
}

/** As it stands now: what is copied in meanwhile must not be taken for what stood there before. */
async function* eventsIn(log: EventLog): AsyncGenerator<Recorded, undefined, undefined> {
  const head = await log.head();
  if (head === 0n) return undefined;
  for await (const { events } of log.readAll(0n)) {
    for (const event of events) {
      if (event.position > head) return undefined;
      yield event;
    }
  }
  return undefined;
}

function assertSame(standing: Recorded, event: Recorded, index: number): void {
  if (leafText(standing) === leafText(event)) return;
  const message = `The log is not empty, and leaf ${index} of it is another one: it has a history of its own. Import into an empty log.`;
  throw new CodedError('log_not_empty', message, { index, stream: standing.stream });
}

/**
 * Put together again, an event is stored as it was, or not at all. Its line was checked by itself; a text that says more than an event
 * holds, or says it in another form, has the hash of that text and would get another one here.
 */
function appendOf(event: Recorded, index: number): CopiedAppend {
  const { stream, revision, recordedAt, id, commandIndex, contentHash } = event;
  const prepared = prepare(event, event, commandIndex, id);
  if (prepared.contentHash !== contentHash) {
    const line = index + LINES_BEFORE_FIRST;
    const why = `its content comes to the hash ${prepared.contentHash}, and its leaf says ${contentHash}`;
    throw new CodedError('archive_broken', `Line ${line}: ${why}.`, { line, index, stream, why });
  }
  const expected = revision === 0n ? 'none' : revision - 1n;
  return { stream, expected, recordedAt, events: [prepared] };
}

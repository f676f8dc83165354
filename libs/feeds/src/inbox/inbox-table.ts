import type { Owner, Published } from '@tributary/contracts';
import { CodedError } from '@tributary/kernel';
import type { Database, Queryable } from '@tributary/postgres';
import { factsText, isDataError, reasonOf } from '../failure';
import type { FeedObserver, Gap } from '../observer';
import type { Inbox, Offset } from '../ports';
import { Wake } from '../wake';
import { admit, type Admitted, type StreamState } from './admission';
import { earliest, writeArrival } from './arrival';
import type { DeadLetterTable } from './dead-letter-table';

type Aside = Omit<Published, 'position' | 'previous' | 'revision'> &
  Record<'position' | 'previous' | 'revision', string | null>;

/**
 * Other services' events, each exactly once per revision, under dense positions of our own: an ordered feed like the log.
 * Whoever brings something takes the head row first, so that positions are in commit order.
 */
export class InboxTable implements Inbox {
  /** Rings in this process when something came. */
  readonly received = new Wake();
  /** Rings when a stream began to wait. */
  readonly gapOpened = new Wake();

  constructor(
    private readonly database: Database,
    private readonly deadLetters: DeadLetterTable,
    private readonly observer: FeedObserver,
  ) {}

  async receive(owner: Owner, events: readonly Published[], offset: Offset): Promise<void> {
    try {
      await this.admitAll(owner, events, offset);
    } catch (error) {
      if (!isDataError(error)) throw error;
      await this.oneByOne(owner, events, offset);
    }
  }

  /** What the owner answered to a gap; moves no offset. */
  async fill(owner: Owner, events: readonly Published[]): Promise<void> {
    await this.admitAll(owner, events, undefined);
  }

  async offsetOf(owner: Owner, channel: string): Promise<bigint | undefined> {
    const { rows } = await this.database.pool.query<{ next: string }>(
      'select next from inbox_offset where owner = $1 and channel = $2',
      [owner, channel],
    );
    return rows[0] && BigInt(rows[0].next);
  }

  private async admitAll(
    owner: Owner,
    events: readonly Published[],
    offset: Offset | undefined,
  ): Promise<void> {
    const { opened, accepted } = await this.database.transaction(async (tx) => {
      const head = await lockHead(tx);
      const before = await statesOf(tx, [...new Set(events.map(({ stream }) => stream))]);
      const admitted = admit(before, events);
      await writeArrival(tx, { owner, head, before, admitted, offset });
      return { opened: openedGaps(owner, before, admitted), accepted: admitted.accepted.length };
    });
    if (accepted > 0) this.received.ring();
    if (opened.length > 0) this.gapOpened.ring();
    for (const gap of opened) this.observer.gap?.(gap);
  }

  /** The database refuses something in there: all the others enter, and that one is set aside where a person sees it. */
  private async oneByOne(
    owner: Owner,
    events: readonly Published[],
    offset: Offset,
  ): Promise<void> {
    for (const event of events) {
      try {
        await this.admitAll(owner, [event], undefined);
      } catch (error) {
        if (!isDataError(error)) throw error;
        await this.deadLetters.keep({
          owner,
          channel: `${offset.channel}#refused`,
          offset: event.position,
          key: event.stream,
          reason: reasonOf(error, 'refused').reason,
          raw: factsText({ ...event }),
        });
      }
    }
    await this.admitAll(owner, [], offset);
  }
}

async function lockHead(tx: Queryable): Promise<bigint> {
  const { rows } = await tx.query<{ position: string }>(
    'select position from inbox_head for update',
  );
  if (!rows[0]) throw new CodedError('inbox_without_head', 'The inbox has lost its head row.');
  return BigInt(rows[0].position);
}

async function statesOf(
  tx: Queryable,
  streams: readonly string[],
): Promise<Map<string, StreamState>> {
  if (streams.length === 0) return new Map();
  const { rows } = await tx.query<{
    stream: string;
    revision: string | null;
    aside: readonly Aside[];
  }>(
    `select s.stream, last.revision, coalesce(
       (select json_agg(a.event order by a.revision) from inbox_aside a where a.stream = s.stream), '[]') as aside
     from unnest($1::text[]) as s (stream) left join inbox_stream last on last.stream = s.stream`,
    [streams],
  );
  return new Map(
    rows.map(({ stream, revision, aside }) => [
      stream,
      { last: revision === null ? null : BigInt(revision), aside: aside.map(publishedOfAside) },
    ]),
  );
}

const publishedOfAside = (aside: Aside): Published => ({
  ...aside,
  revision: BigInt(aside.revision ?? 0),
  position: BigInt(aside.position ?? 0),
  previous: aside.previous === null ? null : BigInt(aside.previous),
});

function openedGaps(
  owner: Owner,
  before: ReadonlyMap<string, StreamState>,
  { after }: Admitted,
): Gap[] {
  return [...after]
    .filter(
      ([stream, { aside }]) => aside.length > 0 && (before.get(stream)?.aside.length ?? 0) === 0,
    )
    .map(([stream, { last, aside }]) => ({ owner, stream, after: last, arrived: earliest(aside) }));
}

import { Injectable } from '@nestjs/common';
import { subscriptionOf } from '@tributary/feeds';
import { type StreamName, invariant } from '@tributary/kernel';
import { type LogPoint, ServiceRuntime, upTo } from '@tributary/platform';
import { windowOfStream } from '../domain/earnings/window';
import { knownIn } from '../domain/earnings/window-facts';
import {
  type EarningsRecord,
  type LineInWindow,
  type Story,
  emptyStory,
  withEvent,
} from '../domain/explain/story';
import { trail } from './explain.projection';

export interface StoryAsked {
  readonly tenant: string;
  readonly line: string;
  /** Whose line it has to be; null: anybody's. */
  readonly partner: string | null;
  /** Where the log is cut for the answer; undefined: as of now. */
  readonly point: LogPoint | undefined;
}

interface Place {
  readonly stream: StreamName;
  readonly group: string;
  readonly position: bigint;
  /** Of the events that concern the line, or its whole window. */
  readonly revisions: readonly bigint[];
}

/** Planned once for each connection: planning takes longer than finding. */
const PLACE = `
with line as (select stream, concern from commission_trail where tenant = $1 and line_id = $2 limit 1)
select (select coalesce(max(position), 0) from subscription where name = '${subscriptionOf(trail)}') as position,
  (select stream from line) as stream, (select concern from line) as group,
  (select coalesce(array_agg(t.revision::text order by t.revision), '{}') from line l cross join lateral (
    select revision from commission_trail where stream = l.stream and concern = ''
    union all
    select revision from commission_trail where stream = l.stream and concern = l.concern) t) as revisions`;

/** Events nearer than this are read as one stretch: where a stretch begins costs as much as a few events between. */
const NEAR = 4n;

/** What a line's own window says about it, read from the log. */
@Injectable()
export class Explanations {
  constructor(private readonly runtime: ServiceRuntime) {}

  async story({ tenant, line, partner, point }: StoryAsked): Promise<Story | undefined> {
    const place = await this.placeOf(tenant, line);
    if (place === undefined) return undefined;
    if (partner !== null && windowOfStream(place.stream).partner !== partner) return undefined;
    const { stream, group, revisions } = place;
    const { position } = point ?? place;
    const asked = { lineId: line, group };
    const own = await storyOf(asked, upTo(this.picked(stream, revisions), { position }));
    if (own.state.opened === null) return undefined;
    // What other lines are worth has a say in this one, so nothing less than the window will do.
    if (knownIn(own.state).isPerLine) return { ...own, position };
    const whole = await storyOf(asked, upTo(this.whole(stream), { position }));
    return { ...whole, position };
  }

  private async placeOf(tenant: string, line: string): Promise<Place | undefined> {
    const { rows } = await this.runtime.database.query<{
      position: string;
      stream: StreamName | null;
      group: string;
      revisions: readonly string[];
    }>({ name: 'explain_place', text: PLACE, values: [tenant, line] });
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    const { stream, group, position } = row;
    if (stream === null) return undefined;
    return { stream, group, position: BigInt(position), revisions: row.revisions.map(BigInt) };
  }

  /** Neighbours are read together, and stretches that are asked for at one time in one statement. */
  private async *picked(
    stream: StreamName,
    revisions: readonly bigint[],
  ): AsyncGenerator<EarningsRecord> {
    const wanted = new Set(revisions);
    const stretches = stretchesOf(revisions).map((stretch) =>
      this.stretch(stream, stretch, wanted),
    );
    for (const records of await Promise.all(stretches)) yield* records;
  }

  private async stretch(
    stream: StreamName,
    { from, to }: Stretch,
    wanted: ReadonlySet<bigint>,
  ): Promise<readonly EarningsRecord[]> {
    const records: EarningsRecord[] = [];
    for await (const event of this.runtime.log.read(stream, from, to))
      if (wanted.has(event.revision)) records.push(event as unknown as EarningsRecord);
    return records;
  }

  private async *whole(stream: StreamName): AsyncGenerator<EarningsRecord> {
    for await (const event of this.runtime.log.read(stream))
      yield event as unknown as EarningsRecord;
  }
}

async function storyOf(line: LineInWindow, records: AsyncIterable<EarningsRecord>): Promise<Story> {
  let story = emptyStory(line);
  for await (const record of records) story = withEvent(story, record);
  return story;
}

interface Stretch {
  readonly from: bigint;
  readonly to: bigint;
}

function stretchesOf(revisions: readonly bigint[]): readonly Stretch[] {
  const stretches: { from: bigint; to: bigint }[] = [];
  for (const revision of revisions) {
    const last = stretches.at(-1);
    if (last !== undefined && revision - last.to <= NEAR) last.to = revision;
    else stretches.push({ from: revision, to: revision });
  }
  return stretches;
}

import type { JsonObject, StreamName } from '@tributary/kernel';
import { type Database, Together } from '@tributary/postgres';
import { prepared } from '../prepared';

/** What was last told under a topic. Most topics have one key; one that many speak under has a key for each of them. */
export interface Told {
  readonly topic: string;
  readonly key: string;
  /** Of two tellings under one key the higher one holds. */
  readonly revision: number;
  readonly data: JsonObject;
}

interface Follow {
  readonly tenant: string;
  readonly stream: StreamName;
  readonly topics: readonly string[];
}

interface Asked {
  readonly tenant: string;
  readonly topics: readonly string[];
}

const FOLLOW = `
insert into follower (tenant, topic, stream)
select * from unnest($1::text[], $2::text[], $3::text[]) on conflict do nothing`;

const TELL = `
insert into told as t (tenant, topic, key, revision, data)
select distinct on (n.tenant, n.topic, n.key) n.tenant, n.topic, n.key, n.revision, n.data
from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::jsonb[]) as n (tenant, topic, key, revision, data)
order by n.tenant, n.topic, n.key, n.revision desc
on conflict (tenant, topic, key) do update set revision = excluded.revision, data = excluded.data
where t.revision < excluded.revision`;

const TOLD = `
select a.ordinal, t.topic, t.key, t.revision, t.data
from unnest($1::text[], $2::text[]) with ordinality as a (tenant, topic, ordinal)
join told t using (tenant, topic) order by a.ordinal, t.key`;

const FOLLOWERS = `
select a.ordinal, f.topic, f.stream
from unnest($1::text[], $2::text[]) with ordinality as a (tenant, topic, ordinal)
join follower f using (tenant, topic) order by a.ordinal, f.stream`;

/**
 * Who wants to be told what. A stream that follows is registered before what was told is read, and what is told is registered
 * before its followers are read, each in a statement that commits by itself: whichever commits second sees the other, so
 * that nobody misses anything. That both may see each other is harmless, because what is told carries its revision.
 */
export class Topics {
  private readonly following: Together<Follow, void>;
  private readonly telling: Together<{ readonly tenant: string; readonly told: Told }, void>;
  private readonly reading: Together<Asked, readonly Told[]>;
  private readonly asking: Together<Asked, ReadonlyMap<string, readonly StreamName[]>>;

  constructor(private readonly database: Database) {
    this.following = new Together((follows) => this.register(follows));
    this.telling = new Together((tellings) => this.write(tellings));
    this.reading = new Together((questions) => this.readTold(questions));
    this.asking = new Together((questions) => this.readFollowers(questions));
  }

  /** From here on this stream is among the followers; answers with what was told before. */
  async follow(
    tenant: string,
    stream: StreamName,
    topics: readonly string[],
  ): Promise<readonly Told[]> {
    if (topics.length === 0) return [];
    await this.following.ask({ tenant, stream, topics });
    return this.reading.ask({ tenant, topics });
  }

  /** What was told under these topics. Whoever asks has committed before what the other side looks for. */
  told(tenant: string, topics: readonly string[]): Promise<readonly Told[]> {
    return topics.length === 0 ? Promise.resolve([]) : this.reading.ask({ tenant, topics });
  }

  /** What is told first-hand in a stream needs no row here: appending it was telling it. Ask for its `followers` then. */
  async tell(tenant: string, told: Told): Promise<readonly StreamName[]> {
    await this.telling.ask({ tenant, told });
    const followers = await this.followers(tenant, [told.topic]);
    return followers.get(told.topic) ?? [];
  }

  /** By topic; one that nobody follows is left out. */
  followers(
    tenant: string,
    topics: readonly string[],
  ): Promise<ReadonlyMap<string, readonly StreamName[]>> {
    return this.asking.ask({ tenant, topics });
  }

  private async register(follows: readonly Follow[]): Promise<void[]> {
    const rows = follows.flatMap(({ tenant, stream, topics }) =>
      topics.map((topic) => ({ tenant, topic, stream })),
    );
    await this.database.query(
      prepared(FOLLOW, [
        rows.map(({ tenant }) => tenant),
        rows.map(({ topic }) => topic),
        rows.map(({ stream }) => stream),
      ]),
    );
    return follows.map(() => undefined);
  }

  private async write(
    tellings: readonly { readonly tenant: string; readonly told: Told }[],
  ): Promise<void[]> {
    await this.database.query(
      prepared(TELL, [
        tellings.map(({ tenant }) => tenant),
        tellings.map(({ told }) => told.topic),
        tellings.map(({ told }) => told.key),
        tellings.map(({ told }) => told.revision),
        tellings.map(({ told }) => JSON.stringify(told.data)),
      ]),
    );
    return tellings.map(() => undefined);
  }

  private async readTold(questions: readonly Asked[]): Promise<(readonly Told[])[]> {
    const answers = questions.map((): Told[] => []);
    const { asker, values } = flattened(questions);
    const { rows } = await this.database.query<
      Omit<Told, 'revision'> & { ordinal: string; revision: string }
    >(TOLD, values);
    for (const { ordinal, revision, ...told } of rows)
      answers[asker[Number(ordinal) - 1] as number]?.push({ ...told, revision: Number(revision) });
    return answers;
  }

  private async readFollowers(
    questions: readonly Asked[],
  ): Promise<ReadonlyMap<string, readonly StreamName[]>[]> {
    const answers = questions.map(() => new Map<string, StreamName[]>());
    const { asker, values } = flattened(questions);
    const { rows } = await this.database.query<{
      ordinal: string;
      topic: string;
      stream: StreamName;
    }>(FOLLOWERS, values);
    for (const { ordinal, topic, stream } of rows) {
      const answer = answers[asker[Number(ordinal) - 1] as number] as Map<string, StreamName[]>;
      const streams = answer.get(topic);
      if (streams) streams.push(stream);
      else answer.set(topic, [stream]);
    }
    return answers;
  }
}

/** All topics of all questions as two columns, and for each the question that it belongs to. */
function flattened(questions: readonly Asked[]): {
  readonly asker: readonly number[];
  readonly values: [string[], string[]];
} {
  const asker: number[] = [];
  const values: [string[], string[]] = [[], []];
  for (const [i, { tenant, topics }] of questions.entries()) {
    for (const topic of topics) {
      asker.push(i);
      values[0].push(tenant);
      values[1].push(topic);
    }
  }
  return { asker, values };
}

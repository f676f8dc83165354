import { setTimeout } from 'node:timers/promises';

import type { Owner } from '@tributary/contracts';
import type { EventLog } from '@tributary/event-log';
import { Feeds, PublishedTable, type Upstream, feedMigrations } from '@tributary/feeds';
import { CodedError, invariant } from '@tributary/kernel';
import { type ServiceDefinition, schemaOf } from '@tributary/platform';
import { Database } from '@tributary/postgres';

export interface Rebuilt {
  readonly service: string;
  /** Streams that a projection could not read, and stands still at. */
  readonly parked: number;
}

export interface Rebuilding {
  readonly url: string;
  readonly log: EventLog;
  readonly services: readonly ServiceDefinition[];
  /** Positions that everything has come past, of so many. */
  readonly progress: (through: bigint, head: bigint) => void;
}

interface Open {
  readonly definition: ServiceDefinition;
  readonly database: Database;
  readonly published: PublishedTable;
}

interface At extends Open {
  readonly feeds: Feeds;
}

const POLL_MS = 100;

/**
 * Fills every projection of every service from the log, with the very code that fills them live. Nothing decides and nothing is
 * sent: there are no reactions, no routes and no relay. What was interrupted goes on from its checkpoints.
 */
export async function rebuildAll(rebuilding: Rebuilding): Promise<readonly Rebuilt[]> {
  const { url, log, services, progress } = rebuilding;
  const failures = new Failures();
  const open: Open[] = [];
  const running: At[] = [];
  try {
    for (const definition of services) {
      const schema = schemaOf(definition);
      const database = await Database.open({ url, schema, migrations: [...feedMigrations] });
      open.push({ definition, database, published: new PublishedTable(database) });
    }
    for (const each of open)
      running.push({ ...each, feeds: await started(each, open, log, failures) });
    await untilDone(running, log, failures, progress);
    return await Promise.all(
      running.map(async ({ definition: { name }, feeds }) => {
        const { subscriptions } = await feeds.status();
        return {
          service: name,
          parked: subscriptions.reduce((sum, { parked }) => sum + parked, 0),
        };
      }),
    );
  } finally {
    await Promise.all(running.map(({ feeds }) => feeds.stop()));
    await Promise.all(open.map(({ database }) => database.close()));
  }
}

function started(
  { definition, database, published }: Open,
  all: readonly Open[],
  log: EventLog,
  failures: Failures,
): Promise<Feeds> {
  const { name, categories, projections, inboxProjections, publication, listensTo } = definition;
  const upstreams = (listensTo ?? []).map((owner): Upstream => {
    const publisher = all.find((one) => one.definition.publication?.owner === owner);
    invariant(publisher, `somebody publishes as ${owner}`);
    const { published: reader } = publisher;
    return { owner, reader, via: 'table', wake: reader.committed };
  });
  return Feeds.start({
    service: name,
    database,
    log,
    owner: `replay:${process.pid}`,
    observer: { failed: (part, error) => failures.note(name, part, error) },
    published,
    upstreams,
    projections: projections ?? [],
    inboxProjections: inboxProjections ?? [],
    ...(categories && { categories }),
    ...(publication && { publication }),
  });
}

/** Everything of the log is read and published, everything published is received, and everything received is read. */
async function untilDone(
  running: readonly At[],
  log: EventLog,
  failures: Failures,
  progress: Rebuilding['progress'],
): Promise<void> {
  const head = await log.head();
  // What one round finds published is received in the next, and read in the one after it.
  for (let quiet = 0; quiet < 3;) {
    failures.assertFew();
    const behind = await Promise.all(running.map((each) => behindOf(each, running)));
    const most = behind.reduce((a, b) => (a > b ? a : b), 0n);
    progress(head > most ? head - most : 0n, head);
    quiet = most === 0n ? quiet + 1 : 0;
    await setTimeout(POLL_MS);
  }
}

async function behindOf(
  { feeds, definition: { listensTo = [] } }: At,
  running: readonly At[],
): Promise<bigint> {
  const { subscriptions } = await feeds.status();
  let behind = 0n;
  for (const { lag } of subscriptions) if (lag > behind) behind = lag;
  for (const owner of listensTo) {
    const left = await leftOf(feeds, owner, running);
    if (left > behind) behind = left;
  }
  return behind;
}

async function leftOf(feeds: Feeds, owner: Owner, running: readonly At[]): Promise<bigint> {
  const publisher = running.find(({ definition }) => definition.publication?.owner === owner);
  const next = (await feeds.inbox.offsetOf(owner, 'table')) ?? 1n;
  const page = await publisher?.published.after(next - 1n, 1);
  return page === undefined || page.events.length === 0 ? 0n : 1n;
}

/** What is tried again by itself is no matter; what goes on failing is. */
class Failures {
  private readonly counts = new Map<string, number>();
  private last: CodedError | undefined;

  note(service: string, part: string, error: unknown): void {
    const key = `${service} ${part}`;
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    if (count < MOST_FAILURES) return;
    const message = `${part} of ${service} does not get on: ${(error as Error).message}`;
    this.last = new CodedError('replay_failed', message, { service, part }, { cause: error });
  }

  assertFew(): void {
    if (this.last) throw this.last;
  }
}

const MOST_FAILURES = 8;

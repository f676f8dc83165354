import { setTimeout } from 'node:timers/promises';

import type { Owner } from '@tributary/contracts';
import type { EventLog } from '@tributary/event-log';
import { Feeds, PublishedTable, type Upstream, feedMigrations } from '@tributary/feeds';
import { CodedError, invariant } from '@tributary/kernel';
import { type ServiceDefinition, schemaOf } from '@tributary/platform';
import { Database } from '@tributary/postgres';

import { inStretches } from './in-stretches';

export interface Rebuilt {
  readonly service: string;
  /** Streams that a projection could not read, and stands still at. */
  readonly parked: number;
}

export interface Rebuilding {
  readonly url: string;
  readonly log: EventLog;
  readonly services: readonly ServiceDefinition[];
  /** Answers once the log has all of its events, or will never have them; until then it is read as it grows. */
  readonly isWhole: () => Promise<boolean>;
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

const POLL_MS = 50;

/**
 * Fills every projection of every service from the log, with the very code that fills them live. Nothing decides and nothing is
 * sent: there are no reactions, no routes and no relay. What was interrupted goes on from its checkpoints.
 */
export async function rebuildAll(rebuilding: Rebuilding): Promise<readonly Rebuilt[]> {
  const { url, log, services, isWhole, progress } = rebuilding;
  const whole = isWhole();
  const growing = inStretches(log, whole);
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
      running.push({ ...each, feeds: await started(each, open, growing, failures) });
    if (await whole) await untilDone(running, log, failures, progress);
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
  for (;;) {
    failures.assertFew();
    const behind = await behindOf(running);
    progress(head > behind ? head - behind : 0n, head);
    if (behind === 0n) return;
    await setTimeout(POLL_MS);
  }
}

/** Asked in the order in which things get on: once the log is read nothing more is published, and then nothing more is received. */
async function behindOf(running: readonly At[]): Promise<bigint> {
  const inLog = await lagOf(running, 'log');
  if (inLog > 0n) return inLog;
  const left = await Promise.all(running.map((each) => isLeft(each, running)));
  return left.includes(true) ? 1n : await lagOf(running, 'inbox');
}

async function lagOf(running: readonly At[], of: 'inbox' | 'log'): Promise<bigint> {
  const each = await Promise.all(running.map(({ feeds }) => feeds.status()));
  return each
    .flatMap(({ subscriptions }) => subscriptions)
    .reduce((most, { feed, lag }) => (feed === of && lag > most ? lag : most), 0n);
}

/** Whether something that others have published is still to be received. */
async function isLeft(
  { feeds, definition: { listensTo = [] } }: At,
  running: readonly At[],
): Promise<boolean> {
  for (const owner of listensTo) if (await isLeftOf(feeds, owner, running)) return true;
  return false;
}

async function isLeftOf(feeds: Feeds, owner: Owner, running: readonly At[]): Promise<boolean> {
  const publisher = running.find(({ definition }) => definition.publication?.owner === owner);
  const next = (await feeds.inbox.offsetOf(owner, 'table')) ?? 1n;
  const page = await publisher?.published.after(next - 1n, 1);
  return page !== undefined && page.events.length > 0;
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

import { EVERY_TYPE } from '@tributary/event-log';
import { CodedError, hasCode, type Recorded } from '@tributary/kernel';
import type { Feed } from './feed';
import { DEFAULT_LEASE_MS, type FeedsOptions } from './feeds-options';
import { countOpen, type FeedsStatus, subscriptionStatuses } from './feeds-status';
import { DeadLetterTable } from './inbox/dead-letter-table';
import { GapFiller } from './inbox/gap-filler';
import { InboxFeed } from './inbox/inbox-feed';
import { InboxTable } from './inbox/inbox-table';
import { TableSource } from './inbox/table-source';
import { logFeed } from './log-feed';
import { WaitingFacts } from './meeting/waiting-facts';
import type { Running } from './ports';
import { BeingBuilt } from './projections/being-built';
import { LiveProjection } from './projections/live-projection';
import { type Projection, subscriptionOf } from './projections/projection';
import { rebuild } from './projections/rebuild';
import type { RebuildOptions, RebuildReport } from './projections/rebuild-report';
import { register } from './projections/versions';
import { publishing } from './published/publication';
import { PublishedTable } from './published/published-table';
import { LiveReaction } from './reactions/live-reaction';
import type { Reaction } from './reactions/reaction';
import { waitUntil } from './read-your-writes';
import { LateCheckpoints } from './subscriptions/late-checkpoints';
import { Leases } from './subscriptions/leases';
import { OwnedWork, type OwnedWorkOptions } from './subscriptions/owned-work';
import { type Closing, Parking } from './subscriptions/parking';
import { Progress } from './subscriptions/progress';
import type { ResumeReport } from './subscriptions/resume-in-transaction';
import { type Subscriber, SubscriptionRunner } from './subscriptions/runner';
import { backoffMs, pause } from './wake';

interface Follower {
  readonly subscriber: LiveProjection | LiveReaction<unknown>;
  runner: SubscriptionRunner | undefined;
}

/** Everything that follows events in one service: started together, stopped together, seen in one place. */
export class Feeds implements Running {
  readonly parking: Parking;
  readonly waiting: WaitingFacts;
  readonly inbox: InboxTable;
  readonly deadLetters: DeadLetterTable;
  readonly published: PublishedTable;
  readonly progress = new Progress();
  private readonly leases: Leases;
  private readonly late: LateCheckpoints;
  private readonly followers = new Map<string, Follower>();
  private readonly sources: Running[] = [];
  private readonly stopping = new AbortController();
  private readonly background: Promise<void>[] = [];
  private readonly building = new BeingBuilt();

  private constructor(private readonly options: FeedsOptions) {
    const { database, observer, owner, leaseMs = DEFAULT_LEASE_MS } = options;
    this.parking = new Parking(database);
    this.waiting = new WaitingFacts(database);
    this.deadLetters = new DeadLetterTable(database, observer);
    this.inbox = new InboxTable(database, this.deadLetters, observer);
    this.published = options.published ?? new PublishedTable(database);
    this.late = new LateCheckpoints(database);
    this.leases = new Leases(database, { owner, ttlMs: leaseMs, observer });
  }

  static async start(options: FeedsOptions): Promise<Feeds> {
    const feeds = new Feeds(options);
    try {
      await feeds.startAll();
    } catch (error) {
      await feeds.stop();
      throw error;
    }
    return feeds;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    const runners = [...this.followers.values()].flatMap(({ runner }) => runner ?? []);
    await Promise.all([...this.sources, ...runners].map((running) => running.stop()));
    await Promise.all(this.background);
  }

  /** Keeps work that only one process may do, such as the relay to Kafka, running in whichever holds its lease. */
  own(name: string, start: OwnedWorkOptions['start']): void {
    const { database, observer } = this.options;
    this.sources.push(new OwnedWork({ name, database, leases: this.leases, observer, start }));
  }

  /** Whether the tables of these projections show everything up to a position of this service's log. */
  waitUntil(projections: readonly string[], position: bigint, timeoutMs: number): Promise<boolean> {
    const names = projections.map((name) => this.projectionNamed(name, 'log').name);
    return waitUntil(this.options.database, this.progress, names, position, timeoutMs);
  }

  /** Runs a parked event and all behind it again, in order; what fails again is parked again. */
  resume(subscription: string, stream: string, by: string): Promise<ResumeReport> {
    return this.closeParked(subscription, stream, { status: 'resumed', by, reason: null });
  }

  /** Gives up one parked event for one subscription, on record, and goes on with those behind it. */
  async discard(
    subscription: string,
    stream: string,
    by: string,
    reason: string,
  ): Promise<ResumeReport> {
    if (reason.trim() === '')
      throw new CodedError('reason_missing', 'Who discards an event says why.');
    return this.closeParked(subscription, stream, { status: 'discarded', by, reason });
  }

  rebuild(projection: string, options: RebuildOptions = {}): Promise<RebuildReport> {
    const { projection: found, feed } = this.projectionNamed(projection);
    const { database, observer } = this.options;
    const signal = AbortSignal.any([
      this.stopping.signal,
      ...(options.signal ? [options.signal] : []),
    ]);
    return rebuild({ database, leases: this.leases, observer }, found, feed, {
      ...options,
      signal,
    });
  }

  /** Whether a statement has failed only because the version that it reads is still being filled: it may be tried again. */
  isBeingBuilt(error: unknown): boolean {
    return this.building.explains(error);
  }

  async status(): Promise<FeedsStatus> {
    const { database } = this.options;
    const watched = [...this.followers.values()].map(({ subscriber: { name, feed }, runner }) => ({
      name,
      feed,
      state: runner?.state ?? ('standby' as const),
      lastError: runner?.state === 'failing' ? runner.lastError : undefined,
      looked: this.progress.of(name),
    }));
    return {
      subscriptions: await subscriptionStatuses(database, watched),
      waiting: await this.waiting.countByReason(),
      ...(await countOpen(database)),
    };
  }

  private async startAll(): Promise<void> {
    const {
      database,
      log,
      categories,
      tail,
      projections = [],
      reactions = [],
      publication,
      upstreams = [],
    } = this.options;
    const { inboxProjections = [], inboxReactions = [] } = this.options;
    const own: Feed<Recorded> = logFeed(log, categories, tail);
    const inbox = new InboxFeed(database, this.inbox.received);

    const published = publication ? [publishing(publication)] : [];
    for (const projection of [...published, ...projections])
      await this.addProjection(projection, own);
    for (const projection of inboxProjections) await this.addProjection(projection, inbox);
    for (const reaction of reactions) this.addReaction(reaction, own);
    for (const reaction of inboxReactions) this.addReaction(reaction, inbox);
    if (upstreams.length > 0) this.startSources();
  }

  private startSources(): void {
    const { database, observer, upstreams = [], shuffleSeed } = this.options;
    const { inbox } = this;
    for (const { owner, reader, via, wake } of upstreams) {
      if (via !== 'table') continue;
      const seed = shuffleSeed === undefined ? {} : { shuffleSeed };
      this.sources.push(
        new TableSource({ owner, reader, inbox, observer, ...(wake && { wake }), ...seed }),
      );
    }
    const readers = Object.fromEntries(upstreams.map(({ owner, reader }) => [owner, reader]));
    const wakes = [inbox.gapOpened, this.deadLetters.parked];
    this.sources.push(new GapFiller({ database, inbox, readers, wakes, observer }));
  }

  /** A version that is not live yet is filled beside the live one first; readers keep the old one until then. */
  private async addProjection(projection: Projection, feed: Feed): Promise<void> {
    const { database, observer, leaseMs = DEFAULT_LEASE_MS } = this.options;
    if (feed.name === 'inbox' && projection.types.includes(EVERY_TYPE)) {
      const message = `${projection.name} follows every type, which only a log has; what others publish is named.`;
      throw new CodedError('invalid_projection', message, { projection: projection.name });
    }
    const isPublished = projection.name === 'published';
    const committed = isPublished ? { committed: () => this.published.committed.ring() } : {};
    const live = new LiveProjection(projection, feed, {
      database,
      observer,
      ttlMs: leaseMs,
      ...committed,
    });
    const follower = this.add(live);
    const standing = await register(database, projection);
    if (standing === 'behind') {
      this.building.begin(projection);
      this.background.push(this.bringUp(follower, projection));
    } else follower.runner = this.run(live);
  }

  private async bringUp(follower: Follower, projection: Projection): Promise<void> {
    const { signal } = this.stopping;
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        // Another process may have done it meanwhile.
        if ((await register(this.options.database, projection)) === 'behind')
          await this.rebuild(projection.name);
        this.building.end(projection);
        follower.runner = this.run(follower.subscriber);
        if (signal.aborted) await follower.runner.stop();
        return;
      } catch (error) {
        if (signal.aborted) return;
        // Another process is at it already.
        if (!hasCode(error, 'rebuild_running'))
          this.options.observer.failed(subscriptionOf(projection), error);
        await pause(backoffMs(failures), signal);
      }
    }
  }

  private addReaction(reaction: Reaction, feed: Feed): void {
    const { database, observer, leaseMs = DEFAULT_LEASE_MS } = this.options;
    const { building } = this;
    const context = { database, observer, building, ttlMs: leaseMs };
    const live = new LiveReaction<unknown>(reaction, feed, context);
    this.add(live).runner = this.run(live);
  }

  private add(subscriber: Follower['subscriber']): Follower {
    if (this.followers.has(subscriber.name)) {
      throw new CodedError(
        'subscription_twice',
        `Two subscriptions are called ${subscriber.name}.`,
        { name: subscriber.name },
      );
    }
    const follower: Follower = { subscriber, runner: undefined };
    this.followers.set(subscriber.name, follower);
    return follower;
  }

  private run(subscriber: Subscriber): SubscriptionRunner {
    const { observer, leaseMs = DEFAULT_LEASE_MS } = this.options;
    const { leases, late, progress } = this;
    return new SubscriptionRunner(subscriber, {
      leases,
      late,
      progress,
      observer,
      standbyMs: leaseMs / 3,
    });
  }

  private async closeParked(
    subscription: string,
    stream: string,
    closing: Closing,
  ): Promise<ResumeReport> {
    const follower = this.followers.get(subscription);
    if (!follower)
      throw new CodedError('unknown_subscription', `There is no subscription ${subscription}.`, {
        subscription,
      });
    return follower.subscriber.resume(stream, closing);
  }

  private projectionNamed(name: string, feed?: Feed['name']): LiveProjection {
    for (const { subscriber } of this.followers.values()) {
      if (!(subscriber instanceof LiveProjection) || subscriber.projection.name !== name) continue;
      if (feed === undefined || subscriber.feed.name === feed) return subscriber;
    }
    throw new CodedError(
      'unknown_projection',
      `There is no projection ${name} over the ${feed ?? 'log or the inbox'}.`,
      { name },
    );
  }
}

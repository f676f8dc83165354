import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { inspect } from 'node:util';

import { type Stoppable, StopSteps, closeInTurn } from '@tributary/platform';
import { DirectoryLock, EmbeddedPostgres } from '@tributary/postgres';

import { checkAddress } from './address';
import type { DemoCase } from './demo/play-demo';
import type { People, PayoutsCase } from './demo/play-payouts';
import type { TiersCase } from './demo/play-tiers';
import { localMasterKey } from './local-master-key';
import type { Options, Variables } from './options';

export interface Running {
  readonly address: string;
  /** One key per person. */
  readonly keys: Readonly<Record<string, string>>;
  /** What to ask the demo programme about, and the keys of its people, where there is one. */
  readonly demo?: DemoCase & {
    readonly keys: People;
    /** Where there is a bank to pay from. */
    readonly paid?: PayoutsCase;
    readonly tiers: TiersCase;
  };
}

export interface Start {
  /** The environment of the services, in which DATABASE_URL and PRIVACY_MASTER_KEY are always set. */
  readonly variables: Variables;
  readonly options: Options;
  /** What was begun is ended in the opposite order, also when the rest of the start fails. */
  readonly closeLater: (close: () => Promise<void>) => void;
  /** Where what is closed says what it is doing. */
  readonly steps: StopSteps;
}

export type StartServices = (start: Start) => Promise<Running>;
export type Say = (line: string) => void;

const DATABASE = 'tributary';
const MAX_PAUSE_MS = 10_000;

/** What runs, in the order in which it was started; it is closed in the opposite order, also when a start fails halfway. */
export class Standalone implements Stoppable {
  private readonly steps = new StopSteps();
  private readonly closers: (() => Promise<void>)[] = [];
  private readonly asked = new AbortController();
  private readonly givenUp = new AbortController();
  private postgres: Promise<EmbeddedPostgres> | undefined;
  private starting: Promise<unknown> = Promise.resolve();
  private recovery: Promise<void> = Promise.resolve();
  private stopping: Promise<void> | undefined;

  constructor(
    private readonly options: Options,
    private readonly say: Say,
  ) {}

  /** When it rejects, everything that had been started is closed. Undefined when somebody asked to stop meanwhile. */
  async start(startServices: StartServices): Promise<Running | undefined> {
    const starting = this.startAll(startServices);
    this.starting = starting;
    return await starting;
  }

  /** Drains and ends everything, after the step that is being started. A repeat waits for the first. */
  async stop(): Promise<void> {
    this.asked.abort();
    this.stopping ??= this.stopAll();
    await this.stopping;
  }

  /** Ends the database, also one that is starting, and waits for nobody else. At once, it recovers at the next start. */
  async abandon(pace: 'orderly' | 'at once'): Promise<void> {
    this.asked.abort();
    this.givenUp.abort();
    const [started] = await Promise.allSettled([this.postgres]);
    if (started.status === 'rejected' || started.value === undefined) return;
    await (pace === 'orderly' ? started.value.end() : started.value.kill());
  }

  unfinished(): readonly string[] {
    return this.steps.unfinished();
  }

  private async stopAll(): Promise<void> {
    const { starting, steps } = this;
    await steps.during('the start', async () => void (await Promise.allSettled([starting])));
    await this.closeAll();
  }

  private async startAll(startServices: StartServices): Promise<Running | undefined> {
    const { options } = this;
    const closeLater: Start['closeLater'] = (close) => void this.closers.push(close);
    try {
      const lock = await DirectoryLock.take(options.dataDirectory);
      closeLater(async () => await lock.release());
      const masterKey =
        options.variables['PRIVACY_MASTER_KEY'] ||
        (await localMasterKey(join(options.dataDirectory, 'privacy.key')));
      const given = {
        LOG_SIGNER_DIRECTORY: join(options.dataDirectory, 'signer'),
        ...options.variables,
        PRIVACY_MASTER_KEY: masterKey,
      };
      await checkAddress(given);
      const url = options.variables['DATABASE_URL'] || (await this.startPostgres());
      if (this.asked.signal.aborted) return undefined;
      const variables = { ...given, DATABASE_URL: url };
      return await startServices({ variables, options, closeLater, steps: this.steps });
    } catch (error) {
      // Whatever else goes wrong then, whoever starts it reads why it did not start.
      const [closed] = await Promise.allSettled([this.closeAll()]);
      if (closed.status === 'rejected')
        this.say(`Could not close cleanly: ${inspect(closed.reason)}`);
      throw error;
    }
  }

  private async closeAll(): Promise<void> {
    await closeInTurn(this.closers);
  }

  private async startPostgres(): Promise<string> {
    this.postgres = EmbeddedPostgres.start({
      directory: join(this.options.dataDirectory, 'postgres'),
      onUnexpectedExit: (reason) => {
        this.recovery = this.bringBack(postgres, reason);
      },
      givenUp: this.givenUp.signal,
    });
    const postgres = await this.postgres;
    const close = async () => {
      this.asked.abort();
      await this.recovery;
      await postgres.stop();
    };
    this.closers.push(() => this.steps.during('PostgreSQL', close));
    return await postgres.ensureDatabase(DATABASE);
  }

  /** The services answer 503 meanwhile and connect again by themselves, since the port stays the same. */
  private async bringBack(postgres: EmbeddedPostgres, reason: string): Promise<void> {
    const { signal } = this.asked;
    this.say(`PostgreSQL ended by itself (${reason}); starting it again.`);
    for (let pauseMs = 250; !signal.aborted; pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
      try {
        await postgres.restart();
        this.say('PostgreSQL is back.');
        return;
      } catch (error) {
        this.say(
          `PostgreSQL does not start, the next attempt follows: ${(error as Error).message}`,
        );
        // Rejects when somebody asks to stop; the loop then ends.
        await Promise.allSettled([setTimeout(pauseMs, undefined, { signal })]);
      }
    }
  }
}

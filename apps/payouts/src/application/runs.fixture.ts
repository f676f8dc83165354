import { MemoryEventLog } from '@tributary/event-log';
import { type FeedEvent, followUps } from '@tributary/feeds';
import {
  type CommandRunner as Runner,
  CommandRunner,
  type Outcome,
  type StreamLog,
  type StreamName,
  type Uuid,
  categoryOf,
  instant,
  unavailable,
  uuidV5,
} from '@tributary/kernel';
import type { Database } from '@tributary/postgres';
import { specCause } from './causes.fixture';
import type { AccountCommand } from '../domain/account/commands';
import { account } from '../domain/account/decide';
import type { AccountEvent } from '../domain/account/events';
import { type Account } from '../domain/account/state';
import { type OfAccount, accountStreamOf } from '../domain/account/terms';
import type { RunCommand } from '../domain/run/commands';
import { run } from '../domain/run/decide';
import { type RunDrafted, runStreamOf } from '../domain/run/events';
import type { Run } from '../domain/run/state';
import { type DecideRun, RunsRead, loadRun } from './runs';
import { runsFollow } from './runs-protocol';

export const TENANT = 'acme';
export const AT = instant('2026-04-15T03:00:00Z');
export const runNamed = (name: string): Uuid => uuidV5('spec run', name);
export const accountIn = (partner: string): OfAccount => ({
  partner,
  entity: 'main',
  asset: 'BRL/2',
});

/** A log that is away now and then, before or after it has stored what it was given. */
class FlakyLog implements Pick<StreamLog, 'append' | 'appendMany' | 'read'> {
  /** True: the next append fails. */
  constructor(
    private readonly log: MemoryEventLog,
    private readonly fails: () => 'after' | 'before' | 'no',
    private readonly stored: (together: number) => void,
  ) {}

  append: StreamLog['append'] = async (...given) => {
    const fails = this.fails();
    if (fails === 'before') throw unavailable('The log');
    const appended = await this.log.append(...given);
    if (fails === 'after') throw unavailable('The log');
    return appended;
  };
  /** Each may fail by itself, as it may where a bulk is written in several calls. */
  appendMany: StreamLog['appendMany'] = (appends) => {
    this.stored(appends.length);
    return Promise.allSettled(
      appends.map(({ stream, expected, events }) => this.append(stream, expected, events)),
    );
  };
  read: StreamLog['read'] = (...given) => this.log.read(...given);
}

/** Runs and accounts over a log in memory, and the protocol between them, in a process that may be killed at any append. */
export class RunWorld {
  readonly log = new MemoryEventLog({ now: () => Date.parse(AT) });
  /** How many streams each bulk was for. */
  readonly bulks: number[] = [];
  private fails: () => 'after' | 'before' | 'no' = () => 'no';
  private delivered = 0n;
  private sent = 0;
  private runner: Runner = this.started();
  private following = this.follows();

  constructor(private readonly faulty: ReadonlySet<string> = new Set()) {}

  /** Something is owed to these, and it is known where they are paid. */
  async owes(amounts: Readonly<Record<string, number>>): Promise<void> {
    for (const [partner, amount] of Object.entries(amounts))
      await this.earns(partner, `${partner}1`, amount);
  }

  async earns(partner: string, line: string, amount: number): Promise<void> {
    const { payee } = await this.account(partner);
    if (payee === null) await this.details(partner, 1);
    await this.releases(partner, line, amount);
  }

  /** Confirmed by two persons, as many times. */
  async details(partner: string, version: number): Promise<void> {
    await this.tells(partner, {
      type: 'LearnPayee',
      account: accountIn(partner),
      at: AT,
      revision: version,
      payee: {
        method: {
          version,
          kind: 'pix',
          fingerprint: `place ${String(version)} of ${partner}`,
          display: '***1234',
          changedAt: instant('2026-01-01T00:00:00Z'),
          editors: ['clerk'],
        },
        changePending: false,
        tax: null,
        missing: [],
      },
    });
  }

  async releases(partner: string, line: string, amount: number): Promise<void> {
    await this.tells(partner, {
      type: 'TakeRelease',
      account: accountIn(partner),
      at: AT,
      release: uuidV5('release', line),
      line,
      key: { sale: 's', payment: 'p', line, rule: 'base' },
      programme: 'main',
      plan: 'plan',
      window: '2026-03',
      amount: String(amount),
    });
  }

  async tells(partner: string, command: AccountCommand): Promise<Outcome> {
    const stream = accountStreamOf(TENANT, accountIn(partner));
    return await this.runner.run(account, stream, command, this.cause());
  }

  /** As a person or the calendar does it. */
  async commands(command: RunCommand): Promise<Outcome> {
    const stream = runStreamOf(TENANT, command.run);
    return await this.runner.run(run, stream, command, this.cause());
  }

  async drafts(name: string, over: Partial<RunDrafted['data']> = {}): Promise<Outcome> {
    const draft: RunDrafted['data'] = {
      run: runNamed(name),
      entity: 'main',
      asset: 'BRL/2',
      kind: 'on_demand',
      period: null,
      zone: 'UTC',
      payOn: '2026-04-15',
      payAt: AT,
      minimum: '10000',
      dueDays: 30,
      payingAccount: 'itau',
      rules: null,
      partners: null,
      by: 'drafter',
      ...over,
    };
    return await this.commands({ type: 'DraftRun', run: draft.run, draft, at: AT });
  }

  run(name: string): Promise<Run> {
    return loadRun(this.log, TENANT, runNamed(name));
  }

  async account(partner: string): Promise<Account> {
    let state = account.initial;
    for await (const event of this.log.read(accountStreamOf(TENANT, accountIn(partner))))
      state = account.evolve(state, event as unknown as AccountEvent);
    return state;
  }

  /** Delivers the next event of a run; with `again`, one that was delivered before comes first. False when there is none. */
  async deliver(fails: () => 'after' | 'before' | 'no' = () => 'no', again = 0n): Promise<boolean> {
    const from = this.delivered > again ? this.delivered - again : 0n;
    for await (const { events } of this.log.readAll(from)) {
      for (const event of events) {
        if (categoryOf(event.stream) !== 'run' || !(event.type in this.following.on)) continue;
        const isNew = event.position > this.delivered;
        this.fails = fails;
        try {
          await this.follow(event);
          this.delivered = isNew ? event.position : this.delivered;
        } catch {
          // The process is gone with all that it knew; the next one begins where the checkpoint stands.
          this.runner = this.started();
          this.following = this.follows();
          return true;
        } finally {
          this.fails = () => 'no';
        }
        if (isNew) return true;
      }
    }
    return false;
  }

  async settle(): Promise<void> {
    while (await this.deliver());
  }

  private async follow(event: FeedEvent): Promise<void> {
    const steps = (await this.following.on[event.type]?.(event)) ?? [];
    for (const { command, context } of followUps(this.following, event, steps))
      await this.following.dispatch(command, context);
  }

  private started(): Runner {
    const log = new FlakyLog(
      this.log,
      () => this.fails(),
      (together) => this.bulks.push(together),
    );
    return new CommandRunner(log, { now: () => Date.parse(AT) });
  }

  private follows() {
    const execute = ({ command, context }: DecideRun) =>
      this.runner.run(run, runStreamOf(TENANT, command.run), command, context.cause);
    const { log, runner, faulty } = this;
    const partners = async (): Promise<readonly string[]> => {
      const names = [...this.log.store.streams.keys()].filter(
        (name) => categoryOf(name) === 'account',
      );
      return names.map((name: StreamName) => name.split('.')[1] ?? '').sort();
    };
    return runsFollow(
      { execute },
      { log, runner, database: undefined as unknown as Database },
      (_tenant, _rail, items) => {
        const fault = { code: 'name_too_long', field: 'name', message: 'Too long.' };
        const found = items.filter(({ partner }) => faulty.has(partner));
        return Promise.resolve(new Map(found.map(({ item }) => [item, [fault]])));
      },
      new RunsRead(log),
      {
        async *allCandidates(_of, _position, only) {
          yield (await partners()).filter((partner) => only === null || only.includes(partner));
        },
        known: () => Promise.resolve(new Map()),
      },
    );
  }

  private cause() {
    this.sent += 1;
    return specCause(this.sent);
  }
}

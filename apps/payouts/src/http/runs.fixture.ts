import { Module } from '@nestjs/common';
import { COMMISSION_POSTED, COMMISSION_RELEASED } from '@tributary/contracts';
import {
  type Decider,
  type DomainEvent,
  type Instant,
  type JsonObject,
  accept,
  instant,
  streamOf,
  uuidV5,
  withoutDashes,
} from '@tributary/kernel';
import {
  type Role,
  ServiceModule,
  ServiceRuntime,
  type Serving,
  coreSettings,
  serve,
} from '@tributary/platform';
import { saying, tellerOf, testMasterKey } from '@tributary/platform/testing';
import { Answer, type TestPostgres, startTestPostgres } from '@tributary/testing';
import { specCause } from '../application/causes.fixture';
import { accountHandler } from '../application/accounts';
import { releasesTaken } from '../application/accounts-releases';
import { RunDesk } from '../application/runs-desk';
import { payoutPolicyHandler } from '../application/runs-policies';
import { runsFollow } from '../application/runs-protocol';
import { runChanges, runFiles, runProgress } from '../application/runs-reactions';
import { runHandler } from '../application/runs';
import type { AccountCommand } from '../domain/account/commands';
import { account } from '../domain/account/decide';
import type { AccountEvent } from '../domain/account/events';
import type { Account } from '../domain/account/state';
import { type OfAccount, type PayeeTerms, accountStreamOf } from '../domain/account/terms';
import { railStreamOf } from '../domain/rail/file-events';
import { taxStreamOf } from '../domain/withholding/events';
import { ahead } from '../read-model/forecast.projection';
import { HeldAhead } from '../read-model/forecast.queries';
import { candidates } from '../read-model/runs.candidates.projection';
import { RunFigures } from '../read-model/runs.figures';
import { runs } from '../read-model/runs.projection';
import { PayoutRuns } from '../read-model/runs.queries';
import { payerEntities, payingAccounts } from '../read-model/runs.terms.projection';
import { ForecastController } from './forecast.controller';
import { RunsController } from './runs.controller';
import { RunDecisionsController } from './runs.decisions.controller';
import { PayoutPoliciesController } from './runs.policies.controller';

const writing: Decider<DomainEvent<string, object>, DomainEvent<string, object>, null> = {
  initial: null,
  decide: (event) => accept(event),
  evolve: () => null,
};

@Module({ imports: [tellerOf('commission', 'earnings')] })
class Commission {}

/** Names that this rail has no room for. */
const UNWRITABLE = /^long/;

@Module({
  imports: [
    ServiceModule.of({
      name: 'payouts',
      categories: ['account', 'rail', 'run', 'tax'],
      listensTo: ['commission'],
      projections: [candidates, payingAccounts, runs],
      inboxProjections: [ahead, payerEntities],
      reactions: (bus, means) => [
        runChanges(bus, means),
        runFiles(bus),
        runProgress(bus),
        runsFollow(bus, means, (_tenant, _rail, items) => {
          const fault = { code: 'too_long', field: 'name', message: 'At most 30 characters.' };
          const found = items.filter(({ partner }) => UNWRITABLE.test(partner));
          return Promise.resolve(new Map(found.map(({ item }) => [item, [fault]])));
        }),
      ],
      inboxReactions: (bus) => [releasesTaken(bus)],
    }),
  ],
  controllers: [
    ForecastController,
    PayoutPoliciesController,
    RunDecisionsController,
    RunsController,
  ],
  providers: [
    accountHandler,
    payoutPolicyHandler,
    runHandler,
    HeldAhead,
    PayoutRuns,
    RunDesk,
    RunFigures,
  ],
})
class RunsModule {}

const PEOPLE: readonly (readonly [string, Role])[] = [
  ['drafter', 'finance'],
  ['approver', 'finance'],
  ['second', 'finance'],
  ['clerk', 'finance'],
  ['auditor', 'auditor'],
];

/** Runs and accounts as they are wired, with a commission that says what a test lets it say and a rail that is only asked for faults. */
export class RunsSite {
  private sent = 0;

  private constructor(
    private readonly postgres: TestPostgres,
    private readonly serving: Serving,
    private readonly url: string,
    private readonly keys: ReadonlyMap<string, { readonly key: string; readonly actor: string }>,
  ) {}

  static async start(): Promise<RunsSite> {
    const postgres = await startTestPostgres();
    const settings = coreSettings.read({
      PORT: '0',
      DATABASE_URL: await postgres.freshDatabase(),
      LOG_LEVEL: 'silent',
      PRIVACY_MASTER_KEY: testMasterKey,
    });
    const serving = await serve({ name: 'payouts', modules: [Commission, RunsModule], settings });
    const url = await serving.listen();
    const keys = new Map<string, { key: string; actor: string }>();
    for (const [label, role] of PEOPLE) {
      const { key, id } = await serving.keys.issueKey({ tenant: 'acme', role, label });
      keys.set(label, { key, actor: `key:${id}` });
    }
    return new RunsSite(postgres, serving, url, keys);
  }

  async stop(): Promise<void> {
    await this.serving.close();
    await this.postgres.stop();
  }

  get app(): Serving['app'] {
    return this.serving.app;
  }

  get runtime(): ServiceRuntime {
    return this.serving.app.select(RunsModule).get(ServiceRuntime, { strict: false });
  }

  actor(who: string): string {
    return this.keys.get(who)?.actor ?? '';
  }

  /** Commission has posted a line, and holds it until then. */
  async posts(
    partner: string,
    line: string,
    amount: number,
    paidAt: Instant,
    until: Instant,
  ): Promise<void> {
    await this.says(COMMISSION_POSTED, partner, line, paidAt, {
      ...{ month: paidAt.slice(0, 7), paidAt, amount: String(amount), due: String(amount) },
      ...{ exact: `${String(amount)}/1`, reason: null, heldUntil: until, takes: [] },
      ...{ fromReleased: '0', rule: null, version: null, facts: [], decision: null },
    });
  }

  async releases(partner: string, line: string, amount: number, until: Instant): Promise<void> {
    await this.says(COMMISSION_RELEASED, partner, line, until, { amount: String(amount), until });
  }

  private async says(
    type: string,
    partner: string,
    line: string,
    at: Instant,
    data: JsonObject,
  ): Promise<void> {
    const of = {
      ...{ lineId: lineNamed(line), partner, plan: 'br', window: '2026-03', programme: 'main' },
      ...{ key: { sale: 's', payment: 'p', line, rule: 'base' }, entity: 'main', asset: 'BRL/2' },
    };
    const stream = streamOf('earnings', 'acme', partner, line.replaceAll(/[^a-z0-9]/g, ''));
    await this.runtime.runner.run(
      saying,
      stream,
      { type, at, data: { ...of, ...data } },
      this.cause(),
    );
  }

  async learnsPayee(partner: string, over: Partial<PayeeTerms> = {}, revision = 1): Promise<void> {
    const method = {
      ...{
        version: 1,
        kind: 'pix' as const,
        fingerprint: `place of ${partner}`,
        display: '***1234',
      },
      ...{ changedAt: instant('2026-01-01T00:00:00Z'), editors: [this.actor('clerk')] },
    } as const;
    const payee: PayeeTerms = { method, changePending: false, tax: null, missing: [], ...over };
    await this.tells(partner, {
      ...{ type: 'LearnPayee', account: accountIn(partner), revision, payee },
      at: instant('2026-01-01T00:00:00Z'),
    });
  }

  async tells(partner: string, command: AccountCommand): Promise<void> {
    const stream = accountStreamOf('acme', accountIn(partner));
    const outcome = await this.runtime.runner.run(account, stream, command, this.cause());
    if (outcome.kind === 'rejected') throw new Error(`Refused: ${outcome.rejected.code}`);
  }

  async account(partner: string): Promise<Account> {
    let state = account.initial;
    for await (const event of this.runtime.log.read(accountStreamOf('acme', accountIn(partner))))
      state = account.evolve(state, event as unknown as AccountEvent);
    return state;
  }

  /** An account to pay from, and what happens to files of it. */
  async rail(event: DomainEvent<string, object>): Promise<void> {
    await this.runtime.runner.run(writing, railStreamOf('acme', 'itau'), event, this.cause());
  }

  /** Two persons have said that nothing is kept back. */
  async withholdsNothing(): Promise<void> {
    const from = instant('2026-01-01T00:00:00Z');
    const event = {
      type: 'WithholdingRulesActivated',
      data: {
        ...{ entity: 'main', hash: 'none', effectiveFrom: from, rules: [], source: 'accountant' },
        ...{ version: 1, proposedBy: 'a', by: 'b' },
      },
      occurredAt: from,
    };
    await this.runtime.runner.run(writing, taxStreamOf('acme', 'main'), event, this.cause());
  }

  async post(path: string, body: object, who = 'drafter', key?: string): Promise<Answer> {
    this.sent += 1;
    const headers = {
      'content-type': 'application/json',
      'idempotency-key': key ?? `command-${String(this.sent)}`,
    };
    return await this.ask(path, who, { method: 'POST', body: JSON.stringify(body), headers });
  }

  async ask(path: string, who = 'drafter', init: RequestInit = {}): Promise<Answer> {
    const authorization = `Bearer ${this.keys.get(who)?.key ?? ''}`;
    const headers = { ...(init.headers as Record<string, string>), authorization };
    return await Answer.of(await fetch(new URL(path, this.url), { ...init, headers }));
  }

  /** Until what has been said so far shows. */
  async until<T>(what: () => Promise<T>, holds: (found: T) => boolean): Promise<T> {
    const end = performance.now() + 25_000;
    for (;;) {
      const found = await what();
      if (holds(found)) return found;
      if (performance.now() > end) {
        const { subscriptions } = await this.runtime.feeds.status();
        throw new Error(`Never came: ${show(found)} ${show(subscriptions)}`);
      }
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  async runIs(run: string, status: string): Promise<Answer> {
    return await this.until(
      () => this.ask(`/v1/payout-runs/${run}`),
      (shown) => shown.at('status') === status,
    );
  }

  private cause() {
    this.sent += 1;
    return specCause(this.sent);
  }
}

export const lineNamed = (line: string): string => withoutDashes(uuidV5('line', line));
export const accountIn = (partner: string): OfAccount => ({
  ...{ partner, entity: 'main', asset: 'BRL/2' },
});

const show = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? String(each) : each));

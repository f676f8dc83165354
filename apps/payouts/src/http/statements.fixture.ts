import { Module } from '@nestjs/common';
import type { CommandBus } from '@nestjs/cqrs';
import type { Reaction } from '@tributary/feeds';
import {
  type Decider,
  type DomainEvent,
  type Instant,
  type JsonObject,
  type Rejected,
  type StreamName,
  accept,
  streamOf,
  uuidV5,
} from '@tributary/kernel';
import {
  type Role,
  ServiceModule,
  ServiceRuntime,
  type Serving,
  coreSettings,
  serve,
} from '@tributary/platform';
import {
  LedgerStandIn,
  type Say,
  saying,
  tellerOf,
  testMasterKey,
} from '@tributary/platform/testing';
import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import {
  type ToStatement,
  statementHandler,
  statementsHandler,
  statementsOrdered,
} from '../application/statements';
import type { AccountCommand } from '../domain/account/commands';
import { account } from '../domain/account/decide';
import { accountStreamOf } from '../domain/account/terms';
import { type WriteStatement, statement } from '../domain/statement/decide';
import { type StatementHead, statementStreamOf } from '../domain/statement/events';
import { accountLines } from '../read-model/account-lines.projection';
import { accounts } from '../read-model/accounts.projection';
import { Accounts } from '../read-model/accounts.queries';
import { Ageing } from '../read-model/ageing.queries';
import { payoutHolds } from '../read-model/holds.projection';
import { PayoutHolds } from '../read-model/holds.queries';
import { payoutRegister } from '../read-model/registers.projection';
import { Registers } from '../read-model/registers.queries';
import { statementSources } from '../read-model/statement-sources.projection';
import { statements } from '../read-model/statements.projection';
import { Statements } from '../read-model/statements.queries';
import { AccountsController } from './accounts.controller';
import { PayoutHoldsController } from './holds.controller';
import { RegistersController } from './registers.controller';
import { StatementsController } from './statements.controller';

interface Happened {
  readonly type: string;
  readonly data: JsonObject;
  readonly occurredAt: Instant;
}

export interface Page<R, T = unknown> {
  readonly position: string;
  readonly items: readonly R[];
  readonly totals: readonly T[] | null;
  readonly next: string | null;
}

/** Whatever a test says has happened in payouts itself. */
const happening: Decider<Happened, DomainEvent<string, object>, null> = {
  initial: null,
  decide: (event) => accept(event),
  evolve: () => null,
};

@Module({ imports: [tellerOf('partners', 'partners')] })
class Partners {}
@Module({ imports: [tellerOf('commission', 'commission')] })
class Commission {}

@Module({
  imports: [
    ServiceModule.of({
      name: 'payouts',
      categories: ['account', 'rail', 'run', 'statement'],
      projections: [accounts, accountLines, payoutHolds, payoutRegister, statements],
      inboxProjections: [statementSources],
      listensTo: ['commission', 'partners'],
      reactions: (bus, means) => [statementsOrdered(bus, means)],
    }),
  ],
  controllers: [
    AccountsController,
    PayoutHoldsController,
    RegistersController,
    StatementsController,
  ],
  providers: [
    statementHandler,
    statementsHandler,
    Accounts,
    Ageing,
    PayoutHolds,
    Registers,
    Statements,
  ],
})
class StatementsModule {}

const PEOPLE: readonly (readonly [string, Role, string, string?])[] = [
  ['finance', 'finance', 'acme'],
  ['auditor', 'auditor', 'acme'],
  ['p1', 'partner', 'acme', 'p1'],
  ['p2', 'partner', 'acme', 'p2'],
  ['stranger', 'admin', 'other'],
];

/** The part of payouts that tells what happened, and services that tell it what a test lets them. */
export class StatementsSite {
  private sent = 0;

  private constructor(
    private readonly postgres: TestPostgres,
    private readonly serving: Serving,
    private readonly url: string,
    private readonly keys: ReadonlyMap<string, string>,
  ) {}

  static async start(): Promise<StatementsSite> {
    const postgres = await startTestPostgres();
    const settings = coreSettings.read({
      PORT: '0',
      DATABASE_URL: await postgres.freshDatabase(),
      LOG_LEVEL: 'silent',
      PRIVACY_MASTER_KEY: testMasterKey,
    });
    const modules = [Partners, Commission, LedgerStandIn, StatementsModule];
    const serving = await serve({ name: 'payouts', modules, settings });
    const url = await serving.listen();
    const keys = new Map<string, string>();
    for (const [label, role, tenant, partnerId] of PEOPLE) {
      const asked = { tenant, role, label, ...(partnerId !== undefined && { partnerId }) };
      keys.set(label, (await serving.keys.issueKey(asked)).key);
    }
    return new StatementsSite(postgres, serving, url, keys);
  }

  async stop(): Promise<void> {
    await this.serving.close();
    await this.postgres.stop();
  }

  get runtime(): ServiceRuntime {
    return this.serving.app.select(StatementsModule).get(ServiceRuntime, { strict: false });
  }

  get statements(): Statements {
    return this.serving.app.select(StatementsModule).get(Statements, { strict: false });
  }

  /** Answers with a token, to wait for what was decided last. */
  async decide(...commands: readonly AccountCommand[]): Promise<string> {
    let token = '';
    for (const command of commands)
      token = await this.run(account, accountStreamOf('acme', command.account), command);
    return token;
  }

  /** A neighbour tells it, in a stream of its own for each. */
  async told(by: 'commission' | 'partners', said: Say): Promise<string> {
    return await this.run(saying, this.freshStream(by), said);
  }

  /** An event of payouts, in a stream of its own for each. */
  async happened(category: 'rail' | 'run', event: Happened): Promise<string> {
    return await this.run(happening, this.freshStream(category), event);
  }

  private freshStream(category: string): StreamName {
    return streamOf(category, 'acme', `said${String(this.sent)}`);
  }

  /** How the next statement begins. */
  async lastOf(name: string): Promise<Pick<StatementHead, 'before' | 'through'>> {
    const found = await this.statements.content('acme', name);
    const before = found?.content.figures.carriedOn ?? null;
    return { before, through: before?.through ?? 0 };
  }

  /** As a process that was stopped after its first append. */
  async drafts(head: StatementHead): Promise<void> {
    const command = { type: 'WriteStatement', head, first: 0, parts: [], figures: null } as const;
    await this.run(statement, statementStreamOf('acme', head.statement), command);
  }

  /** The reaction to orders of statements; `before` each write of it something else may happen. */
  ordering(before: (command: WriteStatement) => Promise<void>): Reaction {
    const execute = async ({ command, context }: ToStatement) => {
      await before(command);
      const stream = statementStreamOf(context.tenant, command.head.statement);
      return await this.runtime.runner.run(statement, stream, command, context.cause);
    };
    return statementsOrdered({ execute } as unknown as CommandBus, this.runtime);
  }

  private async run<C, E extends DomainEvent<string, object>, S, R extends Rejected>(
    decider: Decider<C, E, S, R>,
    stream: StreamName,
    command: C,
  ): Promise<string> {
    const commandId = uuidV5('spec', String(this.sent++));
    const outcome = await this.runtime.runner.run(decider, stream, command, {
      commandId,
      fingerprint: commandId,
      actor: 'spec',
      causationId: null,
      correlationId: 'spec',
      traceParent: null,
    });
    if (outcome.kind === 'rejected') throw new Error(`Refused: ${outcome.rejected.code}`);
    return `payouts:${String(outcome.position)}`;
  }

  async get(path: string, who = 'finance', accept = 'application/json'): Promise<Response> {
    const authorization = `Bearer ${this.keys.get(who) ?? ''}`;
    return await fetch(new URL(path, this.url), { headers: { authorization, accept } });
  }

  async read<T>(path: string, who = 'finance'): Promise<T> {
    const response = await this.get(path, who);
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  async post(path: string, body: object, who = 'finance'): Promise<Response> {
    return await fetch(new URL(path, this.url), {
      method: 'POST',
      body: JSON.stringify(body),
      headers: {
        authorization: `Bearer ${this.keys.get(who) ?? ''}`,
        'content-type': 'application/json',
        'idempotency-key': `command-${String(this.sent++)}`,
      },
    });
  }

  /** Until what has been said so far shows. */
  async until<T>(path: string, holds: (found: T) => boolean): Promise<T> {
    const end = performance.now() + 50_000;
    for (;;) {
      const found = await this.read<T>(path);
      if (holds(found)) return found;
      if (performance.now() > end) {
        const { subscriptions } = await this.runtime.feeds.status();
        const shown = { found, subscriptions };
        throw new Error(
          `Never came: ${JSON.stringify(shown, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}`,
        );
      }
      await new Promise((done) => setTimeout(done, 50));
    }
  }
}

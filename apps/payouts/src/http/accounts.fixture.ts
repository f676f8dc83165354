import { Module } from '@nestjs/common';
import { COMMISSION_RELEASED, LINE_FROZEN, PARTNER } from '@tributary/contracts';
import { type Instant, type StreamName, streamOf, uuidV5 } from '@tributary/kernel';
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
import { Answer, type TestPostgres, startTestPostgres } from '@tributary/testing';
import { accountHandler } from '../application/accounts';
import { releasesTaken } from '../application/accounts-releases';
import { accountsFollow, partnersTold, toAccounts } from '../application/accounts-terms';
import { DisputeDesk } from '../application/disputes';
import { railHandler } from '../application/matching';
import { RepaymentDesk } from '../application/repayments';
import type { AccountCommand } from '../domain/account/commands';
import { account } from '../domain/account/decide';
import type { AccountEvent, StatusStep } from '../domain/account/events';
import type { Account } from '../domain/account/state';
import { accountStreamOf } from '../domain/account/terms';
import { accountLines } from '../read-model/account-lines.projection';
import { accountProposals } from '../read-model/account-proposals.projection';
import { AccountProposals } from '../read-model/account-proposals.queries';
import { accounts } from '../read-model/accounts.projection';
import { Accounts } from '../read-model/accounts.queries';
import { Ageing } from '../read-model/ageing.queries';
import { disputes } from '../read-model/disputes.projection';
import { Disputes } from '../read-model/disputes.queries';
import { payerEntities } from '../read-model/runs.terms.projection';
import { statementSources } from '../read-model/statement-sources.projection';
import { AccountsController } from './accounts.controller';
import { AdjustmentsController } from './adjustments.controller';
import { DisputesController } from './disputes.controller';
import { ReceivablesController } from './receivables.controller';

@Module({ imports: [tellerOf('commission', 'earnings')] })
class Commission {}
@Module({ imports: [tellerOf('partners', 'partner')] })
class Partners {}

@Module({
  imports: [
    ServiceModule.of({
      name: 'payouts',
      categories: ['account', 'rail'],
      projections: [accounts, accountLines, accountProposals, disputes],
      inboxProjections: [payerEntities, statementSources],
      listensTo: ['commission', 'partners'],
      reactions: (bus, means) => [accountsFollow(means.topics, toAccounts(bus, means))],
      inboxReactions: (bus, means) => [
        releasesTaken(bus),
        partnersTold(means.topics, toAccounts(bus, means)),
      ],
    }),
  ],
  controllers: [
    AccountsController,
    AdjustmentsController,
    DisputesController,
    ReceivablesController,
  ],
  providers: [
    ...[accountHandler, railHandler, DisputeDesk, RepaymentDesk],
    ...[Accounts, AccountProposals, Ageing, Disputes],
  ],
})
class Payouts {}

export interface Released {
  readonly partner: string;
  readonly line: string;
  readonly amount: string;
  readonly at: Instant;
}

/** The accounts of payouts as they are wired, beside services that say what a test lets them say. */
export class AccountsService {
  private sent = 0;

  private constructor(
    private readonly postgres: TestPostgres,
    private readonly serving: Serving,
    private readonly url: string,
    private readonly keys: Readonly<Record<string, string>>,
  ) {}

  static async start(): Promise<AccountsService> {
    const postgres = await startTestPostgres();
    const settings = coreSettings.read({
      PORT: '0',
      DATABASE_URL: await postgres.freshDatabase(),
      LOG_LEVEL: 'silent',
      PRIVACY_MASTER_KEY: testMasterKey,
    });
    const modules = [Commission, Partners, LedgerStandIn, Payouts];
    const serving = await serve({ name: 'payouts', modules, settings });
    const url = await serving.listen();
    const issue = async (label: string, role: Role, partnerId?: string) => {
      const partner = partnerId === undefined ? {} : { partnerId };
      return (await serving.keys.issueKey({ tenant: 'acme', role, label, ...partner })).key;
    };
    const keys = {
      ana: await issue('ana', 'finance'),
      bea: await issue('bea', 'finance'),
      auditor: await issue('auditor', 'auditor'),
      p1: await issue('p1', 'partner', 'p1'),
      p2: await issue('p2', 'partner', 'p2'),
    };
    return new AccountsService(postgres, serving, url, keys);
  }

  async stop(): Promise<void> {
    await this.serving.close();
    await this.postgres.stop();
  }

  get app(): Serving['app'] {
    return this.serving.app;
  }

  private get runtime(): ServiceRuntime {
    return this.serving.app.select(Payouts).get(ServiceRuntime, { strict: false });
  }

  async released(...all: readonly Released[]): Promise<void> {
    for (const { partner, line, amount, at } of all)
      await this.say(streamOf('earnings', 'acme', partner, 'brcommercial', '202603'), {
        type: COMMISSION_RELEASED,
        data: { ...lineData(partner, line), amount, until: null },
        at,
      });
  }

  async frozen({ partner, line, amount, at }: Released): Promise<void> {
    await this.say(streamOf('earnings', 'acme', partner, 'brcommercial', '202603'), {
      type: LINE_FROZEN,
      data: { ...lineData(partner, line), amount },
      at,
    });
  }

  async partnerIs(partner: string, steps: readonly StatusStep[]): Promise<void> {
    const at = steps.at(-1)?.at;
    if (at === undefined) throw new Error('A partner has a step.');
    const told = steps.map(({ at: since, status }) => ({
      at: since,
      value: { name: partner, status },
    }));
    const data = { partner, steps: told };
    await this.say(streamOf('partner', 'acme', partner), { type: PARTNER, data, at });
  }

  /** As a run or the bank would say it. */
  async tells(...commands: readonly AccountCommand[]): Promise<void> {
    for (const command of commands) {
      const stream = accountStreamOf('acme', command.account);
      const outcome = await this.runtime.runner.run(account, stream, command, this.cause());
      if (outcome.kind === 'rejected')
        throw new Error(`${command.type} was refused: ${outcome.rejected.code}`);
    }
  }

  /** An account by its own events, up to a position. */
  async folded(partner: string, until?: bigint): Promise<Account> {
    const stream = accountStreamOf('acme', { partner, entity: 'main', asset: 'BRL/2' });
    let state = account.initial;
    for await (const event of this.runtime.log.read(stream))
      if (until === undefined || event.position <= until)
        state = account.evolve(state, event as unknown as AccountEvent);
    return state;
  }

  /** Where the events of accounts stand in the log. */
  async positions(): Promise<readonly bigint[]> {
    const found: bigint[] = [];
    for await (const { events } of this.runtime.log.readAll(0n))
      for (const { stream, position } of events)
        if (stream.startsWith('account-')) found.push(position);
    return found;
  }

  async post(path: string, body: object, key = 'ana', idempotencyKey?: string): Promise<Answer> {
    this.sent += 1;
    const headers = {
      'content-type': 'application/json',
      'idempotency-key': idempotencyKey ?? `command-${String(this.sent)}`,
    };
    return await this.ask(path, key, { method: 'POST', body: JSON.stringify(body), headers });
  }

  async ask(path: string, key = 'ana', init: RequestInit = {}): Promise<Answer> {
    return await Answer.of(await this.request(path, key, init));
  }

  async csv(path: string, key = 'ana'): Promise<string> {
    return await (await this.request(path, key, { headers: { accept: 'text/csv' } })).text();
  }

  private async request(path: string, key: string, init: RequestInit): Promise<Response> {
    return await fetch(new URL(path, this.url), {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${this.keys[key] ?? ''}` },
    });
  }

  /** Until what has been said so far shows. */
  async until<T>(what: () => Promise<T>, holds: (found: T) => boolean): Promise<T> {
    const end = performance.now() + 50_000;
    for (;;) {
      const found = await what();
      if (holds(found)) return found;
      if (performance.now() > end) throw new Error(`Never came: ${JSON.stringify(found)}`);
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  private async say(stream: StreamName, said: Say): Promise<void> {
    await this.runtime.runner.run(saying, stream, said, this.cause());
  }

  private cause() {
    this.sent += 1;
    const commandId = uuidV5('spec', String(this.sent));
    return {
      commandId,
      fingerprint: commandId,
      actor: 'spec',
      causationId: null,
      correlationId: 'spec',
      traceParent: null,
    };
  }
}

const lineData = (partner: string, line: string) => ({
  lineId: line,
  key: { sale: 's1', payment: 'pay1', line: 'l1', rule: 'base' },
  partner,
  plan: 'brcommercial',
  window: '2026-03',
  programme: 'main',
  entity: 'main',
  asset: 'BRL/2',
});

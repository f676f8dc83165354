import { Module } from '@nestjs/common';
import { type DomainEvent, type Instant, accept, parseStreamName, uuidV5 } from '@tributary/kernel';
import {
  type Role,
  ServiceModule,
  ServiceRuntime,
  type Serving,
  coreSettings,
  serve,
} from '@tributary/platform';
import { LedgerStandIn, collectingLogger, testMasterKey } from '@tributary/platform/testing';
import { Privacy } from '@tributary/privacy';
import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import { accountHandler } from '../application/accounts';
import { accountsFollow, toAccounts } from '../application/accounts-terms';
import { PayeeOpening } from '../application/payee-opening';
import { Payees, payeeHandler, payeesTold } from '../application/payees';
import { taxHandler } from '../application/withholding';
import { payees } from '../read-model/payees.projection';
import { PayeesShown } from '../read-model/payees.queries';
import { payerEntities, payingAccounts } from '../read-model/runs.terms.projection';
import { withholding } from '../read-model/withholding.projection';
import { WithholdingRegister } from '../read-model/withholding.queries';
import { PayeesController } from './payees.controller';
import { WithholdingController } from './withholding.controller';

@Module({
  imports: [
    ServiceModule.of({
      name: 'payouts',
      categories: ['account', 'payee', 'tax'],
      projections: [payees, withholding, payerEntities, payingAccounts],
      reactions: (bus, means) => {
        const accounts = toAccounts(bus, means);
        return [payeesTold(means.topics, accounts), accountsFollow(means.topics, accounts)];
      },
    }),
  ],
  controllers: [PayeesController, WithholdingController],
  providers: [
    accountHandler,
    payeeHandler,
    taxHandler,
    Payees,
    PayeeOpening,
    PayeesShown,
    WithholdingRegister,
  ],
})
class PayeesModule {
  constructor(
    readonly runtime: ServiceRuntime,
    readonly privacy: Privacy,
  ) {}
}

export type Answer = Readonly<Record<string, unknown>> & { readonly status: number };

export interface PayeeSite {
  readonly serving: Serving;
  readonly postgres: TestPostgres;
  readonly databaseUrl: string;
  /** Everything that was logged. */
  readonly lines: readonly string[];
  readonly runtime: ServiceRuntime;
  readonly privacy: Privacy;
  readonly opening: PayeeOpening;
  get(path: string, who?: string): Promise<Answer>;
  post(path: string, body: object | undefined, who?: string, key?: string): Promise<Answer>;
  csv(path: string): Promise<string>;
  /** As an account would have decided it. */
  happened(stream: string, event: DomainEvent<string, object>): Promise<string>;
  close(): Promise<void>;
}

const PEOPLE: readonly (readonly [string, Role, string, string?])[] = [
  ['ana', 'finance', 'acme'],
  ['bea', 'finance', 'acme'],
  ['auditor', 'auditor', 'acme'],
  ['programme', 'programme', 'acme'],
  ['p1', 'partner', 'acme', 'p1'],
  ['stranger', 'admin', 'globex'],
];

export async function startPayees(): Promise<PayeeSite> {
  const postgres = await startTestPostgres();
  const databaseUrl = await postgres.freshDatabase();
  const settings = coreSettings.read({
    PORT: '0',
    DATABASE_URL: databaseUrl,
    LOG_LEVEL: 'debug',
    PRIVACY_MASTER_KEY: testMasterKey,
  });
  const { logger, lines } = collectingLogger('debug');
  const serving = await serve({
    name: 'payouts',
    modules: [PayeesModule, LedgerStandIn],
    settings,
    logger,
  });
  const url = await serving.listen();
  const keys = new Map<string, string>();
  for (const [label, role, tenant, partnerId] of PEOPLE) {
    const asked = { tenant, role, label, ...(partnerId !== undefined && { partnerId }) };
    keys.set(label, (await serving.keys.issueKey(asked)).key);
  }
  const { runtime, privacy } = serving.app.get(PayeesModule);
  let sent = 0;

  const call = async (path: string, who: string, more: RequestInit): Promise<Response> => {
    const authorization = `Bearer ${keys.get(who) ?? ''}`;
    const headers = { authorization, ...(more.headers as Record<string, string>) };
    return await fetch(`${url}${path}`, { ...more, headers });
  };
  const answered = async (response: Response): Promise<Answer> => ({
    ...((await response.json()) as object),
    status: response.status,
  });
  return {
    serving,
    postgres,
    databaseUrl,
    lines,
    runtime,
    privacy,
    opening: serving.app.get(PayeeOpening, { strict: false }),
    get: async (path, who = 'ana') => answered(await call(path, who, {})),
    post: async (path, body, who = 'ana', key = `payees-${String(sent++)}`) => {
      const type = body && { 'content-type': 'application/json' };
      const headers = { 'idempotency-key': key, ...type };
      const more = { method: 'POST', headers, ...(body && { body: JSON.stringify(body) }) };
      return answered(await call(path, who, more));
    },
    csv: async (path) => (await call(path, 'ana', { headers: { accept: 'text/csv' } })).text(),
    happened: async (stream, event) => {
      const cause = {
        commandId: uuidV5('test', String(sent++)),
        fingerprint: 'test',
        actor: 'test',
        causationId: null,
        correlationId: 'test',
        traceParent: null,
      };
      const outcome = await runtime.runner.run(WRITER, parseStreamName(stream), event, cause);
      if (outcome.kind === 'rejected') throw new Error('nothing is rejected here');
      return `payouts:${String(outcome.position)}`;
    },
    close: async () => {
      await serving.close();
      await postgres.stop();
    },
  };
}

/** Writes what it is given. */
const WRITER = {
  initial: null,
  decide: (event: DomainEvent<string, object>) => accept(event),
  evolve: () => null,
};

export const AT = '2026-04-10T12:00:00.000Z' as Instant;

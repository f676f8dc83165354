import { Module } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { type Instant, type Uuid, instant } from '@tributary/kernel';
import {
  type Role,
  ServiceModule,
  ServiceRuntime,
  type Serving,
  coreSettings,
  serve,
} from '@tributary/platform';
import { testMasterKey } from '@tributary/platform/testing';
import { Privacy } from '@tributary/privacy';
import { Reply, type TestPostgres, startTestPostgres } from '@tributary/testing';
import { accountHandler } from '../application/accounts';
import { accountsTold } from '../application/file-answers';
import { filesOfRuns, filesWritten } from '../application/file-reactions';
import {
  FindItemFaultsHandler,
  PaymentFiles,
  WriteFile,
  WriteFileHandler,
  faultsThrough,
} from '../application/file-writing';
import { fileHandler } from '../application/files';
import { matchesTold, railHandler } from '../application/matching';
import { PayeeOpening } from '../application/payee-opening';
import { Payees, SUBJECT_KIND, payeeHandler } from '../application/payees';
import { ReturnFiles } from '../application/returns';
import { BankStatements } from '../application/statements-in';
import { type ReservedItem, accountStreamOf } from '../domain/account/terms';
import { railStreamOf } from '../domain/rail/file-events';
import { bankLines } from '../read-model/bank-lines.projection';
import { BankLinesRead } from '../read-model/bank-lines.queries';
import { paymentFiles } from '../read-model/files.projection';
import { PaymentFilesShown } from '../read-model/files.queries';
import { payees } from '../read-model/payees.projection';
import { PayeesShown } from '../read-model/payees.queries';
import { payoutRegister } from '../read-model/registers.projection';
import { Registers } from '../read-model/registers.queries';
import { BankStatementsController } from './bank-statements.controller';
import { FilesController } from './files.controller';
import { AT, type PaidTo, RunTeller, TENANT, causeOf, ofPartner } from './files-run.fixture';
import { PayeesController } from './payees.controller';
import { MatchingController } from './matching.controller';
import { PayingAccountsController } from './paying-accounts.controller';
import { RegistersController } from './registers.controller';

/** Files with what they need of their neighbours: payees that are opened, accounts that are told, statements that show what was paid. */
@Module({
  imports: [
    ServiceModule.of({
      name: 'payouts',
      categories: ['account', 'payee', 'rail', 'run'],
      projections: [bankLines, paymentFiles, payees, payoutRegister],
      reactions: (bus, means) => [
        ...[filesOfRuns(means), filesWritten(bus), accountsTold(bus, means)],
        matchesTold(bus),
      ],
    }),
  ],
  controllers: [
    BankStatementsController,
    FilesController,
    MatchingController,
    PayeesController,
    PayingAccountsController,
    RegistersController,
  ],
  providers: [
    ...[accountHandler, fileHandler, payeeHandler, railHandler],
    ...[BankLinesRead, BankStatements, Registers],
    FindItemFaultsHandler,
    WriteFileHandler,
    PayeeOpening,
    Payees,
    PayeesShown,
    PaymentFiles,
    PaymentFilesShown,
    ReturnFiles,
  ],
})
class FilesModule {}

const PEOPLE: readonly (readonly [string, Role])[] = [
  ['ana', 'finance'],
  ['bea', 'finance'],
  ['auditor', 'auditor'],
  ['programme', 'programme'],
];

/** The service with a database of its own, and a short way to bring a run to the point where its files are made. */
export class FilesSite {
  private sent = 0;

  private constructor(
    private readonly postgres: TestPostgres,
    readonly serving: Serving,
    private readonly url: string,
    private readonly keys: ReadonlyMap<string, string>,
  ) {}

  static async start(): Promise<FilesSite> {
    const postgres = await startTestPostgres();
    const settings = coreSettings.read({
      PORT: '0',
      DATABASE_URL: await postgres.freshDatabase(),
      LOG_LEVEL: 'silent',
      PRIVACY_MASTER_KEY: testMasterKey,
    });
    const serving = await serve({ name: 'payouts', modules: [FilesModule], settings });
    const url = await serving.listen();
    const keys = new Map<string, string>();
    for (const [label, role] of PEOPLE)
      keys.set(label, (await serving.keys.issueKey({ tenant: TENANT, role, label })).key);
    return new FilesSite(postgres, serving, url, keys);
  }

  async stop(): Promise<void> {
    await this.serving.close();
    await this.postgres.stop();
  }

  get runtime(): ServiceRuntime {
    return this.serving.app.get(ServiceRuntime, { strict: false });
  }

  get(path: string, who = 'ana', accept?: string): Promise<Reply> {
    return this.call(path, who, accept === undefined ? {} : { headers: { accept } });
  }

  post(
    path: string,
    body?: object,
    who = 'ana',
    key = `files-${String(this.sent++)}-key`,
  ): Promise<Reply> {
    const type = body && { 'content-type': 'application/json' };
    const headers = { 'idempotency-key': key, ...type };
    return this.call(path, who, {
      method: 'POST',
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  upload(path: string, bytes: Uint8Array, who = 'ana'): Promise<Reply> {
    const headers = { 'content-type': 'application/octet-stream' };
    return this.call(path, who, { method: 'POST', headers, body: new Uint8Array(bytes) });
  }

  private async call(path: string, who: string, more: RequestInit): Promise<Reply> {
    const authorization = `Bearer ${this.keys.get(who) ?? ''}`;
    const headers = { authorization, ...(more.headers as Record<string, string>) };
    return await Reply.of(await fetch(`${this.url}${path}`, { ...more, headers }));
  }

  /** Confirmed by a second person. */
  async payee(partner: string, payee: object): Promise<void> {
    const proposed = await this.post(`/v1/payees/${partner}/bank-details`, { payee });
    if (proposed.status !== 201) throw new Error(proposed.bytes.toString());
    const path = `/v1/payees/${partner}/bank-details/${proposed.text('id')}/confirmation`;
    const confirmed = await this.post(path, undefined, 'bea');
    if (confirmed.status !== 200) throw new Error(confirmed.bytes.toString());
  }

  /** A run with these items, brought to the point where every account has instructed its own. */
  instructed(name: string, rail: string, paid: readonly PaidTo[]): Promise<Uuid> {
    return new RunTeller(this.runtime).instructed(name, rail, paid);
  }

  /** What has happened to an account, in order. */
  async accountOf(partner: string): Promise<readonly string[]> {
    const types: string[] = [];
    for await (const { type } of this.runtime.log.read(accountStreamOf(TENANT, ofPartner(partner))))
      types.push(type);
    return types;
  }

  faults(rail: string, items: readonly ReservedItem[]) {
    return faultsThrough(this.bus)(TENANT, rail, items);
  }

  /** Every file of an account, and where in its stream it begins. */
  async places(rail: string) {
    const places: { readonly file: Uuid; readonly from: bigint }[] = [];
    for await (const { type, data, revision } of this.runtime.log.read(railStreamOf(TENANT, rail)))
      if (type === 'FileNumbered') places.push({ file: data['file'] as Uuid, from: revision });
    return places;
  }

  writeAgain(rail: string, file: Uuid, from: bigint) {
    const step = { type: 'WriteFile', rail, file, from, at: AT } as const;
    return this.bus.execute(new WriteFile(step, { tenant: TENANT, cause: causeOf('write again') }));
  }

  private get bus(): CommandBus {
    return this.serving.app.get(CommandBus, { strict: false });
  }

  async erase(partner: string): Promise<void> {
    const personal = await this.serving.app.get(Privacy, { strict: false }).of(TENANT);
    const [subject = ''] = await personal.exchange([{ kind: SUBJECT_KIND, value: partner }]);
    await personal.destroy(subject);
  }
}

/** Asked until it holds, because reactions have no caller to tell. */
export async function eventually<T>(
  ask: () => Promise<T>,
  holds: (found: T) => boolean,
): Promise<T> {
  const until: Instant = instant(new Date(Date.now() + 45_000).toISOString());
  for (;;) {
    const found = await ask();
    if (holds(found) || new Date().toISOString() > until) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

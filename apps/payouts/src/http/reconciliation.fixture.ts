import { Module } from '@nestjs/common';
import {
  type Day,
  type Decider,
  type DomainEvent,
  type Rejected,
  type StreamName,
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
import { LedgerStandIn, testMasterKey } from '@tributary/platform/testing';
import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import { accountHandler } from '../application/accounts';
import { BreakAgeing } from '../application/breaks';
import { fileHandler } from '../application/files';
import { matchesTold, railHandler, railsBehind } from '../application/matching';
import { RemittanceDesk, remittanceHandler } from '../application/remittances';
import { remittancesTold } from '../application/remittances-told';
import { RepaymentDesk } from '../application/repayments';
import { BankStatements } from '../application/statements-in';
import { taxHandler } from '../application/withholding';
import { instruct, noon, payee, release, reserve, runOf } from '../domain/account/account.fixture';
import type { AccountCommand } from '../domain/account/commands';
import { account } from '../domain/account/decide';
import { type OfAccount, accountStreamOf } from '../domain/account/terms';
import { itemOf } from '../domain/item';
import type { RailCommand } from '../domain/rail/commands';
import { rail } from '../domain/rail/decide';
import { railStreamOf } from '../domain/rail/events';
import { FILE_A, RAIL, RETURN, RUN, settings } from '../domain/rail/file.fixture';
import { AT } from '../domain/rail/rail.fixture';
import { accountProposals } from '../read-model/account-proposals.projection';
import { AccountProposals } from '../read-model/account-proposals.queries';
import { bankLines } from '../read-model/bank-lines.projection';
import { BankLinesRead } from '../read-model/bank-lines.queries';
import { railBreaks } from '../read-model/breaks.projection';
import { BreaksRead } from '../read-model/breaks.queries';
import { paymentFiles } from '../read-model/files.projection';
import { PaymentFilesShown } from '../read-model/files.queries';
import { reconciliationMoves } from '../read-model/reconciliation.projection';
import { ReconciliationRead } from '../read-model/reconciliation.queries';
import { payees } from '../read-model/payees.projection';
import { payerEntities, payingAccounts } from '../read-model/runs.terms.projection';
import { taxRemittances } from '../read-model/tax-remittances.projection';
import { TaxRemittances } from '../read-model/tax-remittances.queries';
import { WithholdingItems } from '../read-model/withholding-items.queries';
import { withholding } from '../read-model/withholding.projection';
import { WithholdingRegister } from '../read-model/withholding.queries';
import { BankStatementsController } from './bank-statements.controller';
import { BreaksController } from './breaks.controller';
import { MatchingController } from './matching.controller';
import { ReceivablesController } from './receivables.controller';
import { ReconciliationController } from './reconciliation.controller';
import { TaxRemittancesController } from './tax-remittances.controller';
import { WithholdingItemsController } from './withholding-items.controller';
import { WithholdingController } from './withholding.controller';

@Module({
  imports: [
    ServiceModule.of({
      name: 'payouts',
      categories: ['account', 'rail', 'remittance'],
      projections: [
        ...[bankLines, paymentFiles, railBreaks, reconciliationMoves, taxRemittances],
        ...[accountProposals, withholding, payees, payerEntities, payingAccounts],
      ],
      reactions: (bus, means) => [
        matchesTold(bus),
        railsBehind(means.runner),
        remittancesTold(bus, means),
      ],
    }),
  ],
  controllers: [
    BankStatementsController,
    BreaksController,
    MatchingController,
    ReceivablesController,
    ReconciliationController,
    TaxRemittancesController,
    WithholdingController,
    WithholdingItemsController,
  ],
  providers: [
    ...[accountHandler, fileHandler, railHandler, remittanceHandler, taxHandler],
    ...[AccountProposals, BankLinesRead, BankStatements, BreakAgeing, BreaksRead],
    ...[PaymentFilesShown, ReconciliationRead, RemittanceDesk, RepaymentDesk],
    ...[TaxRemittances, WithholdingItems, WithholdingRegister],
  ],
})
class ReconciliationModule {}

const PEOPLE: readonly (readonly [string, Role, string])[] = [
  ['anna', 'finance', 'acme'],
  ['bruno', 'finance', 'acme'],
  ['auditor', 'auditor', 'acme'],
  ['stranger', 'admin', 'other'],
];

const accountOf = (partner: string): OfAccount => ({ partner, entity: 'main', asset: 'BRL/2' });
export const itemOfPartner = (partner: string): string =>
  itemOf(runOf('april'), accountStreamOf('acme', accountOf(partner)));

export interface OfxRow {
  readonly on: Day;
  /** As the bank prints it, with its sign. */
  readonly amount: string;
  readonly item?: string;
  readonly memo?: string;
  readonly type?: string;
}

const stamp = (day: Day): string => day.replaceAll('-', '');

/** As internet banking exports it: header of 1252, one tag behind the other, and only the balance at the end. */
export const ofx = (from: Day, until: Day, closing: string, rows: readonly OfxRow[]): Uint8Array =>
  Buffer.from(
    `OFXHEADER:100\r\nDATA:OFXSGML\r\nENCODING:USASCII\r\nCHARSET:1252\r\n\r\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>BRL` +
      `<BANKACCTFROM><BANKID>0341<ACCTID>1234567890<ACCTTYPE>CHECKING</BANKACCTFROM>` +
      `<BANKTRANLIST><DTSTART>${stamp(from)}<DTEND>${stamp(until)}${rows.map(rowText).join('')}</BANKTRANLIST>` +
      `<LEDGERBAL><BALAMT>${closing}<DTASOF>${stamp(until)}</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>`,
    'latin1',
  );

const rowText = ({ on, amount, item, memo = 'PAGAMENTO', type = 'OTHER' }: OfxRow, n: number) =>
  `<STMTTRN><TRNTYPE>${type}<DTPOSTED>${stamp(on)}120000[-3:BRT]<TRNAMT>${amount}<FITID>${stamp(on)}${String(n)}` +
  `${item === undefined ? '' : `<REFNUM>${item}`}<MEMO>${memo}</STMTTRN>`;

/** The part of payouts that reads statements, with accounts that have been paid from one bank account. */
export class ReconciliationSite {
  private sent = 0;

  private constructor(
    private readonly postgres: TestPostgres,
    private readonly serving: Serving,
    private readonly url: string,
    private readonly keys: ReadonlyMap<string, string>,
  ) {}

  static async start(): Promise<ReconciliationSite> {
    const postgres = await startTestPostgres();
    const settingsOfSite = coreSettings.read({
      PORT: '0',
      DATABASE_URL: await postgres.freshDatabase(),
      LOG_LEVEL: 'silent',
      PRIVACY_MASTER_KEY: testMasterKey,
    });
    const modules = [ReconciliationModule, LedgerStandIn];
    const serving = await serve({ name: 'payouts', modules, settings: settingsOfSite });
    const url = await serving.listen();
    const keys = new Map<string, string>();
    for (const [label, role, tenant] of PEOPLE)
      keys.set(label, (await serving.keys.issueKey({ tenant, role, label })).key);
    return new ReconciliationSite(postgres, serving, url, keys);
  }

  async stop(): Promise<void> {
    await this.serving.close();
    await this.postgres.stop();
  }

  get runtime(): ServiceRuntime {
    return this.serving.app.select(ReconciliationModule).get(ServiceRuntime, { strict: false });
  }

  /** A paying account with a thousand, and a file with a hundred for each of these partners. */
  async pays(...partners: readonly string[]): Promise<void> {
    const of = { rail: RAIL, settings, opening: '100000', on: '2026-04-01', by: 'anna' };
    await this.tell({ type: 'RegisterPayingAccount', ...of, openedAt: noon('04-01') });
    for (const partner of partners) await this.instructs(partner);
    const items = partners.map((partner) => ({
      ...{ item: itemOfPartner(partner), partner, amount: '10000', method: 'pix' as const },
      ...{ version: 1, fingerprint: `f ${partner}` },
    }));
    const on = { rail: RAIL, file: FILE_A, at: AT };
    const [count, total] = [items.length, String(items.length * 10_000)];
    const numbered = { run: RUN, kind: 'pix', payOn: '2026-04-15', count, total, replaces: null };
    await this.tell({ type: 'NumberFile', ...on, ...numbered });
    await this.tell({ type: 'ListFileItems', ...on, chunk: 0, items });
    await this.tell({ type: 'ExportFile', ...on, sha256: 'a'.repeat(64), bytes: 1, count, total });
  }

  private async instructs(partner: string): Promise<void> {
    const of = accountOf(partner);
    const stream = accountStreamOf('acme', of);
    const item = itemOfPartner(partner);
    const asked = reserve('april');
    const commands = [
      payee(),
      release(`line ${partner}`, 10_000),
      { ...asked, stream, terms: { ...asked.terms, item } },
      { ...instruct('april'), item },
    ];
    for (const command of commands) await this.decide({ ...command, account: of });
  }

  /** The bank says of these that it has paid them. */
  async hears(...items: readonly string[]): Promise<void> {
    const on = { rail: RAIL, at: AT };
    const read = { sequence: 1, fileRefused: [], count: items.length, warnings: [], by: 'anna' };
    await this.tell({ type: 'NoteReturnFile', ...on, ...read, sha256: RETURN });
    const answers = items.map((item) => ({
      ...{ item, answer: 'claimed_paid' as const, codes: ['00'], amount: '10000' },
      ...{ bankReference: `N${item}`, on: '2026-04-15' },
    }));
    await this.tell({ type: 'AnswerItems', ...on, return: RETURN, chunk: 0, answers });
  }

  async decide(command: AccountCommand): Promise<bigint> {
    return await this.run(account, accountStreamOf('acme', command.account), command);
  }

  async tell(command: RailCommand): Promise<bigint> {
    return await this.run(rail, railStreamOf('acme', RAIL), command);
  }

  private async run<C, E extends DomainEvent<string, object>, S, R extends Rejected>(
    decider: Decider<C, E, S, R>,
    stream: StreamName,
    command: C,
  ): Promise<bigint> {
    const commandId = uuidV5('spec', String(this.sent++));
    const outcome = await this.runtime.runner.run(decider, stream, command, {
      ...{ commandId, fingerprint: commandId, actor: 'spec', causationId: null },
      ...{ correlationId: 'spec', traceParent: null },
    });
    if (outcome.kind === 'rejected') throw new Error(`Refused: ${JSON.stringify(outcome)}`);
    return outcome.position;
  }

  async upload<T>(bytes: Uint8Array, query = '', who = 'anna'): Promise<T> {
    const response = await fetch(
      new URL(`/v1/paying-accounts/${RAIL}/bank-statements${query}`, this.url),
      {
        method: 'POST',
        body: bytes,
        headers: { ...this.headers(who), 'content-type': 'application/octet-stream' },
      },
    );
    if (!response.ok) throw new Error(`${String(response.status)} ${await response.text()}`);
    return (await response.json()) as T;
  }

  async get(path: string, who = 'anna'): Promise<Response> {
    return await fetch(new URL(path, this.url), { headers: this.headers(who) });
  }

  async read<T>(path: string, who = 'anna'): Promise<T> {
    const response = await this.get(path, who);
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  async post(
    path: string,
    body: object,
    who = 'anna',
    method = 'POST',
    key = `command-${String(this.sent++)}`,
  ): Promise<Response> {
    return await fetch(new URL(path, this.url), {
      method,
      body: JSON.stringify(body),
      headers: {
        ...this.headers(who),
        'content-type': 'application/json',
        'idempotency-key': key,
      },
    });
  }

  private headers(who: string): { authorization: string } {
    return { authorization: `Bearer ${this.keys.get(who) ?? ''}` };
  }

  /** Until what follows from what was said shows. */
  async until<T>(path: string, holds: (found: T) => boolean): Promise<T> {
    const end = performance.now() + 60_000;
    for (;;) {
      const found = await this.read<T>(path);
      if (holds(found)) return found;
      if (performance.now() > end) throw new Error(`Never came: ${JSON.stringify(found)}`);
      await new Promise((done) => setTimeout(done, 50));
    }
  }
}

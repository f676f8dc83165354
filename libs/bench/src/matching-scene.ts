import type { EventLog } from '@tributary/event-log';
import { CommandRunner, type Recorded, instant, startOfDay, uuidV5 } from '@tributary/kernel';
import { type OpenPrivacy, openPrivacy } from '@tributary/privacy';
import { randomBytes } from 'node:crypto';
import { openLog } from './context';
import {
  type BankStatementsService,
  type BuiltPayouts,
  causeOf,
  loadPayouts,
} from './payouts-built';
import { TENANT } from './payouts-site';
import { type Sample, timed } from './rounds';

const ZONE = 'America/Sao_Paulo';
const DAY = '2026-04-15';
const AT = instant('2026-04-15T15:00:00Z');
const AMOUNT_MINOR = 10_000n;
const ACCOUNT = {
  ...{ bank: '341', branch: '1234', branchDigit: null, number: '56789', digit: '0' },
  kind: 'checking',
};
const ACCOUNT_TEXT = '1234567890';
const ITEMS_PER_EVENT = 150;

/** An account of ours whose payments are in transit, and the statement that says that all of them were made. */
export class MatchingScene {
  private round = 0;
  private told = 0;
  private rail = '';
  private bytes: Uint8Array = new Uint8Array();

  private constructor(
    private readonly built: BuiltPayouts,
    private readonly log: EventLog,
    private readonly runner: CommandRunner,
    private readonly personal: OpenPrivacy,
    private readonly service: BankStatementsService,
    private readonly lines: number,
  ) {}

  static async open(url: string, lines: number): Promise<MatchingScene> {
    const built = await loadPayouts();
    const log = await openLog(url);
    const runner = new CommandRunner(log, { now: Date.now });
    const personal = await openPrivacy({ url, masterKey: randomBytes(32) });
    const bus = {
      execute: (asked: { command: { rail: string }; context: { cause: object } }) =>
        runner.run(
          built.rail,
          built.railStreamOf(TENANT, asked.command.rail),
          asked.command,
          asked.context.cause as Parameters<CommandRunner['run']>[3],
        ),
    };
    const service = new built.BankStatements(bus, personal.privacy, { log });
    const scene = new MatchingScene(built, log, runner, personal, service, lines);
    await scene.next();
    return scene;
  }

  get megabytes(): number {
    return this.bytes.length / 1e6;
  }

  async close(): Promise<void> {
    await this.personal.close();
    await this.log.close();
  }

  /** Another account, with payments of its own. */
  async next(): Promise<void> {
    this.round += 1;
    this.rail = `rail${String(this.round)}`;
    const items = Array.from({ length: this.lines }, (_, i) => this.itemAt(i));
    this.bytes = statementOf(items);
    const total = String(AMOUNT_MINOR * BigInt(items.length));
    const on = { rail: this.rail, at: AT };
    const settings = {
      ...{ name: 'Bench', entity: 'main', asset: 'BRL/2', zone: ZONE, format: 'cnab240-341' },
      ...{ cnpj: '11222333000181', agreement: '123456', account: ACCOUNT },
    };
    const opened = { opening: total, on: DAY, openedAt: startOfDay(DAY, ZONE), by: 'bench' };
    await this.tell({ type: 'RegisterPayingAccount', rail: this.rail, settings, ...opened });
    const file = uuidV5('file', this.rail);
    const totals = { count: items.length, total };
    const numbered = { run: uuidV5('run', this.rail), kind: 'pix', payOn: DAY, replaces: null };
    await this.tell({ type: 'NumberFile', ...on, file, ...numbered, ...totals });
    for (let chunk = 0; chunk * ITEMS_PER_EVENT < items.length; chunk++) {
      const some = items.slice(chunk * ITEMS_PER_EVENT, (chunk + 1) * ITEMS_PER_EVENT);
      await this.tell({ type: 'ListFileItems', ...on, file, chunk, items: some.map(listed) });
    }
    const exported = { sha256: 'a'.repeat(64), bytes: 1, ...totals };
    await this.tell({ type: 'ExportFile', ...on, file, ...exported });
  }

  async parse(): Promise<Sample> {
    let found = 0;
    const sample = await timed(this.lines, () => {
      const options = { zone: ZONE, counterpartyOf: () => null };
      found = this.built.readBankFile(this.bytes, options).statements[0]?.lines.length ?? 0;
      return Promise.resolve();
    });
    if (found !== this.lines) throw new Error(`${String(found)} lines were read.`);
    return sample;
  }

  /** Until the append of the last match is acknowledged: what is too much for one append goes on after the answer. */
  async match(): Promise<Sample> {
    const by = { tenant: TENANT, actor: 'bench', correlationId: this.rail, traceParent: null };
    const head = await this.log.head();
    const declared = { opening: null, closing: null };
    let outcome = '';
    const sample = await timed(this.lines, async () => {
      const told = { ...by, at: AT };
      const { statements } = await this.service.take(this.rail, this.bytes, declared, told);
      outcome = statements[0]?.outcome ?? '';
      await this.runner.resume(this.built.rail, this.built.railStreamOf(TENANT, this.rail));
    });
    const matched = new Set<string>();
    for await (const { events } of this.log.readAll(head))
      for (const item of events.flatMap(settledIn)) matched.add(item);
    if (outcome !== 'imported' || matched.size !== this.lines)
      throw new Error(`${outcome}: ${String(matched.size)} of ${String(this.lines)} were matched.`);
    return sample;
  }

  private async tell<C extends { readonly rail: string }>(command: C): Promise<void> {
    const stream = this.built.railStreamOf(TENANT, command.rail);
    const cause = causeOf(uuidV5(stream, String(this.told++)));
    const outcome = await this.runner.run(this.built.rail, stream, command, cause);
    if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
  }

  private itemAt(i: number): string {
    return `R${String(this.round).padStart(4, '0')}${String(i).padStart(10, '0')}`;
  }
}

interface Matches {
  readonly matches: readonly {
    readonly kind: string;
    readonly items: readonly { readonly item: string }[];
  }[];
}

function settledIn({ type, data }: Recorded): readonly string[] {
  if (type !== 'LinesMatched') return [];
  const { matches } = data as unknown as Matches;
  const settled = matches.filter(({ kind }) => kind === 'settled');
  return settled.flatMap(({ items }) => items.map(({ item }) => item));
}

const listed = (item: string) => ({
  ...{ item, partner: `p${item}`, amount: String(AMOUNT_MINOR), method: 'pix' },
  ...{ version: 1, fingerprint: `f${item}` },
});

const decimal = (minor: bigint): string => `${String(minor / 100n)}.00`;

/** As the large banks of Brazil write it: one entry for each payment, with its name, its end-to-end id and whom it went to. */
function statementOf(items: readonly string[]): Uint8Array {
  const total = decimal(AMOUNT_MINOR * BigInt(items.length));
  const balance = (code: string, amount: string): string =>
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="BRL">${amount}</Amt>` +
    `<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${DAY}</Dt></Dt></Bal>`;
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">` +
      `<BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr><Stmt><Id>1</Id><ElctrncSeqNb>1</ElctrncSeqNb>` +
      `<Acct><Id><Othr><Id>${ACCOUNT_TEXT}</Id></Othr></Id><Ccy>BRL</Ccy></Acct>` +
      `${balance('OPBD', total)}${balance('CLBD', '0.00')}${items.map(entryOf).join('')}` +
      `</Stmt></BkToCstmrStmt></Document>\n`,
  );
}

function entryOf(item: string, i: number): string {
  const amount = `<Amt Ccy="BRL">${decimal(AMOUNT_MINOR)}</Amt><CdtDbtInd>DBIT</CdtDbtInd>`;
  const reference = String(i).padStart(15, '0');
  const number = `<AcctSvcrRef>${reference}</AcctSvcrRef>`;
  return (
    `<Ntry>${amount}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${DAY}</Dt></BookgDt><ValDt><Dt>${DAY}</Dt></ValDt>${number}` +
    `<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>DMCT</SubFmlyCd></Fmly></Domn><Prtry><Cd>SISPAG</Cd></Prtry></BkTxCd>` +
    `<NtryDtls><TxDtls><Refs>${number}<InstrId>${item}</InstrId><EndToEndId>E60701190${reference}</EndToEndId></Refs>${amount}` +
    `<RltdPties><Cdtr><Pty><Nm>Name ${String(i)}</Nm></Pty></Cdtr><CdtrAcct><Id><Othr><Id>237-4321-${String(i)}-6</Id></Othr></Id></CdtrAcct></RltdPties>` +
    `</TxDtls></NtryDtls><AddtlNtryInf>SISPAG PIX</AddtlNtryInf></Ntry>`
  );
}

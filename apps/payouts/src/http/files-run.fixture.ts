import { type Uuid, instant, uuidV5 } from '@tributary/kernel';
import type { ServiceRuntime } from '@tributary/platform';
import type { AccountCommand } from '../domain/account/commands';
import { account } from '../domain/account/decide';
import { type OfAccount, type ReservedItem, accountStreamOf } from '../domain/account/terms';
import { itemOf } from '../domain/item';
import type { RunCommand } from '../domain/run/commands';
import { run as runDecider } from '../domain/run/decide';
import { runStreamOf } from '../domain/run/events';
import { reservationHash } from '../domain/run/reservation-hash';

export const TENANT = 'acme';
export const AT = instant('2026-04-14T12:00:00Z');

export interface PaidTo {
  readonly partner: string;
  readonly net: number;
  readonly payee: object;
  readonly method: 'pix' | 'ted';
}

/** Says to accounts and a run what others would, up to the point where files are made. */
export class RunTeller {
  private sent = 0;

  constructor(private readonly runtime: ServiceRuntime) {}

  /** A run with these items, from draft to the point where every account has instructed its own. */
  async instructed(name: string, rail: string, paid: readonly PaidTo[]): Promise<Uuid> {
    const run = uuidV5('spec', name);
    const reserved = await Promise.all(paid.map((each) => this.reserve(run, each)));
    const on = { run, at: AT };
    const draft = {
      run,
      entity: 'main',
      asset: 'BRL/2',
      kind: 'on_demand',
      period: null,
      zone: 'America/Sao_Paulo',
      payOn: '2026-04-15',
      payAt: AT,
      minimum: '1',
      dueDays: 30,
      payingAccount: rail,
      rules: null,
      partners: null,
      by: 'drafter',
    } as const;
    const partners = paid.map(({ partner }) => partner).sort();
    await this.tellRun({ type: 'DraftRun', ...on, draft });
    await this.tellRun({ type: 'ListCandidates', ...on, partners });
    await this.tellRun({ type: 'StartLocking', ...on });
    const answers = reserved.map((item) => {
      const { lines, ...summary } = item;
      const known = { recent: [], sharedWith: null, faults: [] };
      return { reserved: summary, lines: lines.length, hash: reservationHash(item), ...known };
    });
    const noted = {
      type: 'NoteAnswers',
      ...on,
      attempt: 1,
      reserved: answers,
      declined: [],
    } as const;
    const locked = await this.tellRun(noted);
    const { hash } = locked.at(-1)?.data as { hash: string };
    for (const flag of [
      'above_usual',
      'first_payment',
      'recent_details',
      'shared_account',
    ] as const)
      await this.tellRun({
        type: 'AcknowledgeFlags',
        ...on,
        flag,
        items: null,
        note: 'seen',
        by: 'checker',
      });
    await this.tellRun({ type: 'ApproveRun', ...on, hash, by: 'approver' });
    await this.tellRun({ type: 'ReleaseRun', ...on, by: 'approver' });
    for (const { item, partner } of reserved)
      await this.tellAccount(partner, {
        type: 'Instruct',
        account: ofPartner(partner),
        at: AT,
        run,
        item,
        file: null,
      });
    await this.tellRun({ type: 'NoteInstructions', ...on, instructed: partners, refused: [] });
    return run;
  }

  private async reserve(run: Uuid, { partner, net, method }: PaidTo): Promise<ReservedItem> {
    const of = ofPartner(partner);
    const stream = accountStreamOf(TENANT, of);
    const confirmed = {
      version: 1,
      kind: method,
      fingerprint: `place of ${partner}`,
      display: '***1',
      changedAt: instant('2026-01-01T00:00:00Z'),
      editors: ['ana', 'bea'],
    } as const;
    const payee = { method: confirmed, changePending: false, tax: null, missing: [] };
    await this.tellAccount(partner, {
      type: 'LearnPayee',
      account: of,
      at: AT,
      revision: 1,
      payee,
    });
    await this.tellAccount(partner, {
      type: 'TakeRelease',
      account: of,
      at: AT,
      release: uuidV5('release', run, partner),
      line: uuidV5('line', run, partner).replaceAll('-', ''),
      key: { sale: 's1', payment: 'pay1', line: 'l1', rule: 'base' },
      programme: 'main',
      plan: 'brcommercial',
      window: '2026-03',
      amount: String(net),
    });
    const item = itemOf(run, stream);
    const terms = { run, item, payAt: AT, minimum: '1', rules: null };
    const events = await this.tellAccount(partner, {
      type: 'Reserve',
      account: of,
      stream,
      at: AT,
      terms,
    });
    const reserved = events.find(({ type }) => type === 'PayoutReserved');
    if (!reserved) throw new Error(JSON.stringify(events));
    return reserved.data as unknown as ReservedItem;
  }

  private async tellRun(command: RunCommand) {
    const cause = this.cause();
    const stream = runStreamOf(TENANT, command.run);
    const outcome = await this.runtime.runner.run(runDecider, stream, command, cause);
    if (outcome.kind === 'rejected') throw new Error(JSON.stringify(outcome.rejected));
    return outcome.events;
  }

  private async tellAccount(partner: string, command: AccountCommand) {
    const stream = accountStreamOf(TENANT, ofPartner(partner));
    const outcome = await this.runtime.runner.run(account, stream, command, this.cause());
    if (outcome.kind === 'rejected') throw new Error(JSON.stringify(outcome.rejected));
    return outcome.events;
  }

  private cause() {
    return causeOf(`${String(this.sent++)} ${String(process.hrtime.bigint())}`);
  }
}

export const ofPartner = (partner: string): OfAccount => ({
  partner,
  entity: 'main',
  asset: 'BRL/2',
});

export const causeOf = (what: string) => ({
  commandId: uuidV5('test', what),
  fingerprint: 'test',
  actor: 'test',
  causationId: null,
  correlationId: 'test',
  traceParent: null,
});

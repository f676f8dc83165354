import { type Day, dayOf, instantOfMs } from '@tributary/kernel';
import { shiftDay } from '@tributary/sandbox-bank';
import type { Person } from '../people';
import { type Entered, asked, downloaded, entered, sent, until } from './front-door';
import {
  EARNED,
  ENTITY,
  PAYEES,
  PAYER,
  PAYING,
  PAYING_ACCOUNT,
  ZONE,
  bankOpened,
  payingAccount,
} from './payees';

export type People = Readonly<Record<Person, string>>;

/** What a newcomer can ask about at once. */
export interface PayoutsCase {
  readonly run: string;
  /** The path of the file that went to the bank. */
  readonly file: string;
}

/** A payment is on its way back for four days at the most, with a weekend between. */
const DAYS_TOLD = 4;

/**
 * Pays both partners by PIX, through the front door and a sandbox bank: northwind has its money, southwind's comes back. Each step is
 * a command under a key of its own or is asked for first, so it may be cut short anywhere, and telling it again changes nothing.
 */
export async function playPayouts(address: string, keys: People): Promise<PayoutsCase> {
  return await new Payouts(address, keys).play();
}

class Payouts {
  constructor(
    private readonly address: string,
    private readonly keys: People,
  ) {}

  async play(): Promise<PayoutsCase> {
    for (const entry of PAYING) await entered(this.address, this.keys, entry);
    await this.openAccount();
    await this.withhold();
    for (const partner of ['northwind', 'southwind'] as const) await this.tellPayee(partner);
    await this.release();
    const run = await this.approvedRun();
    const { sequence, payOn } = await this.fileOf(run);
    await this.bankAnswers(sequence, payOn);
    return { run, file: `/v1/payment-files/${PAYING_ACCOUNT}/${sequence}` };
  }

  /** The bank is opened on the day of the first start, and remembers it for the account as we know it. */
  private async openAccount(): Promise<void> {
    const { items } = await this.ask<Listed<{ id: string }>>('/v1/paying-accounts');
    if (items.length > 0) return;
    const { openedOn } = await sent<Bank>(`${this.address}/v1/sandbox-bank`, {
      ...{ key: this.keys.finance, type: JSON_TYPE },
      body: bankOpened(dayOf(instantOfMs(Date.now()), ZONE)),
    });
    await this.enter('paying-account', '/v1/paying-accounts', payingAccount(openedOn));
  }

  /** A second person activates the rules that the product begins with. Whoever has proposed others since is not overruled. */
  private async withhold(): Promise<void> {
    const path = `/v1/withholding/${ENTITY}`;
    const known = await this.ask<Rules>(path);
    if (known.versions.length > 0) return;
    if (known.proposal === null) {
      const { starters } = await this.ask<Starters>('/v1/withholding-starters');
      const { source, rules } = starters[0] ?? {};
      const effectiveFrom = '2026-01-01T00:00:00-03:00';
      await this.enter('rules', `${path}/proposals`, { effectiveFrom, source, rules });
    }
    const { proposal } = await this.ask<Rules>(path);
    await this.enter('rules-active', `${path}/activations`, { hash: proposal?.hash }, 'admin');
  }

  private async tellPayee(partner: keyof typeof PAYEES): Promise<void> {
    const payee = PAYEES[partner];
    const path = `/v1/payees/${partner}`;
    const { id } = await this.enter(`payee-${partner}`, `${path}/bank-details`, { payee });
    const confirmation = `${path}/bank-details/${id}/confirmation`;
    await this.enter(`payee-${partner}-confirmed`, confirmation, {}, 'treasurer');
    await this.enter(`tax-profile-${partner}`, `${path}/tax-profile`, {
      ...{ country: 'BR', kind: 'company', document: payee.document },
      evidence: ['registration of 2026'],
    });
  }

  /** Once all of it is posted, everything whose hold has ended goes to payouts. */
  private async release(): Promise<void> {
    for (const [partner, earned] of Object.entries(EARNED)) {
      const { totals } = await until(
        () => this.ask<Lines>(`/v1/lines?partner=${partner}`),
        (lines) => lines.totals[0]?.posted === earned,
      );
      if (totals[0]?.released === earned) continue;
      // Whoever releases twice releases nothing twice, so each attempt may name its own moment.
      const asOf = new Date().toISOString();
      await this.enter(`release-${asOf}`, '/v1/releases', { asOf });
    }
  }

  /** Drafted by one of finance, looked at, approved by somebody who had no hand in it, and released. */
  private async approvedRun(): Promise<string> {
    const { items } = await this.ask<Listed<{ run: string }>>('/v1/payout-runs?limit=1000');
    if (items.length === 0) await this.untilBothCanBePaid();
    const { id, token } = await this.enter('run', '/v1/payout-runs', PAYER);
    const path = `/v1/payout-runs/${id}`;
    const run = await until(
      () => this.ask<Run>(`${path}?token=${token}`),
      ({ hash }) => hash !== null,
    );
    for (const flag of ['first_payment', 'recent_details']) {
      const note = 'called the partner and compared the account';
      await this.enter(`run-${flag}`, `${path}/acknowledgements`, { flag, note });
    }
    await this.enter('run-approval', `${path}/approvals`, { hash: run.hash }, 'admin');
    await this.enter('run-release', `${path}/releases`, {});
    return id;
  }

  /** Accounts hear of payees, terms and releases in their own time. */
  private async untilBothCanBePaid(): Promise<void> {
    await until(
      () =>
        sent<Listed<{ net: string }>>(`${this.address}/v1/payout-runs/dry-runs`, {
          key: this.keys.finance,
          type: JSON_TYPE,
          headers: { 'idempotency-key': 'demo-run-preview' },
          body: PAYER,
        }),
      ({ items }) => items.length === Object.keys(PAYEES).length,
    );
  }

  private async fileOf(run: string): Promise<File> {
    await until(
      () => this.ask<Run>(`/v1/payout-runs/${run}`),
      ({ status }) => SENT.has(status),
    );
    const { items } = await until(
      () => this.ask<Listed<File>>(`/v1/payment-files?run=${run}`),
      (answer) => answer.items.length > 0,
    );
    return items[0] as File;
  }

  /** The bank takes the file, lets days pass, and says what it did with it; all of that goes to payouts. */
  private async bankAnswers(sequence: number, payOn: Day): Promise<void> {
    const bank = `${this.address}/v1/sandbox-bank`;
    const { finance } = this.keys;
    const file = await downloaded(
      `${this.address}/v1/payment-files/${PAYING_ACCOUNT}/${sequence}`,
      finance,
    );
    const { files } = await this.ask<Bank>('/v1/sandbox-bank');
    if (!files.some((taken) => taken.sequence === sequence))
      await sent(`${bank}/files?on=${payOn}`, { key: finance, type: BYTES, body: file });
    const to = shiftDay(payOn, DAYS_TOLD);
    const { day } = await this.ask<Bank>('/v1/sandbox-bank');
    if (day < to) await sent(`${bank}/days`, { key: finance, type: JSON_TYPE, body: { to } });

    const { items } = await this.ask<Listed<Answer>>('/v1/sandbox-bank/returns');
    for (const { number } of items.filter(({ answers }) => answers === sequence))
      await this.upload(`${bank}/returns/${number}`, `/v1/payment-files/${PAYING_ACCOUNT}/returns`);
    const statements = `/v1/paying-accounts/${PAYING_ACCOUNT}/bank-statements`;
    await this.upload(`${bank}/statement`, statements);
    await until(
      () => this.ask<Listed<object>>('/v1/reports/returns'),
      (answer) => answer.items.length > 0,
    );
  }

  private async upload(from: string, to: string): Promise<void> {
    const { finance: key } = this.keys;
    await sent(this.address + to, { key, type: BYTES, body: await downloaded(from, key) });
  }

  private async enter(
    key: string,
    path: string,
    body: object,
    by: Person = 'finance',
  ): Promise<Entered> {
    return await entered(this.address, this.keys, { key: `demo-${key}`, by, path, body });
  }

  private async ask<T>(path: string): Promise<T> {
    return await asked<T>(this.address + path, this.keys.auditor);
  }
}

const JSON_TYPE = 'application/json';
const BYTES = 'application/octet-stream';
const SENT = new Set(['exported', 'acknowledged', 'settling', 'closed']);

interface Listed<T> {
  readonly items: readonly T[];
}

interface Lines {
  readonly totals: readonly { readonly posted: string; readonly released: string }[];
}

interface Rules {
  readonly versions: readonly object[];
  readonly proposal: { readonly hash: string } | null;
}

interface Starters {
  readonly starters: readonly { readonly source: string; readonly rules: readonly object[] }[];
}

interface Run {
  readonly status: string;
  readonly hash: string | null;
}

interface File {
  readonly sequence: number;
  readonly payOn: Day;
}

interface Bank {
  readonly openedOn: Day;
  readonly day: Day;
  readonly files: readonly { readonly sequence: number }[];
}

interface Answer {
  readonly number: number;
  readonly answers: number | null;
}

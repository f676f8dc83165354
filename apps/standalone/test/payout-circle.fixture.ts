import type { SandboxBank } from '@tributary/sandbox-bank';
import type { Answer, PatientClient } from './patient-client.fixture';
import {
  ENTITY,
  OPENING,
  RAIL,
  bankOfScene,
  earn,
  earnedInRound,
  setScene,
} from './payout-scene.fixture';

export const STAGES = ['lock', 'export', 'import', 'settle'] as const;
export type Stage = (typeof STAGES)[number];

/** What comes first of the answers of the bank and its statement, where they do not come at the same time. */
export type Arrival = 'at once' | 'returns first' | 'statement first';

/** Told of each stage as it begins and as it is over. */
export interface Onlooker {
  begins(stage: Stage): Promise<void>;
  ends(stage: Stage): void;
}

export const NOBODY: Onlooker = { begins: () => Promise.resolve(), ends: () => undefined };

const [CASH, IN_TRANSIT, PAYABLE, RELEASED] = [
  'Assets:Cash',
  'Liabilities:InTransit',
  'Liabilities:Commission:Payable',
  'Liabilities:Commission:Released',
];
const BANK_REFUSED = new Set(['rejected']);

/** Month after month in a day each: partners are owed, a run pays them, the bank answers and books. */
export class PayoutCircle {
  readonly bank: SandboxBank = bankOfScene();
  /** The last day of which a statement was imported. */
  stated = '';
  private round = 0;

  constructor(
    private readonly client: PatientClient,
    private readonly random: () => number,
  ) {}

  begin(): Promise<void> {
    return setScene(this.client);
  }

  async turn(onlooker: Onlooker, arrival: Arrival = 'at once'): Promise<void> {
    await this.funded();
    const run = await this.during(onlooker, 'lock', () => this.locked());
    await this.during(onlooker, 'export', () => this.exported(run));
    await this.during(onlooker, 'import', () => this.imported(arrival));
    await this.during(onlooker, 'settle', () => this.settled());
    this.round += 1;
  }

  /** What the journal says, and what the bank says that it has to be. */
  async compared(): Promise<{ readonly booked: object; readonly expected: object }> {
    const { accounts } = await this.client.read('/v1/ledger/trial-balance');
    const of = (name: string) => String(balanceOf(accounts, name));
    const { state } = this.bank;
    const debited = new Set(
      state.lines.flatMap(({ kind, item, bookedOn }) =>
        kind === 'payment' && bookedOn <= this.stated ? [item] : [],
      ),
    );
    const awaited = state.payments
      .filter(({ item, outcome }) => !debited.has(item) && !BANK_REFUSED.has(outcome.kind))
      .reduce((sum, { amountMinor }) => sum + BigInt(amountMinor), 0n);
    const cash = state.lines
      .filter(({ bookedOn }) => bookedOn <= this.stated)
      .reduce(
        (sum, { side, amountMinor }) => sum + (side === 'debit' ? -1n : 1n) * BigInt(amountMinor),
        BigInt(OPENING),
      );
    return {
      booked: { cash: of(CASH), inTransit: of(IN_TRANSIT) },
      expected: { cash: String(cash), inTransit: String(-awaited) },
    };
  }

  private async during<T>(onlooker: Onlooker, stage: Stage, work: () => Promise<T>): Promise<T> {
    await onlooker.begins(stage);
    const done = await work();
    onlooker.ends(stage);
    return done;
  }

  private async funded(): Promise<void> {
    const before = balanceOf(await this.accounts(), PAYABLE);
    await earn(this.client, this.round);
    await this.client.command('/v1/releases', { asOf: new Date().toISOString() });
    const expected = { released: '0', payable: String(before - earnedInRound(this.round)) };
    const shown = await this.client.eventually(
      async () => {
        const accounts = await this.accounts();
        return {
          released: String(balanceOf(accounts, RELEASED)),
          payable: String(balanceOf(accounts, PAYABLE)),
        };
      },
      ({ released, payable }) => released === expected.released && payable === expected.payable,
    );
    expect(shown).toEqual(expected);
  }

  private async locked(): Promise<string> {
    const { day } = this.bank.state;
    const asked = { entity: ENTITY.id, asset: ENTITY.currency, payOn: day };
    const { id, token } = await this.client.command('/v1/payout-runs', asked);
    const { flags } = await this.runIs(id, 'locked', `?token=${token}`);
    for (const flag of Object.keys(flags as object))
      await this.client.command(`/v1/payout-runs/${id}/acknowledgements`, {
        flag,
        note: 'compared with the account',
      });
    const { hash } = await this.runIs(id, 'locked');
    await this.client.command(`/v1/payout-runs/${id}/approvals`, { hash }, 'admin');
    return id;
  }

  /** Every file that there is goes to the bank, whichever run it is of: one too many would be paid. */
  private async exported(run: string): Promise<void> {
    await this.client.command(`/v1/payout-runs/${run}/releases`, {});
    await this.runIs(run, 'exported');
    const listed = await this.client.eventually(
      () => this.client.read(`/v1/payment-files?payingAccount=${RAIL}&limit=500`),
      ({ items }) => items.some((file: Answer) => file.run === run),
    );
    const taken = new Set(this.bank.state.taken.map(({ sequence }) => sequence));
    for (const { sequence } of listed.items.filter((file: Answer) => !taken.has(file.sequence))) {
      const bytes = await this.client.bytes(`/v1/payment-files/${RAIL}/${String(sequence)}`);
      expect(this.bank.receive(bytes)).toMatchObject({ outcome: 'taken' });
    }
  }

  /** The day ends at the bank: what it answers and what it has booked come, and one of them comes again. */
  private async imported(arrival: Arrival): Promise<void> {
    const said = this.bank.returnFiles();
    const { day } = this.bank.state;
    this.bank.advance(dayAfter(day));
    const returns = [...said, ...this.bank.returnFiles()].map(({ bytes }) => bytes);
    const statement = this.bank.statement(day, day, 'camt053');
    const uploads = [
      ...returns.map((bytes) => () => this.uploadReturn(bytes)),
      () => this.uploadStatement(statement),
    ];
    const isReversed = arrival === 'at once' ? this.random() < 0.5 : arrival === 'statement first';
    if (isReversed) uploads.reverse();
    if (arrival === 'at once') await Promise.all(uploads.map((upload) => upload()));
    else for (const upload of uploads) await upload();
    await uploads[Math.floor(this.random() * uploads.length)]?.();
    this.stated = day;
  }

  private async settled(): Promise<void> {
    const { booked, expected } = await this.client.eventually(
      () => this.compared(),
      (each) => JSON.stringify(each.booked) === JSON.stringify(each.expected),
    );
    expect(booked).toEqual(expected);
  }

  private async uploadReturn(bytes: Uint8Array): Promise<void> {
    await this.client.upload(`/v1/payment-files/${RAIL}/returns`, bytes);
  }

  private async uploadStatement(bytes: Uint8Array): Promise<void> {
    await this.client.upload(`/v1/paying-accounts/${RAIL}/bank-statements`, bytes);
  }

  private async accounts(): Promise<Answer> {
    return (await this.client.read('/v1/ledger/trial-balance')).accounts;
  }

  private async runIs(run: string, status: string, query = ''): Promise<Answer> {
    const shown = await this.client.eventually(
      () => this.client.read(`/v1/payout-runs/${run}${query}`),
      (body) => body.status === status,
    );
    expect(shown).toMatchObject({ status });
    return shown;
  }
}

export const balanceOf = (accounts: readonly Answer[], name: string): bigint =>
  accounts
    .filter(({ account }) => account === name)
    .reduce((sum, { balance }) => sum + BigInt(balance), 0n);

const dayAfter = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

import {
  type BalancedEntry,
  type Instant,
  assertBalanced,
  instant,
  uuidV5,
  withoutDashes,
} from '@tributary/kernel';
import type { ItemId } from '../item';
import { itemOf } from '../item';
import type { WithholdingRules } from '../withholding/rules';
import type {
  AccountCommand,
  AccountRejected,
  FreezeLine,
  LearnPartner,
  LearnPayee,
  NoteBankAnswer,
  NoteTaxRemitted,
  Reserve,
  ReturnItem,
  SettleItem,
  TakeRelease,
} from './commands';
import { account } from './decide';
import type { AccountEvent } from './events';
import { brokenLawsOf } from './laws';
import { type Account, initialAccount } from './state';
import { type OfAccount, type PayeeTerms, accountStreamOf } from './terms';

export const OF: OfAccount = { partner: 'p1', entity: 'main', asset: 'BRL/2' };
export const STREAM = accountStreamOf('acme', OF);
export const RAIL = 'itau1';

/** A moment of 2026. */
export const noon = (day: string): Instant => instant(`2026-${day}T12:00:00Z`);
export const runOf = (name: string): string => uuidV5('run', name);
export const lineOf = (name: string): string => withoutDashes(uuidV5('line', name));
export const itemIn = (run: string): ItemId => itemOf(runOf(run), STREAM);

const bySentence = (name: string) => uuidV5('spec', name);
export const ADJUSTMENT = bySentence('adjustment');
export const WRITE_OFF = bySentence('write-off');
export const DISPUTE = bySentence('dispute');

let releases = 0;
export const release = (
  line: string,
  amount: bigint | number,
  more: Partial<TakeRelease> = {},
): TakeRelease => ({
  type: 'TakeRelease',
  account: OF,
  at: noon('03-10'),
  release: uuidV5('release', String(++releases)),
  line: lineOf(line),
  key: { sale: 's1', payment: 'pay1', line, rule: 'base' },
  programme: 'main',
  plan: 'brcommercial',
  window: '2026-03',
  amount: String(amount),
  ...more,
});

export const frozen = (line: string, amount: number): FreezeLine => ({
  type: 'FreezeLine',
  account: OF,
  at: noon('03-12'),
  line: lineOf(line),
  programme: 'main',
  plan: 'brcommercial',
  window: '2026-03',
  amount: String(amount),
});

const METHOD: NonNullable<PayeeTerms['method']> = {
  version: 1,
  kind: 'pix',
  fingerprint: 'f1',
  display: '***1234',
  changedAt: noon('01-02'),
  editors: ['ana', 'bruno'],
};

export const payee = (more: Partial<PayeeTerms> = {}, revision = 1): LearnPayee => ({
  type: 'LearnPayee',
  account: OF,
  at: noon('01-02'),
  revision,
  payee: {
    method: METHOD,
    changePending: false,
    tax: { country: 'BR', kind: 'company', regime: null },
    missing: [],
    ...more,
  },
});

export const partnerIs = (
  ...steps: readonly (readonly [string, LearnPartner['steps'][number]['status']])[]
): LearnPartner => ({
  type: 'LearnPartner',
  account: OF,
  at: noon(steps.at(-1)?.[0] ?? '01-01'),
  revision: steps.length,
  steps: steps.map(([day, status]) => ({ at: noon(day), status })),
});

/** 1.5 % of what a company in Brazil is paid, however little. */
export const RULES: WithholdingRules = {
  version: 1,
  hash: 'h1',
  rules: [
    {
      rule: 'irrf',
      tax: 'IRRF',
      country: 'BR',
      payees: 'company',
      exemptRegimes: [],
      rateBp: 150,
      base: 'gross',
      notAbove: '0',
      trigger: 'payment',
      from: noon('01-01'),
      until: null,
      source: 'a law',
      documents: [],
      examples: [],
    },
  ],
};

export const reserve = (
  run: string,
  more: Partial<Reserve['terms']> & { readonly at?: Instant } = {},
): Reserve => {
  const { at = noon('04-15'), ...terms } = more;
  return {
    type: 'Reserve',
    account: OF,
    stream: STREAM,
    at,
    terms: {
      run: runOf(run),
      item: itemIn(run),
      payAt: noon('04-16'),
      minimum: '10000',
      rules: null,
      ...terms,
    },
  };
};

export const cancel = (run: string): AccountCommand => ({
  type: 'CancelReservation',
  account: OF,
  at: noon('04-15'),
  run: runOf(run),
  reason: 'run_cancelled',
});

export const instruct = (run: string): AccountCommand => ({
  type: 'Instruct',
  account: OF,
  at: noon('04-16'),
  run: runOf(run),
  item: itemIn(run),
  file: null,
});

export const answered = (run: string, answer: NoteBankAnswer['answer']): NoteBankAnswer => ({
  type: 'NoteBankAnswer',
  account: OF,
  at: noon('04-17'),
  item: itemIn(run),
  answer,
  codes: answer === 'rejected' ? ['AG'] : [],
  bankReference: 'E1',
});

export const settle = (run: string, amount: bigint | number | string): SettleItem => ({
  type: 'SettleItem',
  account: OF,
  at: noon('04-17'),
  item: itemIn(run),
  rail: RAIL,
  bankLine: `paid ${run}`,
  amount: String(amount),
  bookedOn: '2026-04-17',
  bankReference: null,
});

export const comesBack = (
  run: string,
  amount: bigint | number | string,
  more: Partial<ReturnItem> = {},
): ReturnItem => ({
  type: 'ReturnItem',
  account: OF,
  at: noon('04-20'),
  item: itemIn(run),
  rail: RAIL,
  bankLine: `back ${run}`,
  amount: String(amount),
  fee: '0',
  bookedOn: '2026-04-20',
  reason: 'AC03',
  bankReference: null,
  ...more,
});

export const REMITTANCE = bySentence('remittance');

export const remitted = (run: string, amount: number, id = REMITTANCE): NoteTaxRemitted => ({
  type: 'NoteTaxRemitted',
  account: OF,
  at: noon('05-20'),
  item: itemIn(run),
  rule: 'irrf',
  amount: String(amount),
  remittance: id,
  month: '2026-04',
});
export const recovered = (run: string, amount: number, id = REMITTANCE): AccountCommand => ({
  ...remitted(run, amount, id),
  type: 'NoteTaxRecovered',
});

const by = (name: string, day: string) => ({
  account: OF,
  by: name,
  receivedAt: noon(day),
});

export const dispute = (...lines: readonly string[]): AccountCommand => ({
  type: 'OpenDispute',
  ...by('p1', '04-02'),
  dispute: DISPUTE,
  lines: lines.map((line) => ({
    line: lineOf(line),
    programme: 'main',
    plan: 'brcommercial',
    window: '2026-03',
  })),
  reason: 'The rate is wrong.',
  evidence: [],
  answerBy: noon('04-09'),
});

export const decision = (
  ...decisions: readonly (readonly [string, bigint | number | null])[]
): readonly AccountCommand[] => [
  {
    type: 'ProposeDisputeDecision',
    ...by('ana', '04-03'),
    dispute: DISPUTE,
    decisions: decisions.map(([line, due]) => ({
      line: lineOf(line),
      due: due === null ? null : String(due),
    })),
    reason: 'as agreed',
    evidence: [],
  },
  { type: 'DecideDispute', ...by('bruno', '04-04'), dispute: DISPUTE },
];

export const adjustment = (
  amount: bigint | number,
  id: string = ADJUSTMENT,
): readonly AccountCommand[] => [
  {
    type: 'ProposeAdjustment',
    ...by('ana', '04-05'),
    adjustment: id,
    programme: 'main',
    amount: String(amount),
    reason: 'goodwill',
    evidence: [],
  },
  { type: 'ApproveAdjustment', ...by('bruno', '04-06'), adjustment: id },
];

export const writeOff = (
  amount: bigint | number | string,
  id: string = WRITE_OFF,
): readonly AccountCommand[] => [
  {
    type: 'ProposeWriteOff',
    ...by('ana', '05-05'),
    writeOff: id,
    amount: String(amount),
    reason: 'gone',
    evidence: [],
  },
  { type: 'ApproveWriteOff', ...by('bruno', '05-06'), writeOff: id },
];

export const repayment = (amount: bigint | number | string): AccountCommand => ({
  type: 'RecordRepayment',
  account: OF,
  by: 'ana',
  repayment: bySentence('repayment'),
  amount: String(amount),
  rail: RAIL,
  bankLine: 'repaid',
  bookedOn: '2026-05-05',
  at: noon('05-05'),
});

/** An item of 25,000 less 375, further and further. */
export const RESERVED: readonly AccountCommand[] = [
  payee(),
  release('a', 25_000),
  reserve('r', { rules: RULES }),
];
export const INSTRUCTED = [...RESERVED, instruct('r')];
export const SETTLED = [...INSTRUCTED, settle('r', 24_625)];
export const RETURNED = [...SETTLED, comesBack('r', 24_625)];
export const OWING = [release('a', -500)];

export const person = (by: string) => ({ account: OF, by, receivedAt: noon('04-10') });
export const unsettle = (bankLine: string): AccountCommand => ({
  type: 'UnsettleItem',
  account: OF,
  at: noon('04-21'),
  item: itemIn('r'),
  rail: RAIL,
  bankLine,
  by: 'ana',
  reason: 'It paid somebody else.',
});
export const unreturn = (bankLine: string): AccountCommand =>
  ({
    ...unsettle(bankLine),
    type: 'UnreturnItem',
  }) as AccountCommand;
export const voided: AccountCommand = {
  type: 'VoidItem',
  account: OF,
  at: noon('04-17'),
  item: itemIn('r'),
  file: 'f1',
};

/** Beyond, checking after every event would take all the time there is. */
const MANY_LINES = 200;

/** An account after commands, with its journal; every law is checked after every event. */
export class Told {
  state: Account = initialAccount;
  readonly events: AccountEvent[] = [];
  /** What each command has appended. */
  readonly appends: (readonly AccountEvent[])[] = [];
  private readonly books = new Map<string, bigint>();

  static after(...commands: readonly AccountCommand[]): Told {
    return new Told().and(...commands);
  }

  /** Each is accepted. */
  and(...commands: readonly AccountCommand[]): this {
    for (const command of commands) {
      const refused = this.tell(command);
      if (refused) throw new Error(`${command.type} was refused: ${refused.code}`);
    }
    return this;
  }

  tell(command: AccountCommand): AccountRejected | undefined {
    const answer = account.decide(command, this.state);
    if ('rejected' in answer) return answer.rejected;
    if (answer.events.length > 0) this.appends.push(answer.events);
    for (const event of answer.events) {
      this.state = account.evolve(this.state, event);
      this.events.push(event);
      if ('entry' in event.data && event.data.entry) this.book(event.data.entry);
      if (this.state.lines.size > MANY_LINES) continue;
      const isWhole = event.type !== 'LinesMoved' && event.type !== 'LinesReserved';
      const broken = isWhole ? brokenLawsOf(this.state) : [];
      if (broken.length > 0) throw new Error(`After ${event.type}: ${broken.join(' ')}`);
    }
    return undefined;
  }

  /** The balance of a journal account: debits less credits. */
  balance(name: string): bigint {
    return this.books.get(name) ?? 0n;
  }

  of<T extends AccountEvent['type']>(type: T): readonly Extract<AccountEvent, { type: T }>[] {
    return this.events.filter(
      (event): event is Extract<AccountEvent, { type: T }> => event.type === type,
    );
  }

  private book(entry: BalancedEntry): void {
    assertBalanced(entry);
    for (const { account: name, side, amount } of entry.legs) {
      const signed = side === 'debit' ? BigInt(amount) : -BigInt(amount);
      this.books.set(name, (this.books.get(name) ?? 0n) + signed);
    }
  }
}

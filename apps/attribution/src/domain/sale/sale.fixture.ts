import type { CreditedLine, LineCreditedData } from '@tributary/contracts';
import { type Instant, instantOfMs, uuidV5, valueAt } from '@tributary/kernel';
import type { Credit, CreditPart, CreditStep } from '../credit/credit';
import type { CustomerTold } from '../customer/events';
import type { FactRef } from '../evidence';
import type { LearnCustomer, RetractSaleFact, SaleCommand, TakeSaleFact } from './commands';
import { sale as decider } from './decide';
import type {
  Disputed,
  FactKey,
  GivenBack,
  Paid,
  PaidLine,
  SaleEvent,
  SaleFactBody,
} from './events';
import { type Sale, initialSale, lineKey } from './state';

export const SALE = 'e10';
export const BILLING = 'https://billing.example/production';
export const CRM = 'https://crm.example/production';

/** 2026-03-<n>, noon. */
export const day = (n: number): Instant => instantOfMs(Date.UTC(2026, 2, n, 12));

export const factRef = (source: string, id: string): FactRef => ({
  factId: uuidV5('spec', source, id),
  hash: `hash of ${source} ${id}`,
});

interface Said {
  readonly source?: string;
  readonly supersedes?: FactKey;
}

export function said(
  id: string,
  at: Instant,
  body: SaleFactBody,
  { source = BILLING, supersedes }: Said = {},
): TakeSaleFact {
  const fact = { fact: factRef(source, id), source, id, at, body };
  return { type: 'TakeSaleFact', sale: SALE, fact, supersedes: supersedes ?? null };
}

/** A line of which this was paid: net, and tax on top of it. */
export const line = (
  name: string,
  net: number,
  tax = 0,
  more: Partial<PaidLine> = {},
): PaidLine => ({
  line: name,
  product: 'payments-pro',
  quantity: '1',
  gross: String(net + tax),
  discount: '0',
  tax: String(tax),
  net: String(net),
  ...more,
});

/** E10's invoice with tax: 150,000 and services of 49,900. */
export const E10: readonly PaidLine[] = [line('1', 150_000, 15_000), line('2', 49_900, 4_990)];

export const paidBody = (lines: readonly PaidLine[], more: Partial<Paid> = {}): Paid => ({
  kind: 'paid',
  payment: 'p1',
  customer: 'c1',
  programme: null,
  deal: null,
  asset: 'BRL/2',
  paidAt: day(10),
  lines,
  marketplace: null,
  usage: null,
  ...more,
});

export const paid = (
  lines: readonly PaidLine[],
  more: Partial<Paid> = {},
  saidBy: Said & { readonly id?: string } = {},
): TakeSaleFact => {
  const body = paidBody(lines, more);
  return said(saidBy.id ?? `paid-${body.payment}`, body.paidAt, body, saidBy);
};

export function refunded(
  refund: string,
  at: Instant,
  of: GivenBack,
  more: { readonly payment?: string | null; readonly asset?: string } & Said = {},
): TakeSaleFact {
  const { payment = 'p1', asset = 'BRL/2', ...saidBy } = more;
  const body = { kind: 'refunded', refund, payment, asset, reason: 'asked', at, of } as const;
  return said(`${refund}-refunded`, at, body, saidBy);
}

export const amount = (of: number, tax: number | null = null): GivenBack => ({
  amount: String(of),
  taxAmount: tax === null ? null : String(tax),
});

export const exactly = (name: string, net: number, tax = 0): GivenBack => ({
  lines: [{ line: name, net: String(net), tax: String(tax) }],
});

export const refundFailed = (refund: string, at: Instant): TakeSaleFact =>
  said(`${refund}-failed`, at, { kind: 'refund_failed', refund });

export const creditNote = (
  id: string,
  at: Instant,
  of: GivenBack,
  refund: string | null = null,
): TakeSaleFact =>
  said(id, at, {
    kind: 'credited_back',
    creditNote: id,
    payment: null,
    refund,
    asset: 'BRL/2',
    of,
  });

export const disputed = (
  state: Disputed['state'],
  at: Instant,
  of: number,
  dispute = 'd1',
): TakeSaleFact =>
  said(`${dispute}-${state}`, at, {
    kind: 'disputed',
    dispute,
    payment: 'p1',
    state,
    asset: 'BRL/2',
    amount: String(of),
  });

export const voided = (at: Instant): TakeSaleFact => said('voided', at, { kind: 'voided' });

export const retracted = (
  { fact: { source, id } }: TakeSaleFact,
  at: Instant = day(20),
): RetractSaleFact => ({
  type: 'RetractSaleFact',
  sale: SALE,
  retracted: { source, id },
  by: factRef(CRM, `takes back ${id}`),
  why: 'retracted',
  at,
});

export const part = (partner: string, weight = 1, role = 'sourced'): CreditPart => ({
  partner,
  role,
  weight,
});

export const credit = (name: string, parts: readonly CreditPart[]): Credit => ({
  decision: uuidV5('spec-decision', name),
  rung: 'touches',
  policy: { id: 'standard', version: 1, hash: 'policy' },
  parts,
  influenced: ['influencer'],
  unattributed: null,
  evidence: [factRef(CRM, name)],
});

const ALWAYS = '0001-01-01T00:00:00.000Z' as Instant;
export const creditedSince = (at: Instant, value: Credit, from: Instant = ALWAYS): CreditStep => ({
  at,
  from,
  value,
});

export function tells(
  general: readonly CreditStep[] = [
    creditedSince(day(1), credit('both', [part('northwind'), part('southwind')])),
  ],
  more: Partial<CustomerTold> = {},
): LearnCustomer {
  const told: CustomerTold = {
    customer: 'c1',
    revision: 1,
    canonical: 'c1',
    programme: 'main',
    credits: { general, deals: {} },
    signedUpAt: day(1),
    firstPaidAt: day(10),
    customerType: 'smb',
    country: 'BR',
    segment: null,
    activity: [],
    ...more,
  };
  return { type: 'LearnCustomer', sale: SALE, told, at: day(1) };
}

export interface Told {
  readonly state: Sale;
  readonly events: readonly SaleEvent[];
}

/** All of these, one after the other, with the steps that each leaves behind; no payment has a place in its customer's order. */
export const after = (...commands: readonly SaleCommand[]): Told =>
  takenFrom(placed(commands), commands);

/** The same for a sale that has heard nothing of places yet. */
export const arriving = (...commands: readonly SaleCommand[]): Told =>
  takenFrom(initialSale, commands);

function placed(commands: readonly SaleCommand[]): Sale {
  const ordinals: Record<string, Record<string, { revision: number; ordinal: null }>> = {};
  for (const command of commands) {
    if (command.type !== 'TakeSaleFact' || command.fact.body.kind !== 'paid') continue;
    const { payment, customer } = command.fact.body;
    ordinals[payment] = { ...ordinals[payment], [customer]: { revision: 0, ordinal: null } };
  }
  return { ...initialSale, ordinals };
}

function takenFrom(initial: Sale, commands: readonly SaleCommand[]): Told {
  let state = initial;
  const events: SaleEvent[] = [];
  const take = (decided: readonly SaleEvent[]) => {
    events.push(...decided);
    state = decided.reduce(decider.evolve, state);
  };
  for (const command of commands) {
    const decision = decider.decide(command, state);
    if ('events' in decision) take(decision.events);
    for (
      let step = decider.step?.(state) ?? [];
      step.length > 0;
      step = decider.step?.(state) ?? []
    )
      take(step);
  }
  return { state, events };
}

export const lineOf = ({ state }: Told, name: string, payment = 'p1'): LineCreditedData => {
  const told = state.published[lineKey(payment, name)];
  if (!told) throw new Error(`${payment}/${name} was never told.`);
  return told;
};

export const valueOf = (
  told: Told,
  name: string,
  at: Instant,
  payment = 'p1',
): CreditedLine | undefined =>
  valueAt({ revision: 1, steps: lineOf(told, name, payment).steps }, at);

/** The net of a line at each of its steps. */
export const netsOf = (told: Told, name: string, payment = 'p1'): (readonly [Instant, string])[] =>
  lineOf(told, name, payment).steps.map(({ at, value }) => [at, value.net] as const);

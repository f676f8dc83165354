import {
  type BalancedEntry,
  type Decider,
  type Decision,
  type Leg,
  type Uuid,
  accept,
  reject,
  startOfDay,
} from '@tributary/kernel';
import { OF_ALL, TAX_IN_TRANSIT, TAX_RECOVERABLE, WITHHOLDING } from '../account/money';
import type {
  ApproveRemittance,
  ProposeRemittance,
  RemittanceCommand,
  RemittanceRejected,
  WithdrawRemittance,
} from './commands';
import type { Declared, RemittanceEvent, RemittanceProposed } from './events';

type Answer = Decision<RemittanceEvent, RemittanceRejected>;

export interface Remittances {
  /** Waits for a second person: one at a time, so that no two are for the same items. */
  readonly open: RemittanceProposed['data'] | null;
  readonly last: {
    readonly remittance: Uuid;
    readonly covers: string;
    readonly offset: string;
  } | null;
  /** What was remitted for each month, with what was kept back. */
  readonly months: Readonly<Record<string, string>>;
  /** Documents by which something was remitted. */
  readonly references: Readonly<Record<string, Uuid>>;
}

/** What one entity has paid to the tax authority of what it withholds by one rule. */
export const remittances: Decider<
  RemittanceCommand,
  RemittanceEvent,
  Remittances,
  RemittanceRejected
> = {
  initial: { open: null, last: null, months: {}, references: {} },
  decide: (command, state) => {
    switch (command.type) {
      case 'ProposeRemittance':
        return propose(command, state);
      case 'ApproveRemittance':
        return approve(command, state);
      case 'WithdrawRemittance':
        return withdraw(command, state);
    }
  },
  evolve,
};

/** What of the withheld tax a remittance settles. */
export const coversOf = ({ amount, offset }: Pick<Declared, 'amount' | 'offset'>): bigint =>
  BigInt(amount) + BigInt(offset);

function propose(command: ProposeRemittance, state: Remittances): Answer {
  const refused = faultOf(command) ?? whyNot(command, state);
  if (refused) return reject(refused);
  const { type: _type, of, today: _today, last: _last, payer: _payer, ...said } = command;
  const { receivedAt, ...declared } = said;
  const data = { ...of, ...declared };
  return accept({ type: 'RemittanceProposed', data, occurredAt: receivedAt });
}

/** What is wrong with it whatever was withheld. */
function faultOf(command: ProposeRemittance): RemittanceRejected | undefined {
  const { of, amount, offset, month, paidOn, today, rail, payer } = command;
  if (BigInt(amount) < 0n || BigInt(offset) < 0n || coversOf(command) === 0n)
    return { code: 'invalid_amount' };
  if (month > today.slice(0, month.length)) return { code: 'month_in_future', month };
  if (paidOn > today) return { code: 'paid_in_future', paidOn };
  if (paidOn < `${month}-01`) return { code: 'paid_too_early', paidOn };
  if (rail === null) return amount === '0' ? undefined : { code: 'paying_account_missing' };
  if (payer === null) return { code: 'account_unknown', rail };
  const isOwn = payer.entity === of.entity && payer.asset === of.asset;
  return isOwn ? undefined : { code: 'account_differs', rail };
}

function whyNot(command: ProposeRemittance, state: Remittances): RemittanceRejected | undefined {
  const { month, offset, reference, owed, recoverable } = command;
  const { open, references, months } = state;
  if (open !== null) return { code: 'remittance_waits', remittance: open.remittance };
  // A document may have the name of what every object inherits.
  const used = Object.hasOwn(references, reference) ? references[reference] : undefined;
  if (used !== undefined) return { code: 'reference_used', remittance: used };
  if (!isSeen(command, state)) return { code: 'register_behind' };
  const remitted = months[month];
  if (owed === '0' && remitted !== undefined) return { code: 'tax_remitted', remitted };
  if (owed === '0') return { code: 'nothing_withheld', month };
  if (BigInt(offset) > BigInt(recoverable)) return { code: 'more_than_recoverable', recoverable };
  return coversOf(command) > BigInt(owed) ? { code: 'more_than_withheld', owed } : undefined;
}

/** Whether the register has all that followed from the last remittance; by then it had all that followed from those before. */
const isSeen = ({ last: seen }: ProposeRemittance, { last }: Remittances): boolean =>
  seen?.remittance === last?.remittance &&
  seen?.remitted === last?.covers &&
  seen?.recovered === last?.offset;

function approve({ remittance, by }: ApproveRemittance, { open }: Remittances): Answer {
  if (open?.remittance !== remittance) return reject({ code: 'remittance_unknown' });
  const { by: proposedBy, ...declared } = open;
  if (proposedBy === by) return reject({ code: 'same_person' });
  const data = { ...declared, proposedBy, by, entry: entryOf(declared) };
  const occurredAt = startOfDay(declared.paidOn, declared.zone);
  return accept({ type: 'TaxRemitted', data, occurredAt });
}

function withdraw(command: WithdrawRemittance, { open }: Remittances): Answer {
  const { of, remittance, reason, by, receivedAt } = command;
  if (open?.remittance !== remittance) return reject({ code: 'remittance_unknown' });
  const data = { ...of, remittance, reason, by };
  return accept({ type: 'RemittanceWithdrawn', data, occurredAt: receivedAt });
}

/** It is on its way until a statement of the bank shows it: only then has it left our cash. */
function entryOf(declared: Declared): BalancedEntry {
  const { entity, asset, amount, offset } = declared;
  const dimensions = { entity, programme: OF_ALL };
  const leg = (account: string, side: Leg['side'], units: bigint): Leg[] =>
    units === 0n ? [] : [{ account, side, amount: String(units), asset, dimensions }];
  return {
    legs: [
      ...leg(WITHHOLDING, 'debit', coversOf(declared)),
      ...leg(TAX_IN_TRANSIT, 'credit', BigInt(amount)),
      ...leg(TAX_RECOVERABLE, 'credit', BigInt(offset)),
    ],
  };
}

function evolve(state: Remittances, event: RemittanceEvent): Remittances {
  if (event.type === 'RemittanceProposed') return { ...state, open: event.data };
  if (event.type === 'RemittanceWithdrawn') return { ...state, open: null };
  const { remittance, month, offset, reference } = event.data;
  const covers = coversOf(event.data);
  const sum = String(BigInt(state.months[month] ?? 0) + covers);
  return {
    open: null,
    last: { remittance, covers: String(covers), offset },
    months: { ...state.months, [month]: sum },
    references: { ...state.references, [reference]: remittance },
  };
}

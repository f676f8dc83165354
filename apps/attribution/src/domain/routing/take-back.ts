import type { Instant, Uuid } from '@tributary/kernel';
import type { FactRetracted } from '../fact/events';
import { toldOfLead } from '../prospect/consequences';
import type { Command } from './commands';
import { followUpsOf } from './follow-ups';
import type { RoutedFact } from './routed';

/** What takes back a command that followed from a fact, for the stream that it went to. Undefined: it stays. */
export function takenBack(
  command: Command,
  { fact: { factId } }: RoutedFact,
  { source, id, why, by }: FactRetracted['data'],
  at: Instant,
): Command | undefined {
  const retracted = { source, id };
  switch (command.type) {
    case 'NoteEvidence':
      return { type: 'WithdrawItem', identifier: command.identifier, item: factId, by, at };
    case 'NoteCustomer':
    case 'NoteSubscription':
      return { type: 'WithdrawFromCustomer', customer: command.customer, item: factId, by, at };
    case 'TakeSaleFact':
      return { type: 'RetractSaleFact', sale: command.sale, retracted, by, why, at };
    case 'NoteOrphan':
      return { type: 'RetractOrphan', payment: command.payment, retracted, by, why, at };
    case 'ObserveMeasure': {
      const { partner, measure, subject } = command;
      return { type: 'WithdrawObservation', partner, measure, subject, factId, occurredAt: at };
    }
    case 'RegisterClaim': {
      const { prospect, lead } = command;
      return { type: 'WithdrawClaim', prospect, lead, factId, by, at };
    }
    case 'TellLead': {
      const { lead } = command;
      return {
        type: 'TellLead',
        lead,
        told: toldOfLead({ type: 'WithdrawClaim', lead, factId, by, at }),
      };
    }
    case 'NoteSameCompany':
      return { ...command, linked: false, at };
    default:
      // That a payment belongs to an invoice is no less true, and a retraction is not retracted.
      return undefined;
  }
}

/** What a superseded fact of money has to hear of the fact that took its place, once that one is retracted itself. */
export const heirRetracted = (
  superseded: RoutedFact,
  heir: Uuid,
  { source, id, by }: FactRetracted['data'],
  at: Instant,
): readonly Command[] =>
  followUpsOf(superseded).flatMap((command): Command[] => {
    const said = { retracted: { source, id }, factId: heir, by, why: 'retracted', at } as const;
    if (command.type === 'TakeSaleFact')
      return [{ type: 'RetractSaleFact', sale: command.sale, ...said }];
    if (command.type === 'NoteOrphan')
      return [{ type: 'RetractOrphan', payment: command.payment, ...said }];
    return [];
  });

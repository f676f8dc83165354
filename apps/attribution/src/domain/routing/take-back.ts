import type { Instant } from '@tributary/kernel';
import type { FactRetracted } from '../fact/events';
import { toldOfLead } from '../prospect/consequences';
import type { Command } from './commands';
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

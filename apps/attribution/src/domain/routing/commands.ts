import type { CustomerCommand } from '../customer/commands';
import type { Identifier } from '../evidence';
import type { RetractFact } from '../fact/decide';
import type { IdentifierCommand } from '../identifier/decide';
import type { NotedItem } from '../identifier/items';
import type { MeasureCommand } from '../measure/decide';
import type { PaymentCommand } from '../payment/decide';
import type { ProspectCommand } from '../prospect/commands';
import type { toldOfLead } from '../prospect/consequences';
import type { SaleCommand } from '../sale/commands';

/** Goes to whichever prospects have this lead, now or later. */
export interface TellLead {
  readonly type: 'TellLead';
  readonly lead: string;
  readonly told: ReturnType<typeof toldOfLead>;
}

/** Everything that a fact may ask of a stream of this service. */
export type Command =
  | CustomerCommand
  | IdentifierCommand
  | MeasureCommand
  | PaymentCommand
  | ProspectCommand
  | RetractFact
  | SaleCommand
  | TellLead;

/** What is known of an identifier goes to its own stream; a customer has one of another kind. */
export const noteAt = (identifier: Identifier, item: NotedItem): Command =>
  identifier.kind === 'customer'
    ? { type: 'NoteCustomer', customer: identifier.id, items: [item] }
    : { type: 'NoteEvidence', identifier, items: [item] };

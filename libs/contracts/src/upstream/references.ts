import { ref, words } from './fields';
import { optional, record } from './schema';

/** What several types of money facts refer to. */

/** The identity of a fact that was sent before, whichever of the two arrives first. */
export interface FactReference {
  readonly source: string;
  readonly id: string;
}

const LONGEST_SOURCE = 300;

export const factReference = {
  source: words('The source of the other fact.', LONGEST_SOURCE),
  id: ref('The id of the other fact.'),
};
export const supersedes = optional(record<FactReference>(factReference));

export const invoiceRef = ref('The invoice, as the billing system calls it.');
export const paymentRef = ref('The payment, as the billing system calls it.');
export const lineRef = ref('The line of the invoice.');
export const billingSystem = optional(
  words(
    'Whose numbers these are, if not those of the source; one system may report for another.',
    LONGEST_SOURCE,
  ),
);

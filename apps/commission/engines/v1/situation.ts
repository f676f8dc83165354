import type { Instant } from '@tributary/kernel';
import type { AgreementValue, CreditedLine, PartnerTerms, PartnerValue } from './facts';
import { forSale } from './timelines';

/** Everything that a condition may look at: one line, or no line at all for a bonus, under the terms of one partner. */
export interface Situation {
  readonly t: Instant;
  readonly paidAt: Instant;
  /** Whose terms are asked; of an override that is the child. */
  readonly owner: string;
  readonly terms: PartnerTerms;
  readonly partner: PartnerValue | undefined;
  readonly agreement: Agreement | undefined;
  readonly line: CreditedLine | null;
}

export interface Agreement {
  readonly id: string;
  readonly value: AgreementValue;
}

/** The active agreement for a sale; of several the first by id, so that the order of arrival decides nothing. */
export function agreementAt(
  { agreements }: PartnerTerms,
  t: Instant,
  paidAt: Instant,
  fits: (value: AgreementValue) => boolean,
): Agreement | undefined {
  let found: Agreement | undefined;
  for (const { agreement: id, steps } of agreements) {
    if (found !== undefined && found.id <= id) continue;
    const value = forSale(steps, t, paidAt);
    if (value !== undefined && value.status === 'active' && fits(value)) found = { id, value };
  }
  return found;
}

export function tierOf({ terms, t, paidAt }: Situation, track: string): string | null {
  const steps = terms.standings[track];
  return steps === undefined ? null : (forSale(steps, t, paidAt)?.applied ?? null);
}

/** How often something was measured up to the sale, as far as it is known. */
export function countOf({ terms, t, paidAt }: Situation, measure: string): number {
  let count = 0;
  for (const each of terms.measures)
    if (each.measure === measure) count += forSale(each.steps, t, paidAt)?.count ?? 0;
  return count;
}

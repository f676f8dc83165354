import { factType } from './fact-type';
import { word } from './fields';
import { type FactReference, factReference } from './references';

export const FACT_RETRACTED = 'tributary.fact.retracted.v1';

/** A fact should never have been sent: it counts no longer. */
export interface FactRetractedData extends FactReference {
  readonly reason: string;
}

export const factRetracted = factType<typeof FACT_RETRACTED, FactRetractedData>({
  type: FACT_RETRACTED,
  title: 'A fact should not have been sent and counts no longer',
  fields: { ...factReference, reason: word('Why, like `sent_in_error`.') },
  example: {
    id: 'retraction-5',
    source: 'https://billing.example/production',
    time: '2026-03-04T09:00:00-03:00',
    subject: 'pay-1001',
    data: {
      source: 'https://billing.example/production',
      id: 'pay-1001-paid',
      reason: 'sent_in_error',
    },
  },
});

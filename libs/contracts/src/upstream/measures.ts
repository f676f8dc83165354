import type { UpstreamEvent } from './envelope';
import { type Fault, factType } from './fact-type';
import { customerRef, decimal, partnerRef, ref, wholeNumber, word } from './fields';
import { optional, record } from './schema';

export const IMPLEMENTATION_COMPLETED = 'tributary.implementation.completed.v1';
export const IMPLEMENTATION_QUALIFIED = 'tributary.implementation.qualified.v1';
export const CSAT_RECORDED = 'tributary.csat.recorded.v1';
export const TRAINING_COMPLETED = 'tributary.training.completed.v1';

/** A partner has put a customer's installation to work, or somebody has found that it qualifies. */
export interface ImplementationData {
  readonly partnerRef: string;
  readonly implementationRef: string;
  readonly customerRef?: string;
  readonly dealRef?: string;
  readonly productRef?: string;
  /** What was looked at. */
  readonly evidenceRef?: string;
  readonly minutes?: number;
}

/** An answer to a survey, on the scale of its instrument; scales are never converted into each other. */
export interface CsatRecordedData {
  readonly partnerRef: string;
  /** The answer itself. */
  readonly responseRef: string;
  readonly surveyRef?: string;
  readonly implementationRef?: string;
  readonly customerRef?: string;
  readonly instrument: string;
  /** Decimals as text. */
  readonly scale: { readonly min: string; readonly max: string };
  readonly value: string;
}

/** A partner's person has finished a training. */
export interface TrainingCompletedData {
  readonly partnerRef: string;
  /** The completion itself: the same training finished by two people has two. */
  readonly completionRef: string;
  readonly trainingRef: string;
  /** Whole minutes, because hours come in halves and quarters and a float would not add up. */
  readonly minutes: number;
}

export type TrainingCompleted = UpstreamEvent<typeof TRAINING_COMPLETED, TrainingCompletedData>;

const MOST_MINUTES = 100_000;
const implementationRef = ref('Your id of the implementation.');

const implementation = <T extends string>(type: T, title: string, id: string, time: string) =>
  factType<T, ImplementationData>({
    type,
    title,
    fields: {
      partnerRef,
      implementationRef,
      customerRef: optional(customerRef),
      dealRef: optional(ref('The opportunity that led to it.')),
      productRef: optional(ref('Your id of the product.')),
      evidenceRef: optional(ref('Where the evidence can be looked at.')),
      minutes: optional(wholeNumber(1, MOST_MINUTES, 'How long it took, in whole minutes.')),
    },
    example: {
      id,
      source: 'https://projects.example/production',
      time,
      subject: 'northwind',
      data: {
        partnerRef: 'northwind',
        implementationRef: 'impl-31',
        customerRef: 'cus-4711',
        dealRef: 'deal-66',
        evidenceRef: 'acceptance-31',
      },
    },
  });

export const implementationCompleted = implementation(
  IMPLEMENTATION_COMPLETED,
  'A partner has put a customer’s installation to work',
  'impl-31-completed',
  '2026-03-05T18:00:00-03:00',
);
export const implementationQualified = implementation(
  IMPLEMENTATION_QUALIFIED,
  'An implementation qualifies',
  'impl-31-qualified',
  '2026-03-09T12:00:00-03:00',
);

export const csatRecorded = factType<typeof CSAT_RECORDED, CsatRecordedData>({
  type: CSAT_RECORDED,
  title: 'A customer has said how content it is with a partner',
  fields: {
    partnerRef,
    responseRef: ref('Your id of this answer.'),
    surveyRef: optional(ref('Your id of the survey.')),
    implementationRef: optional(implementationRef),
    customerRef: optional(customerRef),
    instrument: word('What was asked, like `csat` or `nps`; instruments are never converted.'),
    scale: record<CsatRecordedData['scale']>({
      min: decimal('The worst answer, as text.'),
      max: decimal('The best answer, as text.'),
    }),
    value: decimal('The answer, as text.'),
  },
  faultsOf: scaleFaults,
  example: {
    id: 'response-660',
    source: 'https://surveys.example/production',
    time: '2026-03-25T13:00:00-03:00',
    subject: 'northwind',
    data: {
      partnerRef: 'northwind',
      responseRef: 'response-660',
      surveyRef: 'survey-2026q1',
      customerRef: 'cus-4711',
      instrument: 'csat',
      scale: { min: '1', max: '5' },
      value: '4.2',
    },
  },
});

function scaleFaults({ scale, value }: CsatRecordedData): Fault[] {
  const [min, max, given] = [millionths(scale.min), millionths(scale.max), millionths(value)];
  if (min >= max)
    return [{ path: ['scale', 'max'], code: 'out_of_range', detail: 'It is not above `min`.' }];
  if (given >= min && given <= max) return [];
  const detail = `It is outside the scale from ${scale.min} to ${scale.max}.`;
  return [{ path: ['value'], code: 'out_of_range', detail }];
}

function millionths(decimalText: string): bigint {
  const [whole = '', fraction = ''] = decimalText.split('.');
  return BigInt(whole + fraction.padEnd(6, '0'));
}

export const trainingCompleted = factType<typeof TRAINING_COMPLETED, TrainingCompletedData>({
  type: TRAINING_COMPLETED,
  title: 'A partner’s person has finished a training',
  fields: {
    partnerRef,
    completionRef: ref('Your id of this completion.'),
    trainingRef: ref('Your id of the training.'),
    minutes: wholeNumber(1, MOST_MINUTES, 'How long it took, in whole minutes.'),
  },
  example: {
    id: 'completion-2041',
    source: 'https://academy.example/production',
    time: '2026-03-12T14:30:00-03:00',
    subject: 'northwind',
    data: {
      partnerRef: 'northwind',
      completionRef: 'completion-2041',
      trainingRef: 'payments-101',
      minutes: 240,
    },
  },
});

export const TRAINING_COMPLETED_EXAMPLE: TrainingCompleted = trainingCompleted.example;

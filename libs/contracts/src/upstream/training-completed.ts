import type { UpstreamEvent } from './envelope';

export const TRAINING_COMPLETED = 'tributary.training.completed.v1';

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

export const TRAINING_COMPLETED_SCHEMA = {
  $id: '/v1/schemas/training.completed.v1',
  title: 'A partner’s person has finished a training',
  type: 'object',
  required: ['partnerRef', 'completionRef', 'trainingRef', 'minutes'],
  additionalProperties: false,
  properties: {
    partnerRef: {
      type: 'string',
      pattern: '^[a-z0-9]{1,32}$',
      description: 'Our id of the partner.',
    },
    completionRef: {
      type: 'string',
      minLength: 1,
      maxLength: 200,
      description: 'Your id of this completion.',
    },
    trainingRef: {
      type: 'string',
      minLength: 1,
      maxLength: 200,
      description: 'Your id of the training.',
    },
    minutes: {
      type: 'integer',
      minimum: 1,
      maximum: 100_000,
      description: 'How long it took, in whole minutes.',
    },
  },
} as const;

export const TRAINING_COMPLETED_EXAMPLE: TrainingCompleted = {
  specversion: '1.0',
  id: 'completion-2041',
  source: 'https://academy.example/production',
  type: TRAINING_COMPLETED,
  time: '2026-03-12T14:30:00-03:00',
  subject: 'northwind',
  datacontenttype: 'application/json',
  dataschema: '/v1/schemas/training.completed.v1',
  data: {
    partnerRef: 'northwind',
    completionRef: 'completion-2041',
    trainingRef: 'payments-101',
    minutes: 240,
  },
};

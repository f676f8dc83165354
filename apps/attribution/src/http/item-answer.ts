import { type FieldError, type Problem, Refusal, problemOf, refusalOf } from '@tributary/platform';
import type { Ingested } from '../application/ingestion';

/** What a sender is told of one item that was not taken. Its neighbours are not harmed. */
export interface Refused {
  readonly outcome: 'refused';
  readonly problem: Problem;
}

export const isRefused = (answer: Ingested | Refused): answer is Refused =>
  answer.outcome === 'refused';

/** An item that breaks the contract. A dead database is no item's fault and goes on to fail the request. */
export function refusedItem(error: unknown, instance: string): Refused {
  const refusal = refusalOf(error);
  if (refusal.status >= 500) throw error;
  return { outcome: 'refused', problem: problemOf(refusal, instance) };
}

export const invalidItem = (errors: readonly FieldError[], instance: string): Refused =>
  refusedItem(invalidEvent(errors), instance);

export const invalidEvent = (errors: readonly FieldError[]): Refusal =>
  new Refusal(422, 'validation_failed', 'The event does not fit its schema.', { errors });

export const unreadableItem = (code: string, detail: string, instance: string): Refused =>
  refusedItem(new Refusal(400, code, detail), instance);

const STATUS = {
  accepted: 202,
  future_dated: 202,
  erased: 202,
  duplicate: 200,
  conflict: 409,
} as const;

/** 202 for something new, 200 for something known, 409 for other content under a known identity, else the problem's own. */
export function statusOf(answer: Ingested | Refused): number {
  if (isRefused(answer)) return answer.problem.status;
  return STATUS[answer.outcome];
}

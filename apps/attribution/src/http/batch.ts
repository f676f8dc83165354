import type { UpstreamEvent } from '@tributary/contracts';
import { Refusal } from '@tributary/platform';
import type { Ingested, Ingestion, Sender } from '../application/ingestion';
import { type Refused, invalidItem, refusedItem, statusOf } from './item-answer';
import { checkUpstreamEvent } from './upstream-check';

export const MOST_PER_BATCH = 500;

type Item = (Ingested | Refused) & { readonly status: number };

/** An answer per item, in the order given; a bad one does not harm its neighbours. */
export async function ingestBatch(
  values: readonly unknown[],
  ingestion: Ingestion,
  sender: Sender,
  instance: string,
): Promise<Item[]> {
  const answers = new Array<Ingested | Refused>(values.length);
  const events: UpstreamEvent[] = [];
  const places: number[] = [];
  for (const [i, value] of values.entries()) {
    if (value instanceof Refusal) {
      answers[i] = refusedItem(value, instance);
      continue;
    }
    const checked = checkUpstreamEvent(value);
    if ('errors' in checked) {
      answers[i] = invalidItem(checked.errors, instance);
      continue;
    }
    places.push(i);
    events.push(checked.valid);
  }
  const outcomes = await ingestion.acceptMany(events, sender);
  for (const [k, outcome] of outcomes.entries()) {
    const answer =
      outcome.status === 'fulfilled' ? outcome.value : refusedItem(outcome.reason, instance);
    answers[places[k] as number] = answer;
  }
  return answers.map((answer) => ({ ...answer, status: statusOf(answer) }));
}

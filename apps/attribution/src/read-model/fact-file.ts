import type { Instant, Recorded } from '@tributary/kernel';
import {
  type FactAccepted,
  type FactEvent,
  type FactRetracted,
  factIdOf,
} from '../domain/fact/events';
import { type Retraction, retractionOf } from '../domain/fact/evolve';
import { inForceFirst, withWord } from '../domain/retraction';
import { MAIN_PROGRAMME, type RoutedFact } from '../domain/routing/routed';

/** A fact as it was accepted, and what was said of it since. */
export interface FactFile {
  readonly fact: RoutedFact;
  readonly recordedAt: Instant;
  readonly correlationId: string;
  readonly position: bigint;
  /** How often other content came under the same identity. */
  readonly conflicts: number;
  /** What it waits for; null once it was handed on. */
  readonly waitsUntil: Instant | null;
  /** What it was taken back by: the one that holds before the others stands first. */
  readonly retractions: readonly Pick<FactRetracted['data'], 'by' | 'reason' | 'why'>[];
}

type FactRecord = Recorded & { readonly data: object };

/** Undefined where the fact itself has not come, whatever was said about it. */
export async function factFile(
  events: AsyncIterable<Recorded> | Iterable<Recorded>,
): Promise<FactFile | undefined> {
  let accepted: Omit<FactFile, 'conflicts' | 'retractions' | 'waitsUntil'> | undefined;
  let waitsUntil: Instant | null = null;
  let conflicts = 0;
  let words: readonly Retraction[] = [];
  for await (const recorded of events) {
    const event = recorded as unknown as FactEvent;
    switch (event.type) {
      case 'FactAccepted':
        accepted = acceptedIn(recorded, event.data);
        waitsUntil = event.data.waitsUntil ?? null;
        break;
      case 'FactBecameDue':
        waitsUntil = null;
        break;
      case 'FactConflicted':
        conflicts += 1;
        break;
      case 'FactRetracted':
        words = withWord(words, retractionOf(event.data, event.occurredAt));
    }
  }
  const retractions = inForceFirst(words).map(({ data: { why, reason, by } }) => ({
    why,
    reason,
    by,
  }));
  return accepted && { ...accepted, conflicts, waitsUntil, retractions };
}

function acceptedIn(
  { contentHash: hash, tenant, occurredAt, ...recorded }: FactRecord,
  { type, source, id, programme = MAIN_PROGRAMME, data }: FactAccepted['data'],
) {
  const { recordedAt, correlationId, position } = recorded;
  const fact = { factId: factIdOf(tenant, source, id), hash };
  const routed: RoutedFact = { tenant, fact, type, source, id, at: occurredAt, programme, data };
  return { fact: routed, recordedAt, correlationId, position };
}

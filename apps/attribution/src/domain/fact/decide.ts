import {
  type Decider,
  type Decision,
  type Instant,
  accept,
  canonicalJson,
  nothing,
  reject,
} from '@tributary/kernel';
import type { FactContent, FactEvent } from './events';
import { type Fact, evolve } from './evolve';

/** A sender that keeps changing its mind is shown this often; after that its stream would only grow. */
export const MOST_RIVALS = 16;

export interface AcceptFact {
  readonly type: 'AcceptFact';
  readonly content: FactContent;
  readonly fingerprint: string;
  readonly occurredAt: Instant;
}

export interface FactRejected {
  readonly code: 'event_conflict';
  readonly differs: readonly string[];
}

export const fact: Decider<AcceptFact, FactEvent, Fact, FactRejected> = {
  initial: { status: 'none' },
  decide,
  evolve,
  mostlyNew: true,
};

function decide(
  { content, fingerprint, occurredAt }: AcceptFact,
  state: Fact,
): Decision<FactEvent, FactRejected> {
  if (state.status === 'none') {
    return accept({ type: 'FactAccepted', data: { ...content, fingerprint }, occurredAt });
  }
  if (fingerprint === state.fingerprint || state.rivals.includes(fingerprint)) return nothing;

  const { source, id } = content;
  const differs = differingFields(state.content, content);
  if (state.rivals.length >= MOST_RIVALS) return reject({ code: 'event_conflict', differs });
  return accept({ type: 'FactConflicted', data: { source, id, differs, fingerprint }, occurredAt });
}

/** The fields a sender has to look at: of the envelope by name, of the data by their path. */
export function differingFields(accepted: FactContent, sent: FactContent): string[] {
  const envelope = (['type', 'time', 'subject', 'dataschema'] as const).filter(
    (key) => accepted[key] !== sent[key],
  );
  const keys = [...new Set([...Object.keys(accepted.data), ...Object.keys(sent.data)])].sort();
  const data = keys.filter((key) => textOf(accepted, key) !== textOf(sent, key));
  return [...envelope, ...data.map((key) => `data.${key}`)];
}

function textOf({ data }: FactContent, key: string): string | undefined {
  const value = data[key];
  return value === undefined ? undefined : canonicalJson(value);
}

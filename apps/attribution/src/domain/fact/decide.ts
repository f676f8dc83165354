import {
  type Decider,
  type Decision,
  type Instant,
  accept,
  canonicalJson,
  nothing,
  reject,
  unreachable,
} from '@tributary/kernel';
import { inForceFirst, isNews } from '../retraction';
import type { FactContent, FactEvent, FactRetracted } from './events';
import { type Fact, evolve, retractionOf } from './evolve';

/** A sender that keeps changing its mind is shown this often; after that its stream would only grow. */
export const MOST_RIVALS = 16;

export interface AcceptFact {
  readonly type: 'AcceptFact';
  readonly content: FactContent;
  readonly fingerprint: string;
  readonly occurredAt: Instant;
  /** Of what lies too far ahead. */
  readonly waitsUntil?: Instant;
}

/** Time is a command: whoever sends it says how late it is. */
export interface TakeUpFact {
  readonly type: 'TakeUpFact';
  readonly source: string;
  readonly id: string;
  readonly asOf: Instant;
}

/** Whoever may send facts may take one back; the retraction is a fact itself and says why. */
export interface RetractFact {
  readonly type: 'RetractFact';
  readonly retraction: FactRetracted['data'];
  readonly occurredAt: Instant;
}

export type FactCommand = AcceptFact | RetractFact | TakeUpFact;

export interface FactRejected {
  readonly code: 'event_conflict';
  readonly differs: readonly string[];
}

export const fact: Decider<FactCommand, FactEvent, Fact, FactRejected> = {
  initial: { status: 'none', retractions: [] },
  decide,
  evolve,
  mostlyNew: true,
};

function decide(command: FactCommand, state: Fact): Decision<FactEvent, FactRejected> {
  switch (command.type) {
    case 'AcceptFact':
      return take(command, state);
    case 'RetractFact':
      return retract(command, state);
    case 'TakeUpFact':
      return takeUp(command, state);
    default:
      return unreachable(command);
  }
}

/** Of retractions one holds, whichever arrives first; of facts that supersede it each is said. */
function retract({ retraction, occurredAt }: RetractFact, state: Fact): Decision<FactEvent, never> {
  if (!isNews(retractionOf(retraction, occurredAt), state.retractions)) return nothing;
  return accept({ type: 'FactRetracted', data: retraction, occurredAt });
}

/** From here on it is handed on, and what was said of it meanwhile as well, as behind a fact that comes late. */
function takeUp({ source, id, asOf }: TakeUpFact, state: Fact): Decision<FactEvent, never> {
  if (state.status === 'none' || state.waitsUntil === null || state.waitsUntil > asOf)
    return nothing;
  const due: FactEvent = {
    type: 'FactBecameDue',
    data: { source, id },
    occurredAt: state.waitsUntil,
  };
  return accept<FactEvent>(due, ...saidAgain(state));
}

const saidAgain = ({ retractions }: Fact): FactEvent[] =>
  inForceFirst(retractions).map(({ data, at }) => ({
    type: 'FactRetracted',
    data,
    occurredAt: at,
  }));

function take(
  { content, fingerprint, occurredAt, waitsUntil }: AcceptFact,
  state: Fact,
): Decision<FactEvent, FactRejected> {
  if (state.status === 'none') {
    const waiting = waitsUntil === undefined ? {} : { waitsUntil };
    const data = { ...content, fingerprint, ...waiting };
    const accepted: FactEvent = { type: 'FactAccepted', data, occurredAt };
    return accept<FactEvent>(accepted, ...saidAgain(state));
  }
  if (fingerprint === state.fingerprint || state.rivals.includes(fingerprint)) return nothing;

  const { source, id } = content;
  const differs = differingFields(state.content, content);
  if (state.rivals.length >= MOST_RIVALS) return reject({ code: 'event_conflict', differs });
  return accept({ type: 'FactConflicted', data: { source, id, differs, fingerprint }, occurredAt });
}

/** What is kept of the envelope, as its sender calls it. */
const ENVELOPE = [
  ['type', 'type'],
  ['time', 'time'],
  ['subject', 'subject'],
  ['dataschema', 'dataschema'],
  ['programme', 'programid'],
] as const;

/** It is sealed anew whenever it is sent, so that it is known to differ only where nothing else does. */
const SEALED = 'pii';

/** The fields a sender has to look at: of the envelope by name, of the data by their path. */
export function differingFields(accepted: FactContent, sent: FactContent): string[] {
  const envelope = ENVELOPE.filter(([key]) => accepted[key] !== sent[key]).map(([, name]) => name);
  const keys = [...new Set([...Object.keys(accepted.data), ...Object.keys(sent.data)])].sort();
  const data = keys.filter((key) => textOf(accepted, key) !== textOf(sent, key));
  const open = [...envelope, ...data.filter((key) => key !== SEALED).map((key) => `data.${key}`)];
  return open.length === 0 ? data.map((key) => `data.${key}`) : open;
}

function textOf({ data }: FactContent, key: string): string | undefined {
  const value = data[key];
  return value === undefined ? undefined : canonicalJson(value);
}

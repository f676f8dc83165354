import {
  type PersonalPlace,
  type UpstreamEvent,
  mapPersonal,
  mapPersonalEnvelope,
  normalise,
  subjectOf,
} from '@tributary/contracts';
import { type Json, type JsonObject, type StreamName, fingerprintOf } from '@tributary/kernel';
import { ERASED, type PersonalData, type SubjectKey } from '@tributary/privacy';

/** A fact that may be kept: nothing in it says who somebody is. */
export interface KeepableFact {
  readonly event: UpstreamEvent;
  /** Of the fact as it was sent, with each personal value replaced by its HMAC, so that a repeat is known also after an erasure. */
  readonly fingerprint: string;
  /** Personal values were left out, because their subject was erased. */
  readonly erased: boolean;
}

interface Reference {
  readonly kind: string;
  readonly value: string;
}

/** What has to be known of a batch before its facts can be rewritten, asked for in one go. */
interface Known {
  readonly pseudonyms: ReadonlyMap<string, string>;
  readonly keys: ReadonlyMap<string, SubjectKey | typeof ERASED>;
}

const CONTACT = 'contact';
const nameOf = ({ kind, value }: Reference): string => `${kind}:${value}`;

/**
 * Takes personal data out of facts, before anything of them is stored or sent on: references are exchanged for pseudonyms, all else is
 * sealed under the key of its subject, at its place in this stream and no other.
 */
export async function protect(
  events: readonly UpstreamEvent[],
  streams: readonly StreamName[],
  personal: PersonalData,
): Promise<KeepableFact[]> {
  const facts = events.map((event) => ({
    ...event,
    data: normalise(event.type, event.data),
  }));
  const known = await knownOf(facts, personal);
  return facts.map((event, i) => keepable(event, streams[i] as StreamName, known, personal));
}

async function knownOf(events: readonly UpstreamEvent[], personal: PersonalData): Promise<Known> {
  const references = new Map<string, Reference>();
  const subjects = new Map<string, Reference>();
  for (const event of events) {
    const collect = (place: PersonalPlace): Json => {
      if (place.how === 'exchange') references.set(nameOf(place), place);
      else {
        const subject = subjectOf(event.type, event.data);
        if (subject) subjects.set(nameOf(subject), subject);
      }
      return null;
    };
    mapPersonalEnvelope(event, collect);
    mapPersonal(event.type, event.data, collect);
  }
  const names = [...references.keys()];
  const given = names.length === 0 ? [] : await personal.exchange([...references.values()]);
  const pseudonyms = new Map(names.map((name, i) => [name, given[i] as string]));
  if (subjects.size === 0) return { pseudonyms, keys: new Map() };

  const sealed = [...subjects.keys()];
  const keys = await personal.keysFor(
    sealed.map((name) => ({ subject: pseudonyms.get(name) as string, purpose: CONTACT })),
  );
  return { pseudonyms, keys: new Map(sealed.map((name, i) => [name, keys[i] as SubjectKey])) };
}

function keepable(
  event: UpstreamEvent,
  stream: StreamName,
  { pseudonyms, keys }: Known,
  personal: PersonalData,
): KeepableFact {
  const subject = subjectOf(event.type, event.data);
  const key = subject && keys.get(nameOf(subject));
  const kept = (place: PersonalPlace): Json => {
    if (place.how === 'exchange') return pseudonyms.get(nameOf(place)) as string;
    if (key === undefined || key === ERASED) return null;
    const field = ['data', ...place.path].join('.');
    return personal.seal(key, { stream, type: 'FactAccepted', field }, place.value);
  };
  const { fingerprint } = fingerprinted(event, personal);
  const data = mapPersonal(event.type, event.data, kept);
  return {
    event: { ...mapPersonalEnvelope(event, kept), data },
    fingerprint,
    erased: key === ERASED,
  };
}

function fingerprinted(event: UpstreamEvent, { hmacHex }: PersonalData): { fingerprint: string } {
  const masked = ({ value }: PersonalPlace): Json => hmacHex(JSON.stringify(value));
  const { type, dataschema, subject, time, programid } = mapPersonalEnvelope(event, masked);
  const data: JsonObject = mapPersonal(event.type, event.data, masked);
  const programme = programid === undefined ? {} : { programid };
  return { fingerprint: fingerprintOf({ type, dataschema, subject, time, data, ...programme }) };
}

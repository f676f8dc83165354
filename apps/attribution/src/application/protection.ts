import {
  type PersonalPlace,
  type UpstreamEvent,
  normalise,
  personalAround,
  personalIn,
  subjectOf,
  withPersonal,
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

/** Each reference once. By kind first, because a name put together for each question would cost more than its answer. */
class DistinctReferences {
  readonly list: Reference[] = [];
  private readonly numbers = new Map<string, Map<string, number>>();

  add(reference: Reference): void {
    const { kind, value } = reference;
    let numbers = this.numbers.get(kind);
    if (!numbers) this.numbers.set(kind, (numbers = new Map<string, number>()));
    if (numbers.has(value)) return;
    numbers.set(value, this.list.length);
    this.list.push(reference);
  }

  /** Its place in the list. */
  numberOf({ kind, value }: Reference): number | undefined {
    return this.numbers.get(kind)?.get(value);
  }
}

/** What has to be known of a batch before its facts can be rewritten, asked for in one go. */
interface Known {
  readonly pseudonymOf: (reference: Reference) => string;
  /** Undefined where nothing of theirs is to be sealed. */
  readonly keyOf: (subject: Reference) => SubjectKey | typeof ERASED | undefined;
}

const CONTACT = 'contact';

/** A checked fact with everything personal that was found in it. */
interface Searched {
  readonly event: UpstreamEvent;
  /** As its type says it. */
  readonly data: JsonObject;
  readonly around: readonly PersonalPlace[];
  readonly within: readonly PersonalPlace[];
  /** Under whose key its sealed values lie. */
  readonly subject: Reference | undefined;
}

/**
 * Takes personal data out of facts, before anything of them is stored or sent on: references are exchanged for pseudonyms, all else is
 * sealed under the key of its subject, at its place in this stream and no other.
 */
export async function protect(
  events: readonly UpstreamEvent[],
  streams: readonly StreamName[],
  personal: PersonalData,
): Promise<KeepableFact[]> {
  const facts = events.map(searched);
  const known = await knownOf(facts, personal);
  const masked = maskedOnce(personal);
  return facts.map((fact, i) => ({
    ...kept(fact, streams[i] as StreamName, known, personal),
    fingerprint: fingerprinted(fact, masked),
  }));
}

function searched(event: UpstreamEvent): Searched {
  const { type } = event;
  const data = normalise(type, event.data);
  const within = personalIn(type, data);
  return { event, data, around: personalAround(event), within, subject: subjectOf(type, data) };
}

async function knownOf(facts: readonly Searched[], personal: PersonalData): Promise<Known> {
  const references = new DistinctReferences();
  const subjects = new DistinctReferences();
  for (const { around, within, subject } of facts) {
    for (const place of around) if (place.how === 'exchange') references.add(place);
    for (const place of within) {
      if (place.how === 'exchange') references.add(place);
      else if (subject) subjects.add(subject);
    }
  }
  const pseudonyms = await personal.exchange(references.list);
  const pseudonymOf = (reference: Reference) =>
    pseudonyms[references.numberOf(reference) as number] as string;
  const keys = await personal.keysFor(
    subjects.list.map((subject) => ({ subject: pseudonymOf(subject), purpose: CONTACT })),
  );
  return {
    pseudonymOf,
    keyOf: (subject) => {
      const number = subjects.numberOf(subject);
      return number === undefined ? undefined : keys[number];
    },
  };
}

function kept(
  { event, data, around, within, subject }: Searched,
  stream: StreamName,
  { pseudonymOf, keyOf }: Known,
  personal: PersonalData,
): Omit<KeepableFact, 'fingerprint'> {
  const key = subject && keyOf(subject);
  const instead = (place: PersonalPlace): Json => {
    if (place.how === 'exchange') return pseudonymOf(place);
    if (key === undefined || key === ERASED) return null;
    const field = ['data', ...place.path].join('.');
    return personal.seal(key, { stream, type: 'FactAccepted', field }, place.value);
  };
  const nameless = withPersonal(event, around, around.map(instead));
  return {
    event: { ...nameless, data: withPersonal(data, within, within.map(instead)) },
    erased: key === ERASED,
  };
}

type Mask = (place: PersonalPlace) => string;

/** Facts that come together often name the same customers, and an HMAC costs more than all else that makes a fingerprint. */
function maskedOnce({ hmacHex }: PersonalData): Mask {
  const masks = new Map<Json, string>();
  return ({ value }) => {
    let mask = masks.get(value);
    if (mask === undefined) {
      mask = hmacHex(JSON.stringify(value));
      masks.set(value, mask);
    }
    return mask;
  };
}

function fingerprinted({ event, data, around, within }: Searched, masked: Mask): string {
  const { type, dataschema, time, programid } = event;
  const named = around.find(({ path }) => path[0] === 'subject');
  return fingerprintOf({
    type,
    dataschema,
    subject: named ? masked(named) : event.subject,
    time,
    data: withPersonal(data, within, within.map(masked)),
    ...(programid !== undefined && { programid }),
  });
}

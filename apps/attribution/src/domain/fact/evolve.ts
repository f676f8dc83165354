import type { Instant } from '@tributary/kernel';
import { type TakenBack, withWord } from '../retraction';
import type { FactContent, FactEvent, FactRetracted } from './events';

/** A word that takes the fact back, as it was said. */
export interface Retraction extends TakenBack {
  readonly data: FactRetracted['data'];
}

interface Judged {
  /** They may come before their fact. */
  readonly retractions: readonly Retraction[];
}

export const retractionOf = (data: FactRetracted['data'], at: Instant): Retraction => {
  const { why, by } = data;
  return { why, by, at, data };
};

export type Fact =
  | (Judged & { readonly status: 'none' })
  | (Judged & {
      readonly status: 'accepted';
      readonly content: FactContent;
      readonly fingerprint: string;
      /** Null once it was handed on. */
      readonly waitsUntil: Instant | null;
      /** Fingerprints of rival contents that were shown as conflicts. */
      readonly rivals: readonly string[];
    });

export function evolve(state: Fact, { type, data, occurredAt }: FactEvent): Fact {
  if (type === 'FactRetracted')
    return { ...state, retractions: withWord(state.retractions, retractionOf(data, occurredAt)) };
  if (type === 'FactAccepted') {
    const { fingerprint, waitsUntil = null, ...content } = data;
    return { ...state, status: 'accepted', content, fingerprint, waitsUntil, rivals: [] };
  }
  if (state.status === 'none') return state;
  if (type === 'FactBecameDue') return { ...state, waitsUntil: null };
  return { ...state, rivals: [...state.rivals, data.fingerprint] };
}

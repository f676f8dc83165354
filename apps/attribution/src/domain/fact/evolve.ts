import type { Instant } from '@tributary/kernel';
import type { FactContent, FactEvent, FactRetracted } from './events';

export interface Retraction {
  readonly data: FactRetracted['data'];
  readonly at: Instant;
}

interface Judged {
  /** Of several the one that holds before the others, whichever came first; it may come before its fact. */
  readonly retraction: Retraction | undefined;
}

export type Fact =
  | (Judged & { readonly status: 'none' })
  | (Judged & {
      readonly status: 'accepted';
      readonly content: FactContent;
      readonly fingerprint: string;
      /** Fingerprints of rival contents that were shown as conflicts. */
      readonly rivals: readonly string[];
    });

export function evolve(state: Fact, { type, data, occurredAt }: FactEvent): Fact {
  if (type === 'FactRetracted') return { ...state, retraction: { data, at: occurredAt } };
  if (type === 'FactAccepted') {
    const { fingerprint, ...content } = data;
    return { ...state, status: 'accepted', content, fingerprint, rivals: [] };
  }
  if (state.status === 'none') return state;
  return { ...state, rivals: [...state.rivals, data.fingerprint] };
}

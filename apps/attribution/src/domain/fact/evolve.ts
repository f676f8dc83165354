import type { FactContent, FactEvent } from './events';

export type Fact =
  | { readonly status: 'none' }
  | {
      readonly status: 'accepted';
      readonly content: FactContent;
      readonly fingerprint: string;
      /** Fingerprints of rival contents that were shown as conflicts. */
      readonly rivals: readonly string[];
    };

export function evolve(state: Fact, { type, data }: FactEvent): Fact {
  if (type === 'FactAccepted') {
    const { fingerprint, ...content } = data;
    return { status: 'accepted', content, fingerprint, rivals: [] };
  }
  if (state.status === 'none') return state;
  return { ...state, rivals: [...state.rivals, data.fingerprint] };
}

import type { AgreementStatus, AgreementValue } from '@tributary/contracts';
import type { Instant, Step } from '@tributary/kernel';
import type { AgreementEvent, AgreementParty, AgreementTerms, AmendableTerms } from './events';

/** What waits for a second person. */
export interface Pending {
  readonly version: number;
  readonly from: Instant;
  readonly changed: Partial<AmendableTerms>;
  /** Whoever has worded it; none of them may approve it. */
  readonly editors: readonly string[];
}

/** A decision that holds: which sales it governs, and what it changed for them. */
export interface Governing {
  readonly from: Instant;
  readonly changed: Partial<AgreementValue>;
}

export interface KnownAgreement {
  readonly status: AgreementStatus;
  /** As drafted, with what was proposed since; of an active agreement as it began. */
  readonly terms: AgreementTerms;
  readonly startsFrom: Instant;
  readonly decidedAt: Instant;
  readonly latestVersion: number;
  readonly pending: Pending | undefined;
  readonly governing: readonly Governing[];
  readonly steps: readonly Step<AgreementValue>[];
  /** Which wording was signed by whom. */
  readonly signatures: readonly { readonly version: number; readonly party: AgreementParty }[];
}

export type Agreement = KnownAgreement | { readonly status: 'none' };

export function evolve(state: Agreement, event: AgreementEvent): Agreement {
  if (event.type === 'AgreementDrafted') return drafted(event.data);
  if (state.status === 'none') return state;
  if (event.type === 'AgreementSigned') {
    const { version, party } = event.data;
    return { ...state, signatures: [...state.signatures, { version, party }] };
  }
  const known = { ...state, decidedAt: event.data.at };
  switch (event.type) {
    case 'AmendmentProposed': {
      const { version, from, changed, by } = event.data;
      const editors = state.status === 'draft' ? (state.pending?.editors ?? []) : [];
      const pending = { version, from, changed, editors: [...new Set([...editors, by])] };
      // A draft is worded anew; an active agreement stays as it is until somebody else agrees.
      const terms = state.status === 'draft' ? { ...state.terms, ...changed } : state.terms;
      return { ...known, terms, latestVersion: version, pending };
    }
    case 'AgreementActivated': {
      const { terms, from, steps } = event.data;
      const governing: Governing[] = [{ from, changed: { ...terms, status: 'active' } }];
      return {
        ...known,
        status: 'active',
        terms,
        startsFrom: from,
        governing,
        steps,
        pending: undefined,
      };
    }
    case 'AgreementAmended': {
      const { from, changed, steps } = event.data;
      return {
        ...known,
        governing: [...state.governing, { from, changed }],
        steps,
        pending: undefined,
      };
    }
    case 'AgreementEnded':
      return { ...known, status: 'ended', steps: event.data.steps, pending: undefined };
  }
}

function drafted({
  terms,
  from,
  at,
  version,
  by,
  steps,
}: Extract<AgreementEvent, { type: 'AgreementDrafted' }>['data']): Agreement {
  const pending = { version, from, changed: {}, editors: [by] };
  return {
    status: 'draft',
    terms,
    startsFrom: from,
    decidedAt: at,
    latestVersion: version,
    pending,
    governing: [],
    steps,
    signatures: [],
  };
}

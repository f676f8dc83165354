import type { AgreementStatus } from '@tributary/contracts';
import type { Instant } from '@tributary/kernel';
import type { NotInHistory } from '../history';
import type { AgreementTerms, AmendableTerms } from './events';

interface Deciding {
  readonly agreement: string;
  readonly by: string;
  readonly receivedAt: Instant;
  /** When it was decided, for what is entered later than that; else now. */
  readonly decidedAt?: Instant;
}

export type AgreementCommand = Deciding &
  (
    | {
        readonly type: 'DraftAgreement';
        readonly terms: AgreementTerms;
        readonly effectiveFrom?: Instant;
      }
    | {
        readonly type: 'ProposeAmendment';
        readonly changed: Partial<AmendableTerms>;
        readonly effectiveFrom?: Instant;
      }
    | { readonly type: 'ApproveAgreement'; readonly version: number }
    | { readonly type: 'EndAgreement'; readonly reason: string; readonly effectiveFrom?: Instant }
  );

export type TermsRejected =
  | { readonly code: 'own_parent' }
  | { readonly code: 'split_twice'; readonly partner: string }
  | { readonly code: 'splits_do_not_sum'; readonly sumBp: number };

export type AgreementRejected =
  | Extract<NotInHistory, { code: 'history_full' | 'nothing_to_change' }>
  | TermsRejected
  | { readonly code: 'agreement_exists' }
  | { readonly code: 'agreement_unknown' }
  | { readonly code: 'before_start'; readonly from: Instant; readonly startsFrom: Instant }
  | { readonly code: 'decided_before_last'; readonly at: Instant; readonly last: Instant }
  | { readonly code: 'decided_in_future'; readonly at: Instant }
  | { readonly code: 'not_pending'; readonly pending: number | null }
  | { readonly code: 'same_person' }
  | {
      readonly code: 'wrong_status';
      readonly status: AgreementStatus;
      readonly allowed: readonly AgreementStatus[];
    };

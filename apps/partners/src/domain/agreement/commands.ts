import type { AgreementStatus } from '@tributary/contracts';
import type { Instant } from '@tributary/kernel';
import type { NotInHistory } from '../history';
import type { AgreementParty, AgreementTerms, AmendableTerms, SignedDocument } from './events';

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
    | {
        readonly type: 'EndAgreement';
        readonly reason: string;
        /** For no cause it takes notice; a breach, or both sides together, may end it at once. */
        readonly cause?: 'breach' | 'mutual' | 'notice';
        readonly effectiveFrom?: Instant;
      }
    | {
        readonly type: 'SignAgreement';
        /** The wording that was signed. */
        readonly version: number;
        readonly party: AgreementParty;
        readonly signedAt: Instant;
        readonly document: SignedDocument;
      }
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
  | { readonly code: 'already_signed'; readonly version: number; readonly party: AgreementParty }
  | { readonly code: 'before_start'; readonly from: Instant; readonly startsFrom: Instant }
  | { readonly code: 'decided_before_last'; readonly at: Instant; readonly last: Instant }
  | { readonly code: 'decided_in_future'; readonly at: Instant }
  | { readonly code: 'ends_before_start'; readonly until: Instant; readonly from: Instant }
  | { readonly code: 'notice_not_kept'; readonly from: Instant; readonly earliest: Instant }
  | { readonly code: 'not_pending'; readonly pending: number | null }
  | { readonly code: 'same_person' }
  | { readonly code: 'signed_in_future'; readonly at: Instant }
  | { readonly code: 'version_unknown'; readonly latest: number }
  | {
      readonly code: 'wrong_status';
      readonly status: AgreementStatus;
      readonly allowed: readonly AgreementStatus[];
    };

import { keyedTable, projection } from '@tributary/feeds';
import type { Json } from '@tributary/kernel';

const OF_PAYEE = {
  $tenant: 'text',
  partner: 'text',
  terms: 'json',
  $occurredAt: 'instant',
} as const;
const SHOWN = {
  kind: 'text',
  keyKind: 'text?',
  display: 'text',
  fingerprint: 'text',
  'holder.display': 'text',
  isChecked: 'boolean',
  proposal: 'text',
  subject: 'text',
  by: 'text',
} as const;

/** Where partners are paid as it may be seen, and what is sealed for the moment of writing a file; nothing else that is personal. */
export const payees = projection({
  name: 'payees',
  version: 1,
  events: {
    BankDetailsProposed: { ...OF_PAYEE, ...SHOWN, 'pii.payee': 'json' },
    BankDetailsConfirmed: { ...OF_PAYEE, ...SHOWN, version: 'int', proposedBy: 'text' },
    BankDetailsWithdrawn: OF_PAYEE,
    TaxProfileDeclared: {
      ...OF_PAYEE,
      country: 'text',
      kind: 'text',
      regime: 'text?',
      regimeHolds: 'json?',
      'holder.display': 'text?',
      evidence: 'json',
      by: 'text',
    },
    DocumentRecorded: OF_PAYEE,
    DocumentWithdrawn: OF_PAYEE,
    HoldPlaced: OF_PAYEE,
    HoldLifted: OF_PAYEE,
  },
  tables: {
    payee: keyedTable({
      key: { tenant: 'text', partner: 'text' },
      sets: {
        pending: 'json?',
        pending_fingerprint: 'text?',
        method: 'json?',
        fingerprint: 'text?',
        tax: 'json?',
        terms: 'json',
        changed_at: 'instant',
      },
      indexes: ['(tenant, fingerprint)', '(tenant, pending_fingerprint)'],
    }),
    payee_proposal: keyedTable({
      key: { tenant: 'text', partner: 'text', proposal: 'text' },
      keeps: { subject: 'text', sealed: 'json' },
      writtenOnce: true,
    }),
    payee_method: keyedTable({
      key: { tenant: 'text', partner: 'text', version: 'int' },
      keeps: { proposal: 'text' },
      writtenOnce: true,
    }),
  },
  rows(event) {
    const { $tenant: tenant, partner, terms, $occurredAt: at } = event;
    const row = { tenant, partner, terms, changed_at: at };
    switch (event.$type) {
      case 'BankDetailsProposed': {
        const { proposal, subject, fingerprint, by } = event;
        const pending = { ...shownOf(event), proposal, by, at };
        return {
          payee: [{ ...row, pending, pending_fingerprint: fingerprint }],
          payee_proposal: [{ tenant, partner, proposal, subject, sealed: event['pii.payee'] }],
        };
      }
      case 'BankDetailsConfirmed': {
        const { proposal, version, fingerprint, proposedBy, by } = event;
        const method = { ...shownOf(event), version, changedAt: at, proposedBy, confirmedBy: by };
        const none = { pending: null, pending_fingerprint: null };
        return {
          payee: [{ ...row, ...none, method, fingerprint }],
          payee_method: [{ tenant, partner, version, proposal }],
        };
      }
      case 'BankDetailsWithdrawn':
        return { payee: [{ ...row, pending: null, pending_fingerprint: null }] };
      case 'TaxProfileDeclared': {
        const { country, kind, regime, regimeHolds, evidence, by } = event;
        const document = event['holder.display'];
        const tax = { country, kind, regime, regimeHolds, document, evidence, by, at };
        return { payee: [{ ...row, tax }] };
      }
      default:
        return { payee: [row] };
    }
  },
});

interface Shown {
  readonly kind: string;
  readonly keyKind: string | null;
  readonly display: string;
  readonly 'holder.display': string;
  readonly isChecked: boolean;
}

const shownOf = (event: Shown): { readonly [key: string]: Json } => ({
  kind: event.kind,
  keyKind: event.keyKind,
  display: event.display,
  holder: event['holder.display'],
  isChecked: event.isChecked,
});

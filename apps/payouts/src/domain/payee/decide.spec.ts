import { type Instant, instant } from '@tributary/kernel';
import { specFor } from '@tributary/kernel/testing';
import type { PayeeTerms } from '../account/terms';
import {
  type DeclareTaxProfile,
  type ProposeBankDetails,
  type RecordDocument,
  payee,
} from './decide';
import type { DeclaredProfile, PayeeEvent, ShownDetails } from './events';

const spec = specFor(payee);

describe('changing where a partner is paid', () => {
  it('holds payments from the proposal on, and names what is missing', () => {
    spec
      .given()
      .when(propose())
      .then(proposed({ changePending: true, missing: [CONFIRMATION] }));
  });

  it('pays there once a second person has confirmed, and counts the version', () => {
    spec
      .given(proposed({}))
      .when(confirm('bea'))
      .then(confirmed({ method: methodOf(1, 'ana', 'bea'), missing: [] }));
  });

  it('holds payments again while a change waits, without forgetting where they went', () => {
    spec
      .given(proposed({}), confirmed({}))
      .when(propose({ proposal: 'p2', sealed: sealed('2') }))
      .then(
        proposed(
          {
            method: methodOf(1, 'ana', 'bea'),
            changePending: true,
            missing: [CONFIRMATION],
          },
          { proposal: 'p2', pii: { payee: sealed('2') } },
        ),
      );
    spec
      .given(proposed({}), confirmed({}), proposed({}, { proposal: 'p2', by: 'bea' }))
      .when({ ...confirm('ana'), proposal: 'p2' })
      .then(
        confirmed(
          { method: methodOf(2, 'bea', 'ana') },
          { proposal: 'p2', version: 2, proposedBy: 'bea', by: 'ana' },
        ),
      );
  });

  it('lets nobody confirm what he proposed', () => {
    spec.given(proposed({})).when(confirm('ana')).thenRejected({ code: 'same_person' });
  });

  it('confirms only what was looked at', () => {
    spec.given().when(confirm('bea')).thenRejected({ code: 'no_proposal' });
    spec
      .given(proposed({}), proposed({}, { proposal: 'p2' }))
      .when(confirm('bea'))
      .thenRejected({ code: 'proposal_changed', proposal: 'p2' });
    spec
      .given(proposed({}), confirmed({}))
      .when(confirm('eve'))
      .thenRejected({ code: 'no_proposal' });
  });

  it('goes on paying where it paid when a change is withdrawn', () => {
    spec
      .given(proposed({}), confirmed({}), proposed({}, { proposal: 'p2' }))
      .when({ ...ofP1('eve'), type: 'WithdrawBankDetails', proposal: 'p2', reason: 'a typo' })
      .then({
        type: 'BankDetailsWithdrawn',
        data: {
          partner: 'p1',
          proposal: 'p2',
          reason: 'a typo',
          by: 'eve',
          terms: termsWith({ method: methodOf(1, 'ana', 'bea'), missing: [] }),
        },
        occurredAt: NOW,
      });
    spec
      .given(proposed({}))
      .when({ ...ofP1('eve'), type: 'WithdrawBankDetails', proposal: 'p9', reason: 'a typo' })
      .thenRejected({ code: 'proposal_changed', proposal: 'p1' });
  });

  it('takes what is in force already for no change', () => {
    spec
      .given(proposed({}), confirmed({}))
      .when(propose({ proposal: 'p3' }))
      .thenNothing();
  });
});

describe('declaring how a payee is taxed', () => {
  it('tells the accounts what rules ask for, and keeps the number sealed', () => {
    spec
      .given()
      .when(declare({ regime: 'simples', regimeHolds: { from: NOW, until: null } }))
      .then(
        declared(
          { regime: 'simples', regimeHolds: { from: NOW, until: null } },
          {
            tax: {
              country: 'BR',
              kind: 'company',
              regime: 'simples',
              regimeHolds: { from: NOW, until: null },
              documents: [],
            },
          },
        ),
      );
  });

  it('wants evidence, dates for a regime, and an end behind its beginning', () => {
    spec
      .given()
      .when(declare({ evidence: [] }))
      .thenRejected({ code: 'evidence_missing' });
    spec
      .given()
      .when(declare({ regime: 'mei' }))
      .thenRejected({ code: 'regime_without_dates', regime: 'mei' });
    spec
      .given()
      .when(declare({ regime: 'mei', regimeHolds: { from: NOW, until: NOW } }))
      .thenRejected({ code: 'validity_reversed', from: NOW, until: NOW });
  });

  it('holds payments to an account of somebody else than the one who is taxed', () => {
    const holder = { display: 'CNPJ **********0181', fingerprint: 'h2' };
    spec
      .given(proposed({}), confirmed({}))
      .when(declare({ holder }))
      .then(
        declared(
          { holder },
          {
            method: methodOf(1, 'ana', 'bea'),
            tax: { country: 'BR', kind: 'company', regime: null, documents: [] },
            missing: [{ hold: 'kyc', what: 'account_of_the_payee' }],
          },
        ),
      );
  });
});

describe('keeping what rules ask for', () => {
  it('tells documents with the time for which they hold, the newest of each name', () => {
    const until = instant('2027-01-01T00:00:00Z');
    spec
      .given(documented('residence', { from: NOW, until: null }))
      .when(record('residence', { from: NOW, until }))
      .then(documented('residence', { from: NOW, until }));
  });

  it('wants evidence, and an end behind its beginning', () => {
    spec
      .given()
      .when({ ...record('residence', { from: NOW, until: null }), evidence: [] })
      .thenRejected({ code: 'evidence_missing' });
    spec
      .given()
      .when(record('residence', { from: NOW, until: NOW }))
      .thenRejected({ code: 'validity_reversed', from: NOW, until: NOW });
  });

  it('does without a document that turns out to be wrong', () => {
    spec
      .given(documented('residence', { from: NOW, until: null }))
      .when({ ...ofP1('bea'), type: 'WithdrawDocument', name: 'residence', reason: 'forged' })
      .then({
        type: 'DocumentWithdrawn',
        data: {
          partner: 'p1',
          name: 'residence',
          reason: 'forged',
          by: 'bea',
          terms: termsWith({ missing: [DETAILS] }),
        },
        occurredAt: NOW,
      });
    spec
      .given()
      .when({ ...ofP1('bea'), type: 'WithdrawDocument', name: 'residence', reason: 'forged' })
      .thenRejected({ code: 'document_unknown', name: 'residence' });
  });
});

describe('holding payments until something is there', () => {
  const missing = { hold: 'kyc', what: 'identity_check' } as const;

  it('names what is missing until it is lifted with evidence', () => {
    const placed: PayeeEvent = {
      type: 'HoldPlaced',
      data: {
        partner: 'p1',
        ...missing,
        reason: 'a new owner',
        by: 'ana',
        terms: termsWith({ missing: [DETAILS, missing] }),
      },
      occurredAt: NOW,
    };
    const place = { ...ofP1('ana'), type: 'PlaceHold', missing, reason: 'a new owner' } as const;
    spec.given().when(place).then(placed);
    spec.given(placed).when(place).thenNothing();
    const lift = {
      ...ofP1('bea'),
      type: 'LiftHold',
      missing,
      reason: 'checked',
      evidence: ['case 7'],
    } as const;
    spec
      .given(placed)
      .when(lift)
      .then({
        type: 'HoldLifted',
        data: {
          partner: 'p1',
          ...missing,
          reason: 'checked',
          evidence: ['case 7'],
          by: 'bea',
          terms: termsWith({ missing: [DETAILS] }),
        },
        occurredAt: NOW,
      });
    spec
      .given(placed)
      .when({ ...lift, evidence: [] })
      .thenRejected({ code: 'evidence_missing' });
    spec
      .given()
      .when(lift)
      .thenRejected({ code: 'hold_unknown', ...missing });
  });
});

const NOW = instant('2026-04-01T12:00:00Z');
const DETAILS = { hold: 'bank_details', what: 'bank_details' } as const;
const CONFIRMATION = { hold: 'bank_details', what: 'confirmation' } as const;

const shown: ShownDetails = {
  kind: 'pix',
  keyKind: 'cnpj',
  display: 'PIX cnpj **********DE35',
  fingerprint: 'f1',
  holder: { display: 'CNPJ **********DE35', fingerprint: 'h1' },
  isChecked: true,
};

const sealed = (n: string) => ({ sealed: `v1.${n}`, hmac: n });

const ofP1 = (by: string) => ({ partner: 'p1', by, receivedAt: NOW });

const propose = (changed: Partial<ProposeBankDetails> = {}): ProposeBankDetails => ({
  type: 'ProposeBankDetails',
  ...ofP1('ana'),
  proposal: 'p1',
  details: shown,
  subject: 's1',
  sealed: sealed('1'),
  ...changed,
});

const confirm = (by: string) =>
  ({ type: 'ConfirmBankDetails', ...ofP1(by), proposal: 'p1' }) as const;

const declare = (changed: Partial<DeclaredProfile> = {}): DeclareTaxProfile => ({
  type: 'DeclareTaxProfile',
  ...ofP1('ana'),
  profile: profileWith(changed),
  subject: 's1',
  sealed: sealed('d'),
});

const record = (name: string, holds: RecordDocument['holds']): RecordDocument => ({
  type: 'RecordDocument',
  ...ofP1('ana'),
  name,
  holds,
  evidence: ['file 3'],
});

const profileWith = (changed: Partial<DeclaredProfile>): DeclaredProfile => ({
  country: 'BR',
  kind: 'company',
  regime: null,
  regimeHolds: null,
  holder: shown.holder,
  evidence: ['declaration of 2 January'],
  ...changed,
});

const termsWith = (changed: Partial<PayeeTerms>): PayeeTerms => ({
  method: null,
  changePending: false,
  tax: null,
  missing: [],
  ...changed,
});

const methodOf = (version: number, ...editors: readonly [string, string]) => ({
  version,
  kind: 'pix' as const,
  fingerprint: 'f1',
  display: shown.display,
  changedAt: NOW,
  editors,
});

type DataOf<T extends PayeeEvent['type']> = Extract<PayeeEvent, { type: T }>['data'];

const proposed = (
  terms: Partial<PayeeTerms>,
  changed: Partial<DataOf<'BankDetailsProposed'>> = {},
): PayeeEvent => ({
  type: 'BankDetailsProposed',
  data: {
    partner: 'p1',
    ...shown,
    proposal: 'p1',
    subject: 's1',
    by: 'ana',
    pii: { payee: sealed('1') },
    ...changed,
    terms: termsWith(terms),
  },
  occurredAt: NOW,
});

const confirmed = (
  terms: Partial<PayeeTerms>,
  changed: Partial<DataOf<'BankDetailsConfirmed'>> = {},
): PayeeEvent => ({
  type: 'BankDetailsConfirmed',
  data: {
    partner: 'p1',
    ...shown,
    proposal: 'p1',
    version: 1,
    subject: 's1',
    proposedBy: 'ana',
    by: 'bea',
    ...changed,
    terms: termsWith(terms),
  },
  occurredAt: NOW,
});

const declared = (changed: Partial<DeclaredProfile>, terms: Partial<PayeeTerms>): PayeeEvent => ({
  type: 'TaxProfileDeclared',
  data: {
    partner: 'p1',
    ...profileWith(changed),
    subject: 's1',
    by: 'ana',
    pii: { document: sealed('d') },
    terms: termsWith({ missing: [DETAILS], ...terms }),
  },
  occurredAt: NOW,
});

const documented = (
  name: string,
  holds: { readonly from: Instant; readonly until: Instant | null },
): PayeeEvent => ({
  type: 'DocumentRecorded',
  data: {
    partner: 'p1',
    name,
    ...holds,
    evidence: ['file 3'],
    by: 'ana',
    terms: termsWith({ missing: [DETAILS] }),
  },
  occurredAt: NOW,
});

import type { PeriodCertificate, TrialBalanceRow } from '@tributary/contracts';
import { instant, resolvePeriod } from '@tributary/kernel';
import { specFor } from '@tributary/kernel/testing';
import type { Blocker, Blockers, Certify, ClosePeriod, SoftClosePeriod } from './commands';
import { period } from './decide';
import type { PeriodEvent } from './events';

const { given } = specFor(period);

describe('soft-closing a month', () => {
  it('cuts it with its bounds, the first of an entity whichever it is', () => {
    given().when(softClose()).then(softClosed);
    given()
      .when(softClose({ lastSoftClosed: '2026-02' }))
      .then(softClosed);
  });

  it('decides nothing where it was soft-closed before', () => {
    given(softClosed)
      .when(softClose({ by: 'bea', lastSoftClosed: '2026-03' }))
      .thenNothing();
  });

  it('waits for the end of the month, in the zone of the entity', () => {
    const until = instant('2026-04-01T03:00:00Z');
    given()
      .when(softClose({ receivedAt: instant('2026-04-01T02:59:59.999Z') }))
      .thenRejected({ code: 'month_not_over', until });
    given()
      .when(softClose({ receivedAt: until }))
      .then({ ...softClosed, occurredAt: until });
  });

  it.each([
    ['2026-01', '2026-02'],
    ['2026-03', '2026-04'],
    ['2026-05', '2026-06'],
  ])('keeps the order of months: after %s comes %s', (lastSoftClosed, next) => {
    given().when(softClose({ lastSoftClosed })).thenRejected({ code: 'not_in_order', next });
  });

  it('is refused while commission has not posted everything, and says who sees to it', () => {
    const blockers = blockedBy(behind, 230);
    given()
      .when(softClose({ blockers }))
      .thenRejected({ code: 'period_blocked', count: 230, blockers: [behind] });
  });
});

describe('confirming that every release was taken', () => {
  it('is decided once, after the soft-close', () => {
    given(softClosed).when(confirm).then(taken);
    given(softClosed, taken).when(confirm).thenNothing();
    given().when(confirm).thenRejected({ code: 'not_soft_closed' });
  });
});

describe('closing a month', () => {
  it('is done by another person, once nothing stands in its way', () => {
    given(softClosed, taken).when(close()).then(closed);
    given(softClosed, taken)
      .when(close({ firstUnclosed: null }))
      .then(closed);
    given(softClosed, taken, closed)
      .when(close({ by: 'ana' }))
      .thenNothing();
  });

  it('is refused before the soft-close, and to the person who made it', () => {
    given().when(close()).thenRejected({ code: 'not_soft_closed' });
    given(softClosed, taken)
      .when(close({ by: 'ana' }))
      .thenRejected({ code: 'same_person' });
  });

  it('keeps the order of months', () => {
    given(softClosed, taken)
      .when(close({ firstUnclosed: '2026-02' }))
      .thenRejected({ code: 'not_in_order', next: '2026-02' });
  });

  it('is refused before every release is taken, and while bank and books disagree', () => {
    const notTaken: Blocker = {
      kind: 'releases_not_taken',
      subject: '2026-03',
      owner: 'operations',
      detail:
        'The ledger has not found a taking of every release before the soft-close; it names them under /v1/ledger/periods.',
    };
    given(softClosed)
      .when(close())
      .thenRejected({ code: 'period_blocked', count: 1, blockers: [notTaken] });
    given(softClosed)
      .when(close({ blockers: blockedBy(moved) }))
      .thenRejected({ code: 'period_blocked', count: 2, blockers: [notTaken, moved] });
    given(softClosed, taken)
      .when(close({ blockers: blockedBy(moved) }))
      .thenRejected({ code: 'period_blocked', count: 1, blockers: [moved] });
  });
});

describe('certifying a month', () => {
  it('is decided once, of a closed one', () => {
    given(softClosed, taken, closed).when(certify()).then(certified);
    given(softClosed, taken, closed, certified).when(certify()).thenNothing();
    given(softClosed, taken).when(certify()).thenRejected({ code: 'not_closed' });
    given().when(certify()).thenRejected({ code: 'not_closed' });
  });

  it('never certifies other figures', () => {
    given(softClosed, taken, closed, certified)
      .when(certify({ digest: 'f'.repeat(64) }))
      .thenRejected({ code: 'certified_otherwise', digest: DIGEST });
  });

  it('refuses a trial balance that is off, asset by asset', () => {
    const usd = row('Assets:Cash', 5n, 0n, 'USD/2');
    given(softClosed, taken, closed)
      .when(certify({ trialBalance: [...BALANCED, usd] }))
      .thenRejected({ code: 'trial_balance_off', asset: 'USD/2', difference: '5' });
  });

  it('refuses released money that nobody has taken, also where the books balance', () => {
    const trialBalance = [row('Expenses:Commission', 7n, 0n), row(RELEASED, 0n, 7n)];
    given(softClosed, taken, closed)
      .when(certify({ trialBalance }))
      .thenRejected({ code: 'released_not_zero', asset: 'BRL/2', balance: '-7' });
  });
});

const RELEASED = 'Liabilities:Commission:Released';
const DIGEST = '0'.repeat(64);
const NOW = instant('2026-04-03T12:00:00Z');
const MARCH = resolvePeriod('America/Sao_Paulo', '2026-03');
const OF = { entity: 'main', period: MARCH };

const behind: Blocker = {
  kind: 'commission_behind',
  subject: 'p1.standard.2026-q1',
  owner: 'operations',
  detail: 'posting',
};
const moved: Blocker = { kind: 'break', subject: 'B02.x', owner: 'ana', detail: 'B02 on bank1' };
const NONE: Blockers = { count: 0, first: [] };
const blockedBy = (blocker: Blocker, count = 1): Blockers => ({ count, first: [blocker] });

const row = (
  account: string,
  debit: bigint,
  credit: bigint,
  asset: TrialBalanceRow['asset'] = 'BRL/2',
): TrialBalanceRow => ({
  asset,
  account,
  debit: String(debit),
  credit: String(credit),
  balance: String(debit - credit),
});
const BALANCED = [
  row('Expenses:Commission', 7n, 0n),
  row('Liabilities:Commission:Payable', 0n, 7n),
  row(RELEASED, 7n, 7n),
];
const certificate: PeriodCertificate = {
  closePosition: '120',
  since: null,
  rows: '4',
  trialBalance: BALANCED,
  digest: DIGEST,
};

const softClose = (more: Partial<SoftClosePeriod> = {}): SoftClosePeriod => ({
  type: 'SoftClosePeriod',
  ...OF,
  lastSoftClosed: null,
  blockers: NONE,
  by: 'ana',
  receivedAt: NOW,
  ...more,
});
const confirm = {
  type: 'ConfirmTaken',
  entity: 'main',
  month: '2026-03',
  receivedAt: NOW,
} as const;
const close = (more: Partial<ClosePeriod> = {}): ClosePeriod => ({
  type: 'ClosePeriod',
  entity: 'main',
  month: '2026-03',
  firstUnclosed: '2026-03',
  blockers: NONE,
  by: 'bea',
  receivedAt: NOW,
  ...more,
});
const certify = (more: Partial<PeriodCertificate> = {}): Certify => ({
  type: 'Certify',
  entity: 'main',
  month: '2026-03',
  certificate: { ...certificate, ...more } as PeriodCertificate,
  receivedAt: NOW,
});

const softClosed: PeriodEvent = {
  type: 'PeriodSoftClosed',
  data: { ...OF, by: 'ana' },
  occurredAt: NOW,
};
const taken: PeriodEvent = { type: 'ReleasesTaken', data: OF, occurredAt: NOW };
const closed: PeriodEvent = { type: 'PeriodClosed', data: { ...OF, by: 'bea' }, occurredAt: NOW };
const certified: PeriodEvent = {
  type: 'PeriodCertified',
  data: { ...certificate, ...OF },
  occurredAt: NOW,
};

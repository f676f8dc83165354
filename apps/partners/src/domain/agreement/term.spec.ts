import type { AgreementTerm, AgreementValue } from '@tributary/contracts';
import { type Instant, type Step, instant, valueAt } from '@tributary/kernel';
import type { AgreementCommand, AgreementRejected } from './commands';
import { agreement } from './decide';
import type { Agreement } from './evolve';

const LAST_YEAR = instant('2025-07-01T00:00:00Z');
const JANUARY = instant('2026-01-01T00:00:00Z');
const FEBRUARY = instant('2026-02-01T00:00:00Z');
const JUNE = instant('2026-06-01T00:00:00Z');
const JULY = instant('2026-07-01T00:00:00Z');
const OCTOBER = instant('2026-10-01T00:00:00Z');
const NEXT_YEAR = instant('2027-01-01T00:00:00Z');

describe('the term of an agreement (M065)', () => {
  const term = { until: NEXT_YEAR, noticeDays: 30 };

  it('ends it by itself for the sales from its last day on', () => {
    const state = told(draft({ term }), approve(1));
    expect(statusFor(state, instant('2026-12-31T23:59:59.999Z'))).toBe('active');
    expect(statusFor(state, NEXT_YEAR)).toBe('ended');
  });

  it('is prolonged by an amendment, before its end and after it', () => {
    const longer = { until: null, noticeDays: 30 };
    const renewed = told(draft({ term }), approve(1), amend({ term: longer }, JUNE), approve(2));
    expect(statusFor(renewed, NEXT_YEAR)).toBe('active');
  });

  it('refuses an end before its beginning', () => {
    const wrong = { until: JANUARY, noticeDays: 0 };
    expect(refusal(draft({ term: wrong }))).toEqual({
      code: 'ends_before_start',
      until: JANUARY,
      from: JANUARY,
    });
    expect(
      refusal(draft({ term }), approve(1), amend({ term: { ...wrong, until: JANUARY } }, JUNE)),
    ).toMatchObject({ code: 'ends_before_start' });
  });
});

describe('an agreement that was begun again after its term', () => {
  const until = (end: Instant) => ({ term: { until: end, noticeDays: 0 } });
  const begun = () => [
    draft(until(JUNE)),
    approve(1),
    { ...amend(until(NEXT_YEAR), JUNE), effectiveFrom: OCTOBER },
    { ...approve(2), receivedAt: JUNE },
  ];
  const plan = (from: Instant) => [
    { ...amend({ plan: 'p2' }, OCTOBER), effectiveFrom: from },
    { ...approve(3), receivedAt: OCTOBER },
  ];
  const seen = (state: Agreement) =>
    [FEBRUARY, JUNE, JULY, OCTOBER, NEXT_YEAR].map((paidAt) => statusFor(state, paidAt));
  const WITH_GAP = ['active', 'ended', 'ended', 'active', 'ended'];

  it.each([FEBRUARY, JULY])('keeps the time between, whatever is changed as of %s', (from) => {
    expect(seen(told(...begun()))).toEqual(WITH_GAP);
    expect(seen(told(...begun(), ...plan(from)))).toEqual(WITH_GAP);
  });

  it('is whole where the first term is prolonged afterwards', () => {
    const longer = { ...amend(until(NEXT_YEAR), OCTOBER), effectiveFrom: FEBRUARY };
    const state = told(...begun(), longer, { ...approve(3), receivedAt: OCTOBER });
    expect(seen(state)).toEqual(['active', 'active', 'active', 'active', 'ended']);
  });

  it('is prolonged for good by the term that was decided last, also where another one begins later', () => {
    const short = [
      draft(until(JUNE)),
      approve(1),
      { ...amend(until(OCTOBER), JUNE), effectiveFrom: JULY },
      { ...approve(2), receivedAt: JUNE },
    ];
    const longer = { ...amend(until(NEXT_YEAR), OCTOBER), effectiveFrom: FEBRUARY };
    const state = told(...short, longer, { ...approve(3), receivedAt: OCTOBER });
    expect(seen(state)).toEqual(['active', 'active', 'active', 'active', 'ended']);
  });

  it('ends for good with the term that was decided last', () => {
    const shorter = { ...amend(until(JULY), OCTOBER), effectiveFrom: FEBRUARY };
    const state = told(...begun(), shorter, { ...approve(3), receivedAt: OCTOBER });
    expect(seen(state)).toEqual(['active', 'active', 'ended', 'ended', 'ended']);
  });
});

describe('the term of a draft that is worded anew', () => {
  const term = { until: JULY, noticeDays: 0 };
  const later = { type: 'ProposeAmendment', ...by('maker', JANUARY), changed: {} } as const;

  it('has to fit the beginning that the new wording gives', () => {
    expect(refusal(draft({ term }), { ...later, effectiveFrom: OCTOBER })).toEqual({
      code: 'ends_before_start',
      until: JULY,
      from: OCTOBER,
    });
    const before = { until: JANUARY, noticeDays: 0 };
    const earlier = { ...later, effectiveFrom: LAST_YEAR, changed: { term: before } };
    const state = told(draft({}), earlier, approve(2));
    expect([LAST_YEAR, JANUARY].map((paidAt) => statusFor(state, paidAt))).toEqual([
      'active',
      'ended',
    ]);
  });

  it('is held against the beginning again when it is approved, as it may be an old proposal', () => {
    const old = agreement.evolve(told(draft({ term })), {
      type: 'AmendmentProposed',
      data: {
        ...{ agreement: 'a1', version: 2, by: 'maker' },
        ...{ at: JANUARY, from: OCTOBER, changed: {} },
      },
      occurredAt: JANUARY,
    });
    expect(agreement.decide(approve(2), old)).toMatchObject({
      rejected: { code: 'ends_before_start' },
    });
  });
});

describe('ending an agreement with notice', () => {
  const open = { until: null, noticeDays: 30 };
  const signed = [draft({ term: open }), approve(1)];

  it('governs until notice is over, whoever names no day', () => {
    const state = told(...signed, end({}, JUNE));
    expect(statusFor(state, instant('2026-06-30T23:59:59.999Z'))).toBe('active');
    expect(statusFor(state, JULY)).toBe('ended');
  });

  it('refuses less, except for a breach or where both sides agree', () => {
    const tooSoon = { effectiveFrom: instant('2026-06-15T00:00:00Z') };
    expect(refusal(...signed, end(tooSoon, JUNE))).toEqual({
      code: 'notice_not_kept',
      from: tooSoon.effectiveFrom,
      earliest: JULY,
    });
    for (const cause of ['breach', 'mutual'] as const)
      expect(statusFor(told(...signed, end({ ...tooSoon, cause }, JUNE)), JULY)).toBe('ended');
  });

  it('takes the notice that an amendment has agreed on since', () => {
    const amended = [amend({ term: { until: null, noticeDays: 122 } }, JANUARY), approve(2)];
    expect(
      statusFor(told(...signed, ...amended, end({}, JUNE)), instant('2026-09-30T00:00:00Z')),
    ).toBe('active');
    expect(statusFor(told(...signed, ...amended, end({}, JUNE)), OCTOBER)).toBe('ended');
  });
});

describe('signing an agreement', () => {
  const sign = (over: Partial<Extract<AgreementCommand, { type: 'SignAgreement' }>> = {}) =>
    ({
      type: 'SignAgreement',
      ...by('maker', JUNE),
      version: 1,
      party: 'partner',
      signedAt: JANUARY,
      document: { reference: 'envelope 7', sha256: 'a'.repeat(64) },
      ...over,
    }) as const;

  it('keeps who signed which wording, and changes nothing that governs', () => {
    const before = told(draft({}), approve(1));
    const after = told(draft({}), approve(1), sign(), sign({ party: 'programme' }));
    expect(after).toMatchObject({
      signatures: [
        { version: 1, party: 'partner' },
        { version: 1, party: 'programme' },
      ],
    });
    expect(after.status !== 'none' && after.steps).toEqual(
      before.status !== 'none' && before.steps,
    );
  });

  it('refuses a second signature, a wording that is not there, and one of tomorrow', () => {
    expect(refusal(draft({}), sign(), sign())).toEqual({
      code: 'already_signed',
      version: 1,
      party: 'partner',
    });
    expect(refusal(draft({}), sign({ version: 2 }))).toEqual({
      code: 'version_unknown',
      latest: 1,
    });
    expect(refusal(draft({}), sign({ signedAt: JULY }))).toEqual({
      code: 'signed_in_future',
      at: JULY,
    });
  });
});

function by(who: string, receivedAt: Instant) {
  return { agreement: 'a1', by: who, receivedAt };
}

function draft({ term = null }: { readonly term?: AgreementTerm | null }): AgreementCommand {
  return {
    type: 'DraftAgreement',
    ...by('maker', JANUARY),
    effectiveFrom: JANUARY,
    terms: {
      partner: 'northwind',
      programme: 'main',
      plan: 'p1',
      splits: [],
      parent: null,
      exclusivity: null,
      currency: null,
      ...(term !== null && { term }),
    },
  };
}

function approve(version: number): AgreementCommand {
  return { type: 'ApproveAgreement', ...by('checker', JANUARY), version };
}

const amend = (
  changed: { readonly term?: AgreementTerm; readonly plan?: string },
  at: Instant,
): AgreementCommand => ({
  type: 'ProposeAmendment',
  ...by('maker', at),
  changed,
});

const end = (
  over: Partial<Extract<AgreementCommand, { type: 'EndAgreement' }>>,
  at: Instant,
): AgreementCommand => ({
  type: 'EndAgreement',
  ...by('maker', at),
  reason: 'Another strategy',
  ...over,
});

function told(...commands: readonly AgreementCommand[]): Agreement {
  const { state, rejected } = played(commands);
  if (rejected) throw new Error(rejected.code);
  return state;
}

const refusal = (...commands: readonly AgreementCommand[]): AgreementRejected | undefined =>
  played(commands).rejected;

function played(commands: readonly AgreementCommand[]): {
  readonly state: Agreement;
  readonly rejected?: AgreementRejected;
} {
  let state = agreement.initial;
  for (const command of commands) {
    const decision = agreement.decide(command, state);
    if ('rejected' in decision) return { state, rejected: decision.rejected };
    state = decision.events.reduce(agreement.evolve, state);
  }
  return { state };
}

function statusFor(state: Agreement, paidAt: Instant): string | undefined {
  const steps: readonly Step<AgreementValue>[] = state.status === 'none' ? [] : state.steps;
  return valueAt({ revision: 1, steps }, instant('2030-01-01T00:00:00Z'), paidAt)?.status;
}

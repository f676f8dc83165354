import type { PartnerStatus, PartnerValue } from '@tributary/contracts';
import { type Instant, type Step, instant } from '@tributary/kernel';
import { specFor } from '@tributary/kernel/testing';
import { type PartnerCommand, partner } from './decide';
import type { PartnerEvent, PartnerRegistered, PartnerTermsChanged } from './events';
import type { StatusChange } from './transitions';

const { given } = specFor(partner);

describe('registering a partner', () => {
  it('takes it with its first step', () => {
    given().when(register()).then(registered());
  });

  it('refuses an id that is taken, and a command to whom nobody knows', () => {
    given(registered()).when(register()).thenRejected({ code: 'partner_exists' });
    given().when(change('SuspendPartner', FEBRUARY)).thenRejected({ code: 'partner_unknown' });
  });
});

describe('suspending, reinstating and ending', () => {
  it('suspends as of a day in the past', () => {
    given(registered())
      .when(change('SuspendPartner', FEBRUARY))
      .then(suspended(FEBRUARY, [step(JANUARY, 'active'), step(FEBRUARY, 'suspended')]));
  });

  it('suspends even earlier than it had been told', () => {
    const told = suspended(MARCH, [step(JANUARY, 'active'), step(MARCH, 'suspended')]);
    given(registered(), told)
      .when(change('SuspendPartner', FEBRUARY))
      .then(
        suspended(FEBRUARY, [
          step(JANUARY, 'active'),
          step(FEBRUARY, 'suspended'),
          step(MARCH, 'suspended'),
        ]),
      );
  });

  it('takes back who had left', () => {
    given(registered(), ended(FEBRUARY))
      .when(change('ReinstatePartner', MARCH))
      .then({
        type: 'PartnerReinstated',
        data: {
          partner: 'p1',
          at: MARCH,
          changed: { status: 'active' },
          reason: null,
          steps: [step(JANUARY, 'active'), step(FEBRUARY, 'ended'), step(MARCH, 'active')],
        },
        occurredAt: APRIL,
      });
  });

  it('asks what the partner was at that time, not what it is', () => {
    given(registered(), ended(MARCH))
      .when(change('SuspendPartner', FEBRUARY))
      .then(
        suspended(FEBRUARY, [
          step(JANUARY, 'active'),
          step(FEBRUARY, 'suspended'),
          step(MARCH, 'ended'),
        ]),
      );
    given(registered(), ended(FEBRUARY))
      .when(change('SuspendPartner', MARCH))
      .thenRejected({ code: 'wrong_status', status: 'ended', allowed: ['active'] });
  });

  it('refuses to pull the ground from under a later change', () => {
    const told = suspended(MARCH, [step(JANUARY, 'active'), step(MARCH, 'suspended')]);
    given(registered(), told)
      .when(change('EndPartner', FEBRUARY))
      .thenRejected({ code: 'contradicts_later_change', at: MARCH, status: 'suspended' });
  });

  it('refuses a second change at one instant, and one before there was a partner', () => {
    given(registered())
      .when(change('SuspendPartner', JANUARY))
      .thenRejected({ code: 'instant_taken', at: JANUARY });
    given(registered()).when(change('SuspendPartner', EARLIER)).thenRejected({
      code: 'before_creation',
      at: EARLIER,
      createdAt: JANUARY,
    });
  });

  it('activates whom it knew as a prospect, once', () => {
    const prospect = registered('prospective');
    given(prospect)
      .when(change('ActivatePartner', FEBRUARY))
      .then({
        type: 'PartnerActivated',
        data: {
          partner: 'p1',
          at: FEBRUARY,
          changed: { status: 'active' },
          reason: null,
          steps: [step(JANUARY, 'prospective'), step(FEBRUARY, 'active')],
        },
        occurredAt: APRIL,
      });
    given(registered())
      .when(change('ActivatePartner', FEBRUARY))
      .thenRejected({ code: 'wrong_status', status: 'active', allowed: ['prospective'] });
  });
});

describe('a partner of whom as much is on record as can be told', () => {
  const full = () => {
    let state = [registered()].reduce(partner.evolve, partner.initial);
    for (let i = 0; ; i++) {
      const initiatives = Array<string>(8).fill(String(i).padEnd(80, '-'));
      const decision = partner.decide(
        { type: 'ChangePartnerTerms', partner: 'p1', changed: { initiatives }, receivedAt: APRIL },
        state,
      );
      if ('rejected' in decision) return state;
      state = decision.events.reduce(partner.evolve, state);
    }
  };
  const decided = (type: StatusChange) => {
    const decision = partner.decide(
      { type, partner: 'p1', reason: 'Fraud', receivedAt: LATER },
      full(),
    );
    return 'rejected' in decision ? decision.rejected.code : decision.events[0]?.type;
  };

  it('can be suspended and ended all the same', () => {
    expect(decided('SuspendPartner')).toBe('PartnerSuspended');
    expect(decided('EndPartner')).toBe('PartnerEnded');
  });
});

describe('changing what a partner is', () => {
  it('keeps the status that a later day has brought', () => {
    const told = suspended(MARCH, [step(JANUARY, 'active'), step(MARCH, 'suspended')]);
    given(registered(), told)
      .when(changeTerms({ category: 'crm' }))
      .then(
        termsChanged({ category: 'crm' }, [
          step(JANUARY, 'active'),
          step(FEBRUARY, 'active', 'crm'),
          step(MARCH, 'suspended', 'crm'),
        ]),
      );
  });

  it('refuses to change nothing', () => {
    given(registered()).when(changeTerms({})).thenRejected({ code: 'nothing_to_change' });
  });
});

const EARLIER = instant('2025-12-01T00:00:00Z');
const JANUARY = instant('2026-01-01T00:00:00Z');
const FEBRUARY = instant('2026-02-01T00:00:00Z');
const MARCH = instant('2026-03-01T00:00:00Z');
const APRIL = instant('2026-04-01T00:00:00Z');
const LATER = instant('2026-05-01T00:00:00Z');

const valueOf = (
  status: PartnerStatus,
  category: PartnerValue['category'] = 'other',
): PartnerValue => ({
  name: 'Northwind',
  type: 'channel',
  kind: 'agency',
  category,
  status,
  territories: ['BR'],
  verticals: [],
  integrationLevel: 'none',
  benefits: { toPartner: [], fromPartner: [] },
  initiatives: [],
});

const step = (
  at: Instant,
  status: PartnerStatus,
  category?: PartnerValue['category'],
): Step<PartnerValue> => ({ at, value: valueOf(status, category) });

const register = (): PartnerCommand => ({
  type: 'RegisterPartner',
  partner: 'p1',
  value: valueOf('active'),
  effectiveAt: JANUARY,
  receivedAt: APRIL,
});

const change = (type: StatusChange, effectiveAt: Instant): PartnerCommand => ({
  type,
  partner: 'p1',
  reason: null,
  effectiveAt,
  receivedAt: APRIL,
});

const changeTerms = (changed: Partial<PartnerValue>): PartnerCommand => ({
  type: 'ChangePartnerTerms',
  partner: 'p1',
  changed,
  effectiveAt: FEBRUARY,
  receivedAt: APRIL,
});

const registered = (status: PartnerStatus = 'active'): PartnerRegistered => ({
  type: 'PartnerRegistered',
  data: { partner: 'p1', at: JANUARY, changed: valueOf(status), steps: [step(JANUARY, status)] },
  occurredAt: APRIL,
});

const termsChanged = (
  changed: Partial<PartnerValue>,
  steps: Step<PartnerValue>[],
): PartnerTermsChanged => ({
  type: 'PartnerTermsChanged',
  data: { partner: 'p1', at: FEBRUARY, changed, steps },
  occurredAt: APRIL,
});

const suspended = (at: Instant, steps: Step<PartnerValue>[]): PartnerEvent => ({
  type: 'PartnerSuspended',
  data: { partner: 'p1', at, changed: { status: 'suspended' }, reason: null, steps },
  occurredAt: APRIL,
});

const ended = (at: Instant): PartnerEvent => ({
  type: 'PartnerEnded',
  data: {
    partner: 'p1',
    at,
    changed: { status: 'ended' },
    reason: null,
    steps: [step(JANUARY, 'active'), step(at, 'ended')],
  },
  occurredAt: APRIL,
});

import type { AgreementStatus, AgreementValue } from '@tributary/contracts';
import { type Instant, type Step, instant } from '@tributary/kernel';
import { specFor } from '@tributary/kernel/testing';
import type { AgreementCommand } from './commands';
import { agreement } from './decide';
import type { AgreementEvent, AgreementTerms, AmendableTerms } from './events';

const { given } = specFor(agreement);

describe('drafting an agreement', () => {
  it('governs nothing yet', () => {
    given().when(draft()).then(drafted());
  });

  it('refuses an id that is taken, and decisions of tomorrow', () => {
    given(drafted()).when(draft()).thenRejected({ code: 'agreement_exists' });
    given()
      .when({ ...draft(), decidedAt: LATER })
      .thenRejected({ code: 'decided_in_future', at: LATER });
  });

  it('refuses terms that cannot be kept', () => {
    const split = (partner: string, bp: number) => ({ partner, bp });
    given()
      .when(draft({ splits: [split('northwind', 6_000), split('southwind', 4_001)] }))
      .thenRejected({ code: 'splits_do_not_sum', sumBp: 10_001 });
    given()
      .when(draft({ splits: [split('northwind', 5_000), split('northwind', 5_000)] }))
      .thenRejected({ code: 'split_twice', partner: 'northwind' });
    given()
      .when(draft({ parent: 'northwind' }))
      .thenRejected({ code: 'own_parent' });
  });
});

describe('approving as a second person (M065)', () => {
  it('makes the draft govern the sales from its first day', () => {
    given(drafted()).when(approve(1)).then(activated());
  });

  it('refuses whoever has worded it, and whoever read something else', () => {
    given(drafted()).when(approve(1, 'maker')).thenRejected({ code: 'same_person' });
    given(drafted()).when(approve(2)).thenRejected({ code: 'not_pending', pending: 1 });
    given(drafted(), activated()).when(approve(1)).thenRejected({
      code: 'not_pending',
      pending: null,
    });
    given().when(approve(1)).thenRejected({ code: 'agreement_unknown' });
  });

  it('refuses every editor of a draft that two have worded', () => {
    const reworded = proposed({ plan: 'p2' }, JANUARY, 'editor');
    given(drafted(), reworded).when(approve(2, 'maker')).thenRejected({ code: 'same_person' });
    given(drafted(), reworded).when(approve(2, 'editor')).thenRejected({ code: 'same_person' });
  });

  it('shows all of a draft that was worded more than once', () => {
    const { partner: _of, programme: _in, ...terms } = TERMS;
    given(drafted(), proposed({ ...terms, plan: 'p2' }, FEBRUARY, 'editor'))
      .when({ ...propose({ parent: 'southwind' }, MARCH), receivedAt: LATER })
      .then(proposed({ ...terms, plan: 'p2', parent: 'southwind' }, MARCH, 'maker', LATER, 3));
  });

  it('approves the last wording of a draft', () => {
    given(drafted(), proposed({ plan: 'p2' }, FEBRUARY, 'editor'))
      .when(approve(2))
      .then({
        type: 'AgreementActivated',
        data: {
          agreement: 'a1',
          version: 2,
          by: 'checker',
          at: MAY,
          from: FEBRUARY,
          terms: { ...TERMS, plan: 'p2' },
          steps: [DRAFT_STEP, step(MAY, FEBRUARY, 'active', { plan: 'p2' })],
        },
        occurredAt: MAY,
      });
  });

  it('refuses a decision that is dated before the last one', () => {
    given(drafted())
      .when({ ...approve(1), decidedAt: DECEMBER })
      .thenRejected({ code: 'decided_before_last', at: DECEMBER, last: DECEMBER });
  });

  it('lets a clock that runs behind decide a moment later', () => {
    given(drafted(), activated())
      .when({ ...propose({ plan: 'p2' }, MARCH), receivedAt: APRIL })
      .then(proposed({ plan: 'p2' }, MARCH, 'maker', instant('2026-05-01T00:00:00.001Z')));
  });
});

describe('amending an agreement', () => {
  it('changes nothing before it is approved', () => {
    given(drafted(), activated())
      .when(propose({ plan: 'p2' }, MARCH))
      .then(proposed({ plan: 'p2' }, MARCH));
  });

  it('governs from the sales that it names, and leaves what was known before', () => {
    given(drafted(), activated(), proposed({ plan: 'p2' }, MARCH))
      .when({ ...approve(2), receivedAt: LAST })
      .then({
        type: 'AgreementAmended',
        data: {
          agreement: 'a1',
          version: 2,
          by: 'checker',
          at: LAST,
          from: MARCH,
          changed: { plan: 'p2' },
          steps: [
            DRAFT_STEP,
            step(MAY, JANUARY, 'active'),
            step(LAST, MARCH, 'active', { plan: 'p2' }),
          ],
        },
        occurredAt: LAST,
      });
  });

  it('refuses the proposer, a start before the agreement, and no change at all', () => {
    given(drafted(), activated(), proposed({ plan: 'p2' }, MARCH))
      .when(approve(2, 'maker'))
      .thenRejected({ code: 'same_person' });
    given(drafted(), activated())
      .when(propose({ plan: 'p2' }, DECEMBER))
      .thenRejected({ code: 'before_start', from: DECEMBER, startsFrom: JANUARY });
    given(drafted(), activated())
      .when(propose({}, MARCH))
      .thenRejected({ code: 'nothing_to_change' });
    given(drafted(), activated())
      .when(propose({ splits: [{ partner: 'northwind', bp: 1 }] }, MARCH))
      .thenRejected({ code: 'splits_do_not_sum', sumBp: 1 });
  });
});

describe('ending an agreement', () => {
  it('ends it for the sales from a day on, also a day in the past', () => {
    given(drafted(), activated())
      .when(end(APRIL))
      .then(ended(APRIL, [DRAFT_STEP, step(MAY, JANUARY, 'active'), step(LATER, APRIL, 'ended')]));
  });

  it('gives up a draft as a whole', () => {
    given(drafted())
      .when(end(APRIL))
      .then(ended(JANUARY, [DRAFT_STEP, step(LATER, JANUARY, 'ended')]));
  });

  it('is over then', () => {
    const over = ended(APRIL, [DRAFT_STEP, step(LATER, APRIL, 'ended')]);
    const rejected = {
      code: 'wrong_status',
      status: 'ended',
      allowed: ['draft', 'active'],
    } as const;
    for (const command of [end(MARCH), approve(1), propose({ plan: 'p2' }, MARCH)])
      given(drafted(), activated(), over)
        .when({ ...command, receivedAt: LATER })
        .thenRejected(rejected);
    given(drafted(), activated())
      .when(end(DECEMBER))
      .thenRejected({ code: 'before_start', from: DECEMBER, startsFrom: JANUARY });
  });
});

const DECEMBER = instant('2025-12-20T00:00:00Z');
const JANUARY = instant('2026-01-01T00:00:00Z');
const FEBRUARY = instant('2026-02-01T00:00:00Z');
const MARCH = instant('2026-03-01T00:00:00Z');
const APRIL = instant('2026-04-01T00:00:00Z');
const MAY = instant('2026-05-01T00:00:00Z');
const LATER = instant('2026-06-01T00:00:00Z');
const LAST = instant('2026-07-01T00:00:00Z');

const TERMS: AgreementTerms = {
  partner: 'northwind',
  programme: 'main',
  plan: 'p1',
  splits: [],
  parent: null,
  exclusivity: null,
  currency: null,
};

const step = (
  at: Instant,
  from: Instant,
  status: AgreementStatus,
  changed: Partial<AgreementValue> = {},
): Step<AgreementValue> => ({ at, from, value: { ...TERMS, status, ...changed } });

const DRAFT_STEP = step(DECEMBER, JANUARY, 'draft');

const draft = (changed: Partial<AgreementTerms> = {}): AgreementCommand => ({
  type: 'DraftAgreement',
  agreement: 'a1',
  by: 'maker',
  terms: { ...TERMS, ...changed },
  effectiveFrom: JANUARY,
  decidedAt: DECEMBER,
  receivedAt: MAY,
});

const approve = (version: number, by = 'checker'): AgreementCommand => ({
  type: 'ApproveAgreement',
  agreement: 'a1',
  by,
  version,
  receivedAt: MAY,
});

const propose = (changed: Partial<AmendableTerms>, effectiveFrom: Instant): AgreementCommand => ({
  type: 'ProposeAmendment',
  agreement: 'a1',
  by: 'maker',
  changed,
  effectiveFrom,
  receivedAt: LATER,
});

const end = (effectiveFrom: Instant): AgreementCommand => ({
  type: 'EndAgreement',
  agreement: 'a1',
  by: 'maker',
  reason: 'Notice given',
  effectiveFrom,
  receivedAt: LATER,
});

const drafted = (): AgreementEvent => ({
  type: 'AgreementDrafted',
  data: {
    agreement: 'a1',
    version: 1,
    by: 'maker',
    at: DECEMBER,
    from: JANUARY,
    terms: TERMS,
    steps: [DRAFT_STEP],
  },
  occurredAt: DECEMBER,
});

const activated = (): AgreementEvent => ({
  type: 'AgreementActivated',
  data: {
    agreement: 'a1',
    version: 1,
    by: 'checker',
    at: MAY,
    from: JANUARY,
    terms: TERMS,
    steps: [DRAFT_STEP, step(MAY, JANUARY, 'active')],
  },
  occurredAt: MAY,
});

const proposed = (
  changed: Partial<AmendableTerms>,
  from: Instant,
  by = 'maker',
  at = by === 'maker' ? LATER : APRIL,
  version = 2,
): AgreementEvent => ({
  type: 'AmendmentProposed',
  data: { agreement: 'a1', version, by, at, from, changed },
  occurredAt: at,
});

const ended = (from: Instant, steps: Step<AgreementValue>[]): AgreementEvent => ({
  type: 'AgreementEnded',
  data: { agreement: 'a1', by: 'maker', at: LATER, from, reason: 'Notice given', steps },
  occurredAt: LATER,
});

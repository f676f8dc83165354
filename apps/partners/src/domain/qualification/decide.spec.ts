import { type Instant, instant } from '@tributary/kernel';
import { specFor } from '@tributary/kernel/testing';
import { type QualificationCommand, qualification } from './decide';
import type { QualificationEvent } from './events';

const MARCH = instant('2026-03-01T00:00:00Z');
const MAY = instant('2026-05-01T00:00:00Z');
const JUNE = instant('2026-06-01T00:00:00Z');
const NEXT_MARCH = instant('2027-03-01T00:00:00Z');

const { given } = specFor(qualification);

describe('what a partner may show for itself', () => {
  it('holds since its day, until it runs out', () => {
    given().when(grant()).then(granted());
  });

  it('is renewed under the same record', () => {
    const renewed = { ...HELD, validUntil: NEXT_MARCH };
    given(granted())
      .when({ ...grant(), effectiveAt: MAY, validUntil: NEXT_MARCH })
      .then({
        type: 'QualificationGranted',
        data: {
          ...EXAM,
          by: 'ana',
          at: MAY,
          changed: renewed,
          steps: [
            { at: MARCH, value: HELD },
            { at: MAY, value: renewed },
          ],
        },
        occurredAt: JUNE,
      });
  });

  it('is withdrawn from a day on, and keeps what it was', () => {
    const withdrawal = { effectiveAt: MAY, reason: 'The person has left' };
    given(granted())
      .when({ type: 'WithdrawQualification', ...EXAM, by: 'ana', receivedAt: JUNE, ...withdrawal })
      .then({
        type: 'QualificationWithdrawn',
        data: {
          ...EXAM,
          by: 'ana',
          at: MAY,
          changed: { holds: false },
          reason: 'The person has left',
          steps: [
            { at: MARCH, value: HELD },
            { at: MAY, value: { ...HELD, holds: false } },
          ],
        },
        occurredAt: JUNE,
      });
    given()
      .when({ type: 'WithdrawQualification', ...EXAM, by: 'ana', receivedAt: JUNE, reason: 'None' })
      .thenRejected({ code: 'qualification_unknown' });
  });

  it('is of a kind and a level that there is, and runs out after it begins', () => {
    given()
      .when({ ...grant(), kind: 'licence' })
      .thenRejected({
        code: 'kind_unknown',
        kinds: ['certificate', 'jointplan', 'integration', 'commitment'],
      });
    given()
      .when(grant('gold'))
      .thenRejected({ code: 'level_unknown', levels: ['certified', 'advanced'] });
    given()
      .when({ ...grant('five'), kind: 'commitment' })
      .thenRejected({ code: 'level_unknown', levels: [] });
    given()
      .when({ ...grant(), validUntil: MARCH })
      .thenRejected({ code: 'ends_before_start', validUntil: MARCH, at: MARCH });
  });

  it('leaves the record of the path to certification alone', () => {
    given()
      .when({ ...grant(), record: 'certification' })
      .thenRejected({ code: 'record_reserved', record: 'certification' });
  });
});

const EXAM = { partner: 'northwind', kind: 'certificate', record: 'exam7' } as const;
const HELD = {
  holds: true,
  level: 'advanced',
  validUntil: null as Instant | null,
  evidence: ['exam 2026-118'],
};

function grant(level = 'advanced'): Extract<QualificationCommand, { type: 'GrantQualification' }> {
  return {
    type: 'GrantQualification',
    ...EXAM,
    by: 'ana',
    receivedAt: JUNE,
    effectiveAt: MARCH,
    level,
    validUntil: null,
    evidence: ['exam 2026-118'],
  };
}

function granted(): QualificationEvent {
  return {
    type: 'QualificationGranted',
    data: { ...EXAM, by: 'ana', at: MARCH, changed: HELD, steps: [{ at: MARCH, value: HELD }] },
    occurredAt: JUNE,
  };
}

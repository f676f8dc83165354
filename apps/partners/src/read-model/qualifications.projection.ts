import { keyedTable, projection } from '@tributary/feeds';

const QUALIFIED = {
  $tenant: 'text',
  partner: 'text',
  kind: 'text',
  record: 'text',
  steps: 'json',
} as const;

/** What partners may show for themselves, and how far they are on the way to their certificate. */
export const qualifications = projection({
  name: 'qualifications',
  version: 1,
  events: {
    QualificationGranted: QUALIFIED,
    QualificationWithdrawn: QUALIFIED,
    CertificationRevised: QUALIFIED,
    CertificationStepRecorded: {
      $tenant: 'text',
      partner: 'text',
      record: 'text',
      step: 'text',
      minutes: 'int',
      completedAt: 'instant',
      evidence: 'json',
    },
    CertificationStepTakenBack: { $tenant: 'text', partner: 'text', record: 'text' },
  },
  tables: {
    qualification: keyedTable({
      key: { tenant: 'text', partner: 'text', kind: 'text', record: 'text' },
      sets: { steps: 'json' },
    }),
    certification_step: keyedTable({
      key: { tenant: 'text', partner: 'text', record: 'text' },
      sets: { step: 'text', minutes: 'int', completed_at: 'instant', evidence: 'json' },
    }),
  },
  rows(event) {
    const { $tenant: tenant, partner, record } = event;
    switch (event.$type) {
      case 'CertificationStepRecorded': {
        const { step, minutes, completedAt: completed_at, evidence } = event;
        const done = { tenant, partner, record, step, minutes, completed_at, evidence };
        return { certification_step: [done] };
      }
      case 'CertificationStepTakenBack':
        return { certification_step: [{ tenant, partner, record, $remove: true }] };
      default: {
        const { kind, steps } = event;
        return { qualification: [{ tenant, partner, kind, record, steps }] };
      }
    }
  },
});

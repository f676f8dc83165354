import { keyedTable, projection } from '@tributary/feeds';
import type { LinesBooked } from '../domain/rail/match-events';

const WHEN = { $tenant: 'text', $occurredAt: 'instant', remittance: 'text' } as const;

/** What was declared as paid to tax authorities, what became of it, and the line of the bank that shows it. */
export const taxRemittances = projection({
  name: 'tax_remittances',
  version: 1,
  events: {
    RemittanceProposed: {
      ...WHEN,
      entity: 'text',
      asset: 'text',
      tax: 'text',
      rule: 'text',
      month: 'text',
      amount: 'bigint',
      offset: 'bigint',
      paidOn: 'text',
      rail: 'text?',
      reference: 'text',
      evidence: 'json',
      by: 'text',
    },
    TaxRemitted: { ...WHEN, by: 'text' },
    RemittanceWithdrawn: { ...WHEN, by: 'text' },
    LinesBooked: { $tenant: 'text', kind: 'text', lines: 'json', bookedOn: 'text' },
    LineUnmatched: { $tenant: 'text', remittance: 'text?' },
  },
  tables: {
    tax_remittance: keyedTable({
      key: { tenant: 'text', remittance: 'text' },
      sets: {
        status: 'text',
        decided_by: 'text?',
        bank_line: 'text?',
        booked_on: 'text?',
      },
      keeps: {
        entity: 'text',
        asset: 'text',
        tax: 'text',
        rule: 'text',
        month: 'text',
        amount: 'bigint',
        offset_amount: 'bigint',
        paid_on: 'text',
        rail: 'text?',
        reference: 'text',
        evidence: 'json',
        proposed_by: 'text',
        proposed_at: 'instant',
      },
      indexes: ['(tenant, entity, proposed_at, remittance)'],
    }),
  },
  rows(event) {
    const tenant = event.$tenant;
    switch (event.$type) {
      case 'RemittanceProposed': {
        const { remittance, entity, asset, tax, rule, month, amount, paidOn, rail } = event;
        const { reference, evidence, by, offset, $occurredAt } = event;
        const of = { tenant, remittance, entity, asset, tax, rule, month, amount, rail };
        const said = { offset_amount: offset, paid_on: paidOn, reference, evidence };
        const proposed = { proposed_by: by, proposed_at: $occurredAt, status: 'proposed' };
        return { tax_remittance: [{ ...of, ...said, ...proposed }] };
      }
      case 'TaxRemitted':
      case 'RemittanceWithdrawn': {
        const status = event.$type === 'TaxRemitted' ? 'approved' : 'withdrawn';
        const { remittance, by } = event;
        return { tax_remittance: [{ tenant, remittance, status, decided_by: by }] };
      }
      case 'LinesBooked': {
        if (event.kind !== 'tax') return {};
        const lines = event.lines as unknown as LinesBooked['data']['lines'];
        return {
          tax_remittance: lines.flatMap(({ line, remittance }) =>
            remittance === undefined
              ? []
              : [{ tenant, remittance, bank_line: line, booked_on: event.bookedOn }],
          ),
        };
      }
      case 'LineUnmatched': {
        const { remittance } = event;
        if (remittance === null) return {};
        return { tax_remittance: [{ tenant, remittance, bank_line: null, booked_on: null }] };
      }
    }
  },
});

import { keyedTable, projection } from '@tributary/feeds';

/** What was issued to whom. Lines and holds are read from the statement's own stream. */
export const statements = projection({
  name: 'statements',
  version: 1,
  events: {
    StatementIssued: {
      $tenant: 'text',
      statement: 'text',
      partner: 'text',
      entity: 'text',
      asset: 'text',
      'period.key': 'text',
      opening: 'bigint',
      totals: 'json',
      closing: 'bigint',
      standing: 'json',
      lineCount: 'int',
      documents: 'json',
      issuedAt: 'instant',
    },
  },
  tables: {
    partner_statement: keyedTable({
      key: { tenant: 'text', partner: 'text', month: 'text', statement: 'text' },
      sets: {
        entity: 'text',
        asset: 'text',
        opening: 'bigint',
        totals: 'json',
        closing: 'bigint',
        standing: 'json',
        line_count: 'int',
        documents: 'json',
        issued_at: 'instant',
      },
      indexes: ['(tenant, month, statement)'],
      writtenOnce: true,
    }),
  },
  rows: (event) => ({
    partner_statement: [
      {
        tenant: event.$tenant,
        partner: event.partner,
        month: event['period.key'],
        statement: event.statement,
        entity: event.entity,
        asset: event.asset,
        opening: event.opening,
        totals: event.totals,
        closing: event.closing,
        standing: event.standing,
        line_count: event.lineCount,
        documents: event.documents,
        issued_at: event.issuedAt,
      },
    ],
  }),
});

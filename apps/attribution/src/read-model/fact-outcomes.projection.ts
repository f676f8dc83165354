import { keyedTable, projection } from '@tributary/feeds';

/** What became of every fact that was sent, and how far its consequences have come. */
export const factOutcomes = projection({
  name: 'fact_outcomes',
  version: 1,
  events: {
    FactAccepted: {
      $stream: 'text',
      $tenant: 'text',
      $occurredAt: 'instant',
      $recordedAt: 'instant',
      $correlationId: 'text',
      source: 'text',
      id: 'text',
      type: 'text',
    },
    FactConflicted: { $stream: 'text' },
    MeasureRevised: { $tenant: 'text', $correlationId: 'text' },
  },
  tables: {
    fact_outcome: keyedTable({
      key: { stream: 'text' },
      adds: ['conflicts'],
      keeps: {
        tenant: 'text',
        source: 'text',
        id: 'text',
        type: 'text',
        occurred_at: 'instant',
        recorded_at: 'instant',
        correlation_id: 'text',
        position: 'bigint',
      },
    }),
    fact_stage: keyedTable({
      key: { tenant: 'text', correlation_id: 'text', stage: 'text' },
      keeps: { position: 'bigint' },
    }),
  },
  rows(event) {
    switch (event.$type) {
      case 'FactAccepted': {
        const { $stream, $tenant, $position, source, id, type } = event;
        const row = {
          stream: $stream,
          tenant: $tenant,
          source,
          id,
          type,
          occurred_at: event.$occurredAt,
          recorded_at: event.$recordedAt,
          correlation_id: event.$correlationId,
          position: $position,
        };
        return { fact_outcome: [row] };
      }
      case 'FactConflicted':
        return { fact_outcome: [{ stream: event.$stream, conflicts: 1n }] };
      case 'MeasureRevised': {
        const { $tenant: tenant, $correlationId: correlation_id, $position: position } = event;
        return { fact_stage: [{ tenant, correlation_id, stage: 'measured', position }] };
      }
    }
  },
});

import { keyedTable, projection } from '@tributary/feeds';

/** What became of every fact that was sent, and how far its consequences have come. */
export const factOutcomes = projection({
  name: 'fact_outcomes',
  version: 2,
  events: {
    FactAccepted: {
      $id: 'text',
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
    MeasureRevised: { $causationId: 'text?' },
  },
  tables: {
    fact_outcome: keyedTable({
      key: { stream: 'text' },
      adds: ['conflicts'],
      keeps: {
        fact_id: 'text',
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
    // By the fact itself: a correlation id is the sender's, who may give one to all events of a deal.
    fact_stage: keyedTable({
      key: { fact_id: 'text', stage: 'text' },
      keeps: { position: 'bigint' },
    }),
  },
  rows(event) {
    switch (event.$type) {
      case 'FactAccepted': {
        const { $stream, $tenant, $position, source, id, type } = event;
        const row = {
          stream: $stream,
          fact_id: event.$id,
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
        const { $causationId: fact_id, $position: position } = event;
        return fact_id === null ? {} : { fact_stage: [{ fact_id, stage: 'measured', position }] };
      }
    }
  },
});

import type { FactRetractedData } from '@tributary/contracts';
import type { Command } from './commands';
import type { RoutedFact } from './routed';

export const whenRetracted = ({ fact, at, data }: RoutedFact<FactRetractedData>): Command[] => {
  const { source, id, reason } = data;
  return [
    {
      type: 'RetractFact',
      retraction: { source, id, why: 'retracted', reason, by: fact },
      occurredAt: at,
    },
  ];
};

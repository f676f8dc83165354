import { TRAINING_COMPLETED, type TrainingCompletedData } from '@tributary/contracts';
import type { Recorded } from '@tributary/kernel';
import type { FactAccepted } from './fact/events';
import type { ObserveMeasure } from './measure/decide';

/** What a fact of upstream asks of the other streams of this service. */
export function whenFactAccepted(
  event: Pick<Recorded<'FactAccepted', FactAccepted['data']>, 'data' | 'id' | 'occurredAt'>,
): ObserveMeasure[] {
  if (event.data.type !== TRAINING_COMPLETED) return [];

  const { partnerRef, completionRef, minutes } = event.data
    .data as unknown as TrainingCompletedData;
  return [
    {
      type: 'ObserveMeasure',
      partner: partnerRef,
      measure: 'training.completed',
      subject: completionRef,
      amount: minutes,
      occurredAt: event.occurredAt,
      evidence: { factId: event.id },
    },
  ];
}

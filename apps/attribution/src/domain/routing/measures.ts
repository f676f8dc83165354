import type {
  CsatRecordedData,
  ImplementationData,
  MeasureName,
  TrainingCompletedData,
} from '@tributary/contracts';
import type { MeasuredValue } from '@tributary/contracts';
import type { Command } from './commands';
import type { RoutedFact } from './routed';

export const whenTrained = (fact: RoutedFact<TrainingCompletedData>): Command[] => {
  const { partnerRef, completionRef, minutes } = fact.data;
  return [
    observed(fact, partnerRef, 'training.completed', completionRef, { count: 1, amount: minutes }),
  ];
};

export const whenImplemented =
  (measure: MeasureName) =>
  (fact: RoutedFact<ImplementationData>): Command[] => {
    const { partnerRef, implementationRef, minutes = 0 } = fact.data;
    return [observed(fact, partnerRef, measure, implementationRef, { count: 1, amount: minutes })];
  };

export const whenRated = (fact: RoutedFact<CsatRecordedData>): Command[] => {
  const { partnerRef, responseRef, instrument, scale, value } = fact.data;
  const score = { instrument, min: scale.min, max: scale.max, value };
  return [observed(fact, partnerRef, 'csat', responseRef, { count: 1, amount: 0, score })];
};

const observed = (
  { fact, at }: RoutedFact<object>,
  partner: string,
  measure: MeasureName,
  subject: string,
  value: MeasuredValue,
): Command => ({
  type: 'ObserveMeasure',
  partner,
  measure,
  subject,
  observation: { factId: fact.factId, at, value },
});

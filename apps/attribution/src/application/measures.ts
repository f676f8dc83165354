import type { StreamName } from '@tributary/kernel';
import { Dispatched } from '@tributary/platform';
import type { MeasureCommand } from '../domain/measure/decide';
import { measureStreamOf } from '../domain/measure/events';

export class ToMeasure extends Dispatched<MeasureCommand> {}

export const streamOfMeasure = (
  { partner, measure, subject }: MeasureCommand,
  tenant: string,
): StreamName => measureStreamOf(tenant, partner, measure, subject);

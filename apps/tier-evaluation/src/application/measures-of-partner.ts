import { Query } from '@nestjs/cqrs';
import type { MeasureTotal, Measures } from '../read-model/measures.queries';

export interface PartnerMeasures {
  readonly partner: string;
  readonly measures: readonly MeasureTotal[];
  /** Only where the answer was asked to wait for something: whether it had arrived. */
  readonly seen?: boolean;
}

export class MeasuresOfPartner extends Query<PartnerMeasures> {
  constructor(
    readonly tenant: string,
    readonly partner: string,
    readonly seen: string | undefined,
    readonly waitMs: number,
  ) {
    super();
  }
}

export async function answerMeasures(
  { tenant, partner, seen, waitMs }: MeasuresOfPartner,
  measures: Measures,
): Promise<PartnerMeasures> {
  const arrived = seen === undefined ? undefined : await measures.waitFor(tenant, seen, waitMs);
  const found = await measures.ofPartner(tenant, partner);
  return { partner, measures: found, ...(arrived !== undefined && { seen: arrived }) };
}

import { Injectable } from '@nestjs/common';
import type { QualificationKind, QualificationValue } from '@tributary/contracts';
import { subscriptionOf } from '@tributary/feeds';
import { type Instant, type Step, invariant } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import { type Path, type StepDone, pathOf } from '../domain/certification/requirements';
import { qualifications } from './qualifications.projection';

export interface QualificationShown {
  readonly kind: QualificationKind;
  readonly record: string;
  /** At the asked time; null where it was not there yet. */
  readonly value: QualificationValue | null;
  /** Held, and not run out. */
  readonly inForce: boolean;
  readonly steps: readonly Step<QualificationValue>[];
}

export interface CertificationShown extends Path {
  readonly records: readonly (StepDone & { readonly evidence: readonly string[] })[];
  readonly position: bigint;
}

const POSITION = `(select coalesce(max(position), 0) from subscription where name = '${subscriptionOf(qualifications)}')`;

const OF_PARTNER = `select ${POSITION} as position, coalesce(json_agg(r order by r.kind, r.record), '[]') as items from (
  select kind, record, steps from qualification where tenant = $1 and partner = $2) r`;

const STEPS = `select ${POSITION} as position, coalesce(json_agg(r order by r."completedAt", r.record), '[]') as items from (
  select record, step, minutes, evidence,
    to_char(completed_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "completedAt"
  from certification_step where tenant = $1 and partner = $2) r`;

/** What a partner may show for itself, at a position of our log. */
@Injectable()
export class Qualifications {
  constructor(private readonly runtime: ServiceRuntime) {}

  async ofPartner(
    tenant: string,
    partner: string,
    at: Instant,
  ): Promise<{ readonly items: readonly QualificationShown[]; readonly position: bigint }> {
    const { items, position } = await this.read<Omit<QualificationShown, 'inForce' | 'value'>>(
      OF_PARTNER,
      [tenant, partner],
    );
    return { items: items.map((item) => shownAt(item, at)), position };
  }

  async certification(tenant: string, partner: string): Promise<CertificationShown> {
    const { items, position } = await this.read<CertificationShown['records'][number]>(STEPS, [
      tenant,
      partner,
    ]);
    return { ...pathOf(items), records: items, position };
  }

  private async read<T>(statement: string, values: readonly unknown[]) {
    const { rows } = await this.runtime.database.pool.query<{ position: string; items: T[] }>(
      statement,
      [...values],
    );
    const [row] = rows;
    invariant(row, 'an aggregate has a row');
    return { items: row.items, position: BigInt(row.position) };
  }
}

function shownAt(
  item: Omit<QualificationShown, 'inForce' | 'value'>,
  at: Instant,
): QualificationShown {
  const value = item.steps.findLast((step) => step.at <= at)?.value ?? null;
  const hasRunOut = value?.validUntil != null && value.validUntil <= at;
  return { ...item, value, inForce: value?.holds === true && !hasRunOut };
}

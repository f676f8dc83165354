import { type Instant, type JsonObject, instant } from '@tributary/kernel';
import type { PlanVersion } from '../../../engines/v1/plan';

/** A version as a person writes it: its number may be left to us. */
export type PlanDocument = Omit<PlanVersion, 'effective' | 'version'> & {
  readonly version?: number;
  readonly effective: { readonly from: string; readonly to?: string | null };
};

/** The longest that a rule may pay on a customer. The calendar of a window reaches as far back. */
export const MOST_MONTHS_OF_DURATION = 120;

/** Fields that say nothing about what is paid. */
const ASIDE: ReadonlySet<string> = new Set(['$schema', 'draw', 'fx', 'guarantee', 'restate']);

/** What is approved and hashed: instants as we write them, and nothing that only editors read. */
export function versionOf(document: PlanDocument, version: number): PlanVersion {
  const { from, to } = document.effective;
  const kept = Object.entries(document).filter(([name]) => !ASIDE.has(name));
  return {
    ...(Object.fromEntries(kept) as unknown as PlanDocument),
    version,
    effective: { from: instant(from), to: to == null ? null : instant(to) },
  };
}

export const startOf = ({ effective }: PlanVersion): Instant => effective.from as Instant;
export const endOf = ({ effective }: PlanVersion): Instant | null => effective.to as Instant | null;

export const asJson = (plan: PlanVersion): JsonObject => plan as unknown as JsonObject;

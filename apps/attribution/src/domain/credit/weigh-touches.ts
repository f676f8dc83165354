import { type Instant, msOf, unreachable } from '@tributary/kernel';
import type { Model, RoleWeights } from '../policy/policy-content';
import { decayedWeight } from './decay';

/** The moments that give touches a role. Null: there was none, and nobody plays its role. */
export interface Moments {
  readonly conversionAt: Instant;
  /** When the lead was registered. */
  readonly leadAt: Instant | null;
  /** When the opportunity was opened. */
  readonly opportunityAt: Instant | null;
}

type RoleModel = Exclude<Model['kind'], 'custom' | 'linear' | 'time_decay'>;

/** In per mille; 22.5% of the full path is why. */
const WEIGHTS_OF_MODEL: Readonly<Record<RoleModel, RoleWeights>> = {
  first: { first: 1, lead: 0, opportunity: 0, last: 0, others: 0 },
  last: { first: 0, lead: 0, opportunity: 0, last: 1, others: 0 },
  u: { first: 400, lead: 0, opportunity: 0, last: 400, others: 200 },
  w: { first: 300, lead: 300, opportunity: 300, last: 0, others: 100 },
  full_path: { first: 225, lead: 225, opportunity: 225, last: 225, others: 100 },
};

/** What each of a customer's eligible touches weighs. They come in (at, item) order, and there is at least one. */
export function weighTouches(
  touches: readonly { readonly at: Instant }[],
  model: Model,
  moments: Moments,
): number[] {
  switch (model.kind) {
    case 'linear':
      return touches.map(() => 1);
    case 'time_decay':
      return weighByAge(touches, model.halfLifeDays, moments.conversionAt);
    case 'custom':
      return weighByRole(touches, model.weights, moments);
    case 'first':
    case 'full_path':
    case 'last':
    case 'u':
    case 'w':
      return weighByRole(touches, WEIGHTS_OF_MODEL[model.kind], moments);
    default:
      return unreachable(model);
  }
}

function weighByAge(
  touches: readonly { readonly at: Instant }[],
  halfLifeDays: number,
  conversionAt: Instant,
): number[] {
  const weights = touches.map(({ at }) => {
    const ageSeconds = Math.floor((msOf(conversionAt) - msOf(at)) / 1_000);
    return decayedWeight(ageSeconds, halfLifeDays);
  });
  // Touches so old that nothing of them is left still brought the customer: the latest one stands for all.
  if (!weights.some((weight) => weight > 0)) weights[weights.length - 1] = 1;
  return weights;
}

/**
 * A touch with several roles gets the weight of each. Weights mean something only beside one another, so leaving a missing role
 * out spreads its weight over those present, pro rata; `others` is one of them while a touch without a role exists.
 */
function weighByRole(
  touches: readonly { readonly at: Instant }[],
  { first, lead, opportunity, last, others }: RoleWeights,
  { leadAt, opportunityAt }: Moments,
): number[] {
  const weights: number[] = touches.map(() => 0);
  const hasRole = new Set<number>();
  const give = (index: number, weight: number) => {
    if (index < 0 || weight === 0) return;
    weights[index] = (weights[index] ?? 0) + weight;
    hasRole.add(index);
  };
  give(0, first);
  give(lastUntil(touches, leadAt), lead);
  give(lastUntil(touches, opportunityAt), opportunity);
  give(touches.length - 1, last);

  const withoutRole = touches.length - hasRole.size;
  if (withoutRole === 0) return weights;
  // Scaled by their number, the others' shares are integers.
  const scaled = weights.map((weight, i) => (hasRole.has(i) ? weight * withoutRole : others));
  return scaled.every((weight) => weight === 0) ? touches.map(() => 1) : scaled;
}

/** The touch that led to something: the last one at or before it. */
function lastUntil(touches: readonly { readonly at: Instant }[], at: Instant | null): number {
  return at === null ? -1 : touches.findLastIndex((touch) => touch.at <= at);
}

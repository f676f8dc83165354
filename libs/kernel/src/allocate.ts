import { CodedError } from './coded-error';

/**
 * Splits a total by weight without losing a unit: everyone gets the whole part of their share, and the units left over go to the
 * largest fractions, ties to the earlier one. A negative total is the mirror of the positive one, so taking back
 * reverses the very same units.
 */
export function allocate(total: bigint, weights: readonly bigint[]): bigint[] {
  const sum = sumOfWeights(weights);
  const magnitude = total < 0n ? -total : total;
  const shares = weights.map((weight) => (magnitude * weight) / sum);
  const rests = weights.map((weight) => (magnitude * weight) % sum);
  const left = shares.reduce((rest, share) => rest - share, magnitude);

  // A weight of zero has no fraction, and fewer units are left than there are fractions, so it never gets one.
  const byLargestRest = weights.map((_, index) => index).sort((a, b) => compareRests(rests, a, b));
  for (const index of byLargestRest.slice(0, Number(left)))
    shares[index] = (shares[index] ?? 0n) + 1n;
  return total < 0n ? shares.map((share) => -share) : shares;
}

function compareRests(rests: readonly bigint[], a: number, b: number): number {
  const [restOfA, restOfB] = [rests[a] ?? 0n, rests[b] ?? 0n];
  if (restOfA === restOfB) return a - b;
  return restOfA > restOfB ? -1 : 1;
}

function sumOfWeights(weights: readonly bigint[]): bigint {
  let sum = 0n;
  for (const weight of weights) {
    if (weight < 0n) throw refused('a weight is negative', weights);
    sum += weight;
  }
  if (sum === 0n) throw refused('no weight is above zero, so nobody could get the total', weights);
  return sum;
}

const refused = (reason: string, weights: readonly bigint[]): CodedError =>
  new CodedError('invalid_weights', `Cannot allocate: ${reason}.`, {
    reason,
    weights: weights.map(String),
  });

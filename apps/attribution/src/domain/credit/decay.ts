const PARTS_PER_MILLION = 1_000_000n;
const SECONDS_PER_DAY = 86_400;

/** Binary digits behind the point. An age and a half-life below 2^32 seconds leave a guard of some 90 digits behind the part per million. */
const DIGITS = 128n;
const ONE = 1n << DIGITS;
/** Digits of the exponent's fraction; what is cut off changes the result by less than 2^-96 of itself. */
const FRACTION_DIGITS = 96;

/** 2^(-1/2), 2^(-1/4), 2^(-1/8), …: each is the square root of the one before. */
const ROOTS: readonly bigint[] = rootsOfOneHalf();

function rootsOfOneHalf(): bigint[] {
  const roots: bigint[] = [];
  let root = ONE >> 1n;
  for (let i = 0; i < FRACTION_DIGITS; i++) {
    root = squareRootRoundedDown(root << DIGITS);
    roots.push(root);
  }
  return roots;
}

/** Newton's iteration from above, which falls until it has arrived. */
function squareRootRoundedDown(of: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(of.toString(2).length / 2));
  for (;;) {
    const next = (root + of / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/**
 * What a touch weighs after losing half of its weight per half-life: 10^6 x 2^(-age/half-life), rounded half up. In integers,
 * because floating point differs between machines, and one unit here moves a cent.
 */
export function decayedWeight(ageSeconds: number, halfLifeDays: number): number {
  const halfLifeSeconds = halfLifeDays * SECONDS_PER_DAY;
  const halvings = Math.floor(ageSeconds / halfLifeSeconds);
  // After 21 halvings less than half a millionth is left.
  if (halvings > 20) return 0;
  const weight = PARTS_PER_MILLION * powerOfOneHalf(ageSeconds % halfLifeSeconds, halfLifeSeconds);
  const digits = DIGITS + BigInt(halvings);
  return Number((weight + (1n << (digits - 1n))) >> digits);
}

/** 2^(-numerator/denominator) of a fraction below one, digit by digit. */
function powerOfOneHalf(numerator: number, denominator: number): bigint {
  let power = ONE;
  let rest = numerator;
  for (const root of ROOTS) {
    if (rest === 0) break;
    rest *= 2;
    if (rest < denominator) continue;
    rest -= denominator;
    power = (power * root) >> DIGITS;
  }
  return power;
}

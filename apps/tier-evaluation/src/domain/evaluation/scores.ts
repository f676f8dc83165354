const PLACES = 6;

/** Decimals as whole millionths: scores are added up and compared exactly. */
export function millionths(decimal: string): bigint {
  const [whole = '', fraction = ''] = decimal.replace('-', '').split('.');
  const value = BigInt(whole + fraction.padEnd(PLACES, '0'));
  return decimal.startsWith('-') ? -value : value;
}

/** Cut after four places towards zero, so that it never looks like a threshold that it is below. */
export function averageOf(scores: readonly bigint[]): string {
  const sum = scores.reduce((total, score) => total + score, 0n);
  const tenThousandths = sum / BigInt(scores.length) / 100n;
  const magnitude = tenThousandths < 0n ? -tenThousandths : tenThousandths;
  const [whole, fraction] = [magnitude / 10_000n, magnitude % 10_000n];
  const sign = tenThousandths < 0n ? '-' : '';
  return `${sign}${whole}.${String(fraction)
    .padStart(4, '0')
    .replace(/0{1,3}$/, '')}`;
}

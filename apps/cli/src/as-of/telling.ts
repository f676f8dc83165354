import { exponentOf, parseAsset } from '@tributary/kernel';

import type { Answer, Resting } from './asking';

export const standingOf = ({ effective, on, at, known, position }: Answer): string =>
  [
    `as it happened ${text(effective ?? on ?? at, (day) => `by ${day}`, 'up to now')}`,
    `as we knew it ${text(known, (moment) => `on ${moment}`, 'now')}`,
    `position ${String(position)} of the log`,
  ].join(', ');

const text = (value: unknown, told: (value: string) => string, otherwise: string): string =>
  typeof value === 'string' ? told(value) : otherwise;

export const restingOf = ({ leaf, checkpoint }: Pick<Resting, 'checkpoint' | 'leaf'>): string =>
  checkpoint === null
    ? 'no signed checkpoint covers it yet'
    : `leaf ${String(leaf)}, covered by checkpoint ${checkpoint.size} ${checkpoint.root}`;

/** Minor units with all digits of their asset. */
export function amount(minor: string | undefined, asset: string | undefined): string {
  const units = BigInt(minor ?? 0);
  const digits = asset === undefined ? 0 : exponentOf(parseAsset(asset));
  const digitsOf = String(units < 0n ? -units : units).padStart(digits + 1, '0');
  const sign = units < 0n ? '-' : '';
  if (digits === 0) return sign + digitsOf;
  return `${sign}${digitsOf.slice(0, -digits)}.${digitsOf.slice(-digits)}`;
}

const NUMBER = /^-?\d[\d.]*$/;

export function tableOf(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) =>
        NUMBER.test(cell) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}

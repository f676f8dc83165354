import type { Track } from '@tributary/contracts';
import type { Criterion, TierRules } from '../rules/content';
import { type Tier, isLower } from '../standing/starts';
import type { Judged, Scorecard } from './scorecard';

export interface Step {
  readonly criterion: string;
  readonly met: boolean;
  readonly value: string;
  readonly needed: string;
  readonly missing: string | null;
  /** In words, such as `ARR R$32,400 of R$50,000`. */
  readonly text: string;
}

/** What is between a partner and its next tier. */
export interface Progress {
  readonly tier: string;
  readonly steps: readonly Step[];
  /** In words, what is missing. */
  readonly missing: readonly string[];
}

/** Null where there is no higher tier. */
export function progressOf(
  { track, tiers }: Pick<Scorecard, 'tiers' | 'track'>,
  { asset }: Pick<TierRules, 'asset'>,
  applied: Tier,
): Progress | null {
  const next = tiers.find(({ tier }) => isLower(track satisfies Track, applied, tier));
  if (next === undefined) return null;
  const steps = next.criteria.map((judged) => stepOf(judged, asset));
  const missing = steps.filter(({ met }) => !met).map(({ text }) => text);
  return { tier: next.tier, steps, missing };
}

function stepOf({ criterion, met, figure }: Judged, asset: string): Step {
  const { value, needed, missing } = figure;
  const shown = criterion.figure === 'arr' ? (text: string) => moneyText(text, asset) : String;
  return {
    criterion: criterion.id,
    met,
    value,
    needed,
    missing,
    text: textOf(criterion, shown(value), shown(needed)),
  };
}

function textOf(criterion: Criterion, value: string, needed: string): string {
  switch (criterion.figure) {
    case 'arr':
      return `ARR ${value} of ${needed}`;
    case 'satisfaction':
      return `${criterion.instrument} ${value}, ${needed}`;
    case 'measure':
    case 'commitment':
      return `${criterion.measure} ${value} of ${needed}`;
    case 'qualification':
      return `${criterion.kind} ${value}, ${needed}`;
  }
}

const SYMBOLS: Readonly<Record<string, string>> = { BRL: 'R$', EUR: '€', GBP: '£', USD: '$' };

/** Minor units as people write them; what is after the point only where there is something. */
export function moneyText(minor: string, asset: string): string {
  const [currency = '', places = '0'] = asset.split('/');
  const digits = minor.padStart(Number(places) + 1, '0');
  const cut = digits.length - Number(places);
  const whole = digits.slice(0, cut).replace(/\B(?=(?:\d{3})+$)/g, ',');
  const fraction = digits.slice(cut);
  const symbol = SYMBOLS[currency] ?? `${currency} `;
  return `${symbol}${whole}${/[1-9]/.test(fraction) ? `.${fraction}` : ''}`;
}

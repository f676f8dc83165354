import { type Asset, dayOf, instant } from '@tributary/kernel';
import type { StatementContent } from '../domain/statement/content';
import type { Language, StatementHold } from '../domain/statement/events';
import { MOVEMENT_KINDS, PLACES } from '../domain/statement/movement';
import type { StatementLine } from '../domain/statement/statement-of';
import { dayText, moneyOf, percentOf } from './amounts';
import { WORDS } from './languages';

/** Rows of the summary that always stand there; the others, only where something was moved. */
const ALWAYS = ['earned', 'tax', 'paid'];

export interface SummaryRow {
  readonly kind: string;
  readonly label: string;
  readonly amount: bigint;
}

/** Opening, movements, closing: the rows add up. */
export function summaryOf(
  { figures }: StatementContent,
  language: Language,
): readonly SummaryRow[] {
  const words = WORDS[language];
  const movements = MOVEMENT_KINDS.map((kind) => ({
    kind,
    label: words.kinds[kind],
    amount: BigInt(figures.totals[kind]),
  })).filter(({ kind, amount }) => amount !== 0n || ALWAYS.includes(kind));
  return [
    { kind: 'opening', label: words.opening, amount: BigInt(figures.opening) },
    ...movements,
    { kind: 'closing', label: words.closing, amount: BigInt(figures.closing) },
  ];
}

export interface StandingRow extends SummaryRow {
  readonly note: string;
}

/** What the partner owes stands with a minus, so that these rows add up as well. */
export function standingOf(
  { figures }: StatementContent,
  language: Language,
): readonly StandingRow[] {
  const { standing, standingNotes } = WORDS[language];
  return PLACES.map((place) => {
    const amount = BigInt(figures.standing[place]);
    return {
      kind: place,
      label: standing[place],
      note: standingNotes[place],
      amount: place === 'owed' ? -amount : amount,
    };
  }).filter(({ kind, amount }) => amount !== 0n || kind === 'payable');
}

/** The first and the last day of the month, as the entity counts its days. */
export function daysOf({ head }: StatementContent): {
  readonly first: string;
  readonly last: string;
} {
  const { from, until, zone } = head.period;
  const lastMs = Date.parse(until) - 1;
  return { first: dayOf(from, zone), last: dayOf(instant(new Date(lastMs).toISOString()), zone) };
}

export const holdUntil = ({ until }: StatementHold, zone: string, language: Language): string =>
  until === null ? WORDS[language].untilOpen : dayText(dayOf(until, zone), language);

export const holdAmount = ({ amount }: StatementHold, asset: Asset, language: Language): string =>
  amount === null ? WORDS[language].allOfIt : moneyOf(BigInt(amount), asset, language);

export const holdOwner = ({ owner }: StatementHold, language: Language): string =>
  WORDS[language].owners[owner] ?? owner;

/** What has to happen, and about how many lines. */
export function holdCondition(hold: StatementHold, asset: Asset, language: Language): string {
  const { conditions, untilThat, oneLine, manyLines } = WORDS[language];
  const { reason, missing, lines, minimum } = hold;
  const condition = conditions[reason];
  const said =
    missing !== undefined
      ? `${reason === 'bank_details' ? `${untilThat} ` : ''}${condition}: ${missing}`
      : `${untilThat} ${condition}`;
  const least = minimum === undefined ? '' : ` ${moneyOf(BigInt(minimum), asset, language)}`;
  const counted =
    lines === undefined ? '' : `${lines === 1 ? oneLine : `${String(lines)} ${manyLines}`}, `;
  return `${counted}${said}${least}`;
}

/** What stands under the kind of an entry: everything that a partner may want to look it up by. */
export function detailOf({ about, late }: StatementLine, asset: Asset, language: Language): string {
  const words = WORDS[language];
  const { programme, window, to, replaces, tax, base, rateBp, reason } = about;
  const taxed =
    base === undefined
      ? ''
      : `${rateBp === undefined ? '' : `${percentOf(rateBp, language)} `}${words.taxOn} ${moneyOf(BigInt(base), asset, language)}`;
  return [
    late ? words.late : '',
    tax ?? '',
    taxed,
    programme === undefined || programme === '-' ? '' : programme,
    window ?? '',
    to ?? '',
    replaces === undefined ? '' : `${words.replaces} ${replaces}`,
    reason ?? '',
  ]
    .filter((part) => part !== '')
    .join(' \u00b7 ');
}

/** What names it: the bank's reference where there is one, because that is what both sides can look up. */
export const referenceOf = ({ about }: StatementLine): string =>
  about.bankReference ?? about.item ?? about.line ?? '';

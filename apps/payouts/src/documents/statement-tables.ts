import type { Asset } from '@tributary/kernel';
import type { StatementContent } from '../domain/statement/content';
import type { Language, StatementHold } from '../domain/statement/events';
import type { StatementLine } from '../domain/statement/statement-of';
import { dayText, moneyOf, numberOf } from './amounts';
import { type Colour, INNER_WIDTH, PAGE, type PdfCanvas, RIGHT } from './pdf-canvas';
import {
  detailOf,
  holdAmount,
  holdCondition,
  holdOwner,
  holdUntil,
  referenceOf,
  standingOf,
  summaryOf,
} from './statement-text';
import type { Words } from './words';

/** A page that is being filled from top to bottom. */
export interface Sheet {
  readonly canvas: PdfCanvas;
  readonly words: Words;
  readonly language: Language;
  readonly asset: Asset;
  readonly zone: string;
  /** Where the next thing goes. */
  y: number;
  readonly bottom: number;
  nextPage(): void;
}

const colourOf = (amount: bigint): Colour => (amount < 0n ? 'loss' : 'text');

function heading({ canvas, y }: Sheet, text: string, x: number = PAGE.margin): void {
  canvas.text(text, x, y, { size: 11, bold: true, colour: 'ink' });
}

const SUMMARY_WIDTH = 256;
const STANDING_X = PAGE.margin + SUMMARY_WIDTH + 26;
const STANDING_WIDTH = RIGHT - STANDING_X;
const ROW = 17;

/** The sum on the left, and on the right what it consists of. */
export function drawSums(sheet: Sheet, content: StatementContent): void {
  const { canvas, words, language, asset } = sheet;
  heading(sheet, words.summary);
  heading(sheet, words.stands, STANDING_X);
  const top = sheet.y + 20;
  let y = top;
  for (const { kind, label, amount } of summaryOf(content, language)) {
    const closes = kind === 'closing';
    const bold = closes || kind === 'opening';
    if (closes) canvas.rule(PAGE.margin, y - 3, SUMMARY_WIDTH, 'ink', 1);
    canvas.text(label, PAGE.margin, y + 2, { size: 9, bold });
    const face = { size: 9, bold, colour: colourOf(amount) };
    canvas.textRight(moneyOf(amount, asset, language), PAGE.margin + SUMMARY_WIDTH, y + 2, face);
    y += ROW;
    if (!closes) canvas.rule(PAGE.margin, y - 3, SUMMARY_WIDTH);
  }
  let beside = top;
  for (const { label, note, amount } of standingOf(content, language)) {
    canvas.text(label, STANDING_X, beside + 2, { size: 9 });
    const face = { size: 9, colour: colourOf(amount) };
    canvas.textRight(moneyOf(amount, asset, language), RIGHT, beside + 2, face);
    canvas.text(note, STANDING_X, beside + 13, { size: 7, colour: 'quiet' }, STANDING_WIDTH);
    beside += ROW + 10;
    canvas.rule(STANDING_X, beside - 3, STANDING_WIDTH);
  }
  sheet.y = Math.max(y, beside);
}

const HOLD_COLUMNS = { until: 134, owner: 198, detail: 264 } as const;
const HOLD_DETAIL_WIDTH = 150;

export function drawHolds(sheet: Sheet, holds: readonly StatementHold[]): void {
  const { canvas, words, language, asset, zone } = sheet;
  makeRoom(sheet, 70);
  heading(sheet, words.holds);
  canvas.text(
    words.holdsNote,
    PAGE.margin,
    sheet.y + 15,
    { size: 7.5, colour: 'quiet' },
    INNER_WIDTH,
  );
  sheet.y += 30;
  if (holds.length === 0) return nothingThere(sheet, words.noHolds);
  const x = PAGE.margin;
  const headings = () => {
    headingRow(sheet, [
      [words.headings.reason, x + 8],
      [words.headings.until, x + HOLD_COLUMNS.until],
      [words.headings.owner, x + HOLD_COLUMNS.owner],
      [words.headings.condition, x + HOLD_COLUMNS.detail],
    ]);
  };
  headings();
  for (const hold of holds) {
    const small = { size: 8 } as const;
    const detail = canvas.wrapped(
      holdCondition(hold, asset, language),
      small,
      HOLD_DETAIL_WIDTH,
      3,
    );
    const height = 8 + Math.max(1, detail.length) * 10;
    if (makeRoom(sheet, height)) headings();
    const y = sheet.y + 5;
    canvas.text(words.reasons[hold.reason], x + 8, y, { size: 8, bold: true }, 120);
    canvas.text(holdUntil(hold, zone, language), x + HOLD_COLUMNS.until, y, small);
    canvas.text(holdOwner(hold, language), x + HOLD_COLUMNS.owner, y, small, 60);
    for (const [i, line] of detail.entries())
      canvas.text(line, x + HOLD_COLUMNS.detail, y + i * 10, small);
    canvas.textRight(holdAmount(hold, asset, language), RIGHT - 8, y, small);
    sheet.y += height;
    canvas.rule(x, sheet.y, INNER_WIDTH);
  }
}

const ENTRY_COLUMNS = { description: 70, reference: 262 } as const;
const DESCRIPTION_WIDTH = ENTRY_COLUMNS.reference - ENTRY_COLUMNS.description - 10;
const REFERENCE_WIDTH = 158;
const ENTRY_HEIGHT = 25;

export function drawEntries(sheet: Sheet, lines: readonly StatementLine[]): void {
  const { canvas, words, language, asset } = sheet;
  makeRoom(sheet, 70);
  heading(sheet, words.lines);
  sheet.y += 18;
  if (lines.length === 0) return nothingThere(sheet, words.noLines);
  const x = PAGE.margin;
  const headings = () => {
    headingRow(sheet, [
      [words.headings.date, x + 8],
      [words.headings.description, x + ENTRY_COLUMNS.description],
      [words.headings.reference, x + ENTRY_COLUMNS.reference],
    ]);
  };
  headings();
  for (const line of lines) {
    if (makeRoom(sheet, ENTRY_HEIGHT)) headings();
    const y = sheet.y + 4;
    const amount = BigInt(line.amount);
    canvas.text(dayText(line.day, language), x + 8, y, { size: 8 });
    const at = x + ENTRY_COLUMNS.description;
    canvas.text(words.kinds[line.kind], at, y, { size: 8, bold: true }, DESCRIPTION_WIDTH);
    const quiet = { size: 7, colour: 'quiet' } as const;
    canvas.text(detailOf(line, asset, language), at, y + 10, quiet, DESCRIPTION_WIDTH);
    const reference = x + ENTRY_COLUMNS.reference;
    canvas.text(referenceOf(line), reference, y + 0.4, { size: 7.5 }, REFERENCE_WIDTH);
    const { item, bankReference } = line.about;
    if (bankReference !== undefined && item !== undefined)
      canvas.text(`${words.item} ${item}`, reference, y + 10, quiet, REFERENCE_WIDTH);
    const face = { size: 8, colour: colourOf(amount) };
    canvas.textRight(numberOf(amount, asset, language), RIGHT - 8, y, face);
    sheet.y += ENTRY_HEIGHT;
    canvas.rule(x, sheet.y, INNER_WIDTH);
  }
}

/** The column of amounts comes last, on the right. */
function headingRow(sheet: Sheet, columns: readonly (readonly [text: string, x: number])[]): void {
  const { canvas, words, y } = sheet;
  const face = { size: 7.5, bold: true, colour: 'quiet' } as const;
  canvas.box({ x: PAGE.margin, y, width: INNER_WIDTH, height: 18, colour: 'wash', radius: 3 });
  for (const [text, x] of columns) canvas.text(text, x, y + 5.5, face);
  canvas.textRight(words.headings.amount, RIGHT - 8, y + 5.5, face);
  sheet.y += 19;
}

function nothingThere(sheet: Sheet, text: string): void {
  sheet.canvas.text(text, PAGE.margin, sheet.y, { size: 9, colour: 'quiet' });
  sheet.y += 14;
}

/** Turns the page where so much does not fit any more. */
function makeRoom(sheet: Sheet, height: number): boolean {
  if (sheet.y + height <= sheet.bottom) return false;
  sheet.nextPage();
  return true;
}

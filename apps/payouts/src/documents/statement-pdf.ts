import { dayOf } from '@tributary/kernel';
import type { StatementContent } from '../domain/statement/content';
import type { Language } from '../domain/statement/events';
import { currencyText, dayText, moneyOf, monthText } from './amounts';
import { WORDS } from './languages';
import { INNER_WIDTH, PAGE, PdfCanvas, RIGHT } from './pdf-canvas';
import { type Sheet, drawEntries, drawHolds, drawSums } from './statement-tables';
import { daysOf } from './statement-text';

const HEAD_HEIGHT = 112;
const HEAD_AGAIN_HEIGHT = 40;
const FOOT_Y = PAGE.height - 44;
const GAP = 22;

/** The document that a partner gets. The same content has the same bytes, on every machine and for ever. */
export async function statementPdf(
  content: StatementContent,
  language: Language,
): Promise<Uint8Array> {
  const { head } = content;
  const words = WORDS[language];
  const month = monthText(head.period.key, language);
  const canvas = new PdfCanvas({
    title: `${words.title}, ${month}`,
    author: head.entityName,
    subject: head.statement,
    language,
    at: new Date(head.issuedAt),
  });
  const sheet: Sheet = {
    canvas,
    words,
    language,
    asset: head.asset,
    zone: head.period.zone,
    y: 0,
    bottom: FOOT_Y - 12,
    nextPage: () => {
      canvas.addPage();
      drawHeadAgain(canvas, `${words.title} \u00b7 ${month}`, head.partnerName);
      sheet.y = HEAD_AGAIN_HEIGHT + 20;
    },
  };
  canvas.addPage();
  drawHead(sheet, content, month);
  drawParties(sheet, content);
  drawSums(sheet, content);
  sheet.y += GAP;
  drawHolds(sheet, head.holds);
  sheet.y += GAP;
  drawEntries(sheet, content.lines);
  canvas.onEachPage((page, pages) => {
    canvas.rule(PAGE.margin, FOOT_Y, INNER_WIDTH);
    canvas.text(words.footer, PAGE.margin, FOOT_Y + 8, { size: 7, colour: 'quiet' });
    canvas.text(head.statement, PAGE.margin, FOOT_Y + 18, { size: 7, colour: 'quiet' });
    const of = `${words.page} ${String(page)} ${words.of} ${String(pages)}`;
    canvas.textRight(of, RIGHT, FOOT_Y + 18, { size: 7, colour: 'quiet' });
  });
  return await canvas.bytes();
}

function drawHead(sheet: Sheet, { head }: StatementContent, month: string): void {
  const { canvas, words } = sheet;
  canvas.box({ x: 0, y: 0, width: PAGE.width, height: HEAD_HEIGHT, colour: 'ink' });
  canvas.mark(PAGE.margin, 29, 20, 'mist');
  canvas.text(head.entityName, PAGE.margin + 30, 34, { size: 10, bold: true, colour: 'mist' }, 300);
  canvas.text(words.title, PAGE.margin, 62, { size: 22, bold: true, colour: 'paper' });
  canvas.textRight(month, RIGHT, 66, { size: 15, colour: 'paper' });
  canvas.textRight(head.statement, RIGHT, 35, { size: 8, colour: 'mist' });
  sheet.y = HEAD_HEIGHT + 24;
}

function drawHeadAgain(canvas: PdfCanvas, title: string, partner: string): void {
  canvas.box({ x: 0, y: 0, width: PAGE.width, height: HEAD_AGAIN_HEIGHT, colour: 'ink' });
  canvas.mark(PAGE.margin, 13, 14, 'mist');
  canvas.text(title, PAGE.margin + 24, 15, { size: 10, bold: true, colour: 'paper' });
  canvas.textRight(partner, RIGHT, 15, { size: 9, colour: 'mist' });
}

const CARD_WIDTH = 218;
const CARD_HEIGHT = 84;

function drawParties(sheet: Sheet, content: StatementContent): void {
  const { canvas, words, language, asset, zone, y } = sheet;
  const { head, figures } = content;
  const { first, last } = daysOf(content);
  const left = PAGE.margin;
  const width = INNER_WIDTH - CARD_WIDTH - 24;
  canvas.text(words.partner.toUpperCase(), left, y, { size: 7, bold: true, colour: 'accent' });
  const isLong = canvas.widthOf(head.partnerName, { size: 15, bold: true }) > width;
  const name = { size: isLong ? 11 : 15, bold: true, colour: 'ink' } as const;
  for (const [i, line] of canvas.wrapped(head.partnerName, name, width, 2).entries())
    canvas.text(line, left, y + 10 + i * 13, name);
  const facts = [
    [words.account, `${head.partner} \u00b7 ${head.entity} \u00b7 ${currencyText(asset)}`],
    [words.period, `${dayText(first, language)} ${words.to} ${dayText(last, language)} (${zone})`],
    [words.issued, dayText(dayOf(head.issuedAt, zone), language)],
  ] as const;
  for (const [i, [label, value]] of facts.entries()) {
    const at = y + 42 + i * 13;
    canvas.text(label, left, at, { size: 8.5, colour: 'quiet' });
    canvas.text(value, left + 62, at, { size: 8.5 }, width - 62);
  }
  const closing = BigInt(figures.closing);
  const card = RIGHT - CARD_WIDTH;
  const wash = closing < 0n ? 'wash' : 'accentWash';
  const size = { width: CARD_WIDTH, height: CARD_HEIGHT };
  canvas.box({ x: card, y: y - 4, ...size, colour: wash, radius: 6 });
  const label = closing < 0n ? words.owedIs : words.closingIs;
  canvas.text(label, card + 16, y + 12, { size: 9, colour: 'quiet' }, CARD_WIDTH - 32);
  const colour = closing < 0n ? 'loss' : 'accent';
  const amount = moneyOf(closing, asset, language);
  const room = (CARD_WIDTH - 32) / canvas.widthOf(amount, { size: 1, bold: true });
  canvas.text(amount, card + 16, y + 30, { size: Math.min(25, room), bold: true, colour });
  const rest = closing < 0n ? words.standingNotes.owed : words.carriedForward;
  canvas.text(rest, card + 16, y + 62, { size: 8, colour: 'quiet' }, CARD_WIDTH - 32);
  sheet.y = y + CARD_HEIGHT + GAP;
}

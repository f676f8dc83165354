/** Letters that do not come apart into a plain one and its mark. */
const PLAIN: Readonly<Record<string, string>> = {
  Æ: 'AE',
  Œ: 'OE',
  Ø: 'O',
  Đ: 'D',
  Ð: 'D',
  Ł: 'L',
  Þ: 'TH',
  ẞ: 'SS',
  '&': ' E ',
};
const MARKS = /\p{M}+/gu;
const LEFT_OUT = /[^A-Z0-9 .,\-/]/gu;
const LETTER = /[\p{L}\p{N}]/u;

/** Capitals without their marks; a sharp s has become two on the way. */
const bare = (text: string): string => text.toUpperCase().normalize('NFD').replace(MARKS, '');

/**
 * As banks take it: capitals, digits and little else. The name itself stays as it is wherever we keep it. Letters of other
 * scripts have no form here, so they are left out, and `unwritableLetters` names them before anything is promised.
 */
export const bankText = (text: string): string =>
  bare(text)
    .replace(LEFT_OUT, (letter) => PLAIN[letter] ?? ' ')
    .replace(/ {2,}/g, ' ')
    .trim();

/** Cut to the width of a field; the bank compares documents and accounts, names are for people. */
export const bankName = (name: string, width: number): string =>
  bankText(name).slice(0, width).trimEnd();

/** Letters and digits of the text that would be lost. */
export function unwritableLetters(text: string): readonly string[] {
  const others = bare(text).match(LEFT_OUT) ?? [];
  const lost = others.filter((letter) => !(letter in PLAIN) && LETTER.test(letter));
  return [...new Set(lost)];
}

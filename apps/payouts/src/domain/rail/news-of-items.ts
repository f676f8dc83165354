import type { Uuid } from '@tributary/kernel';
import type { AnswerToItem } from './file-commands';
import type { AnsweredItem, BankAnswer } from './file-events';
import { type FileItem, type Files, contradicts, stateAfter } from './file-state';

/** Stand behind the bank's codes where its answer cannot be taken for what it says. */
export const AMOUNT_DIFFERS = 'amount_differs';
export const CONTRADICTS = 'contradicts';
export const FILE_UNNAMED = 'file_unnamed';

/** Banks repeat themselves; only what changes something is written down. `sequence` is of the file that is answered, where the bank names it. */
export function newsOf(
  { item, answer: said, codes, amount, bankReference, on }: AnswerToItem,
  sequence: number | null,
  state: Files,
): readonly AnsweredItem[] {
  const known = state.items.get(item);
  if (!known) return [];
  const which = whichFile(known, sequence, state);
  const doubt = doubtAbout(known, said, which);
  if (doubt === 'said_by_the_void') return [];
  const doubts = [
    ...(amount !== null && amount !== known.amount ? [AMOUNT_DIFFERS] : []),
    ...(doubt === null ? [] : [doubt]),
  ];
  const answered = doubts.length > 0 ? 'unknown' : said;
  const news =
    (which === 'former' && known.isClaimedOfVoided !== true) ||
    stateAfter(known.state, answered) !== known.state ||
    (answered === 'unknown' && known.state !== 'unknown') ||
    (bankReference !== null && bankReference !== known.bankReference);
  if (!news) return [];
  const { partner } = known;
  const file = fileAnswered(known, which, sequence, state);
  const words = [...codes, ...doubts];
  const told = { item, partner, file, answer: answered, codes: words, bankReference, on };
  return [{ ...told, ...(known.settled && { isSettled: true }) }];
}

const fileAnswered = (
  known: FileItem,
  which: Which,
  sequence: number | null,
  { sequences }: Files,
): Uuid => (which === 'former' && sequences.get(String(sequence))) || known.file;

type Which = 'current' | 'former' | 'unnamed' | 'voided';

/** Of an item that was sent again, an answer to the voided file says nothing about the one that it stands in now. */
function whichFile(known: FileItem, sequence: number | null, { files }: Files): Which {
  const { formerly = [] } = known;
  if (sequence !== null && formerly.includes(sequence)) return 'former';
  const current = files.get(known.file);
  if (current?.voided === true) return 'voided';
  return formerly.length === 0 || current?.sequence === sequence ? 'current' : 'unnamed';
}

/** Two persons have said that the bank took nothing of a voided file: that it rejects an item of it is known, and all else cannot be true as well. */
function doubtAbout(
  known: FileItem,
  said: BankAnswer,
  which: Which,
): typeof CONTRADICTS | typeof FILE_UNNAMED | 'said_by_the_void' | null {
  const isRejected = said === 'rejected';
  const { state, isClaimedOfVoided } = known;
  if (which === 'former') return isRejected ? 'said_by_the_void' : CONTRADICTS;
  if (which === 'voided') {
    if (!isRejected) return CONTRADICTS;
    if (state === 'listed') return 'said_by_the_void';
  }
  // Rejected may be the second payment because the bank had made the first one.
  if (contradicts(known, said) || (isRejected && isClaimedOfVoided === true)) return CONTRADICTS;
  // Taken for one of the file that is being paid, it would make payable, and pay twice, what only the voided file had not paid.
  return which === 'unnamed' && isRejected ? FILE_UNNAMED : null;
}

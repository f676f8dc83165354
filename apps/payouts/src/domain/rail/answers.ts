import type { ItemId } from '../item';
import type { RailEvent } from './events';
import { AMOUNT_DIFFERS, CONTRADICTS } from './files';
import { Draft } from './draft';
import type { AnsweredItem } from './file-events';
import { matchItem, matchLine } from './match-line';
import type { Work } from './match-events';
import { breakOfItem, openQuestionsOf } from './breaks';
import { batchReferenceOf } from './find';
import { type Rail, isRefused, itemOf } from './state';
import { pastWork } from './work';

/** What an answer of the bank, a list of items or a void means for lines that were here before it. `state` knows of it already. */
export function afterFiles(state: Rail, events: readonly RailEvent[]): readonly RailEvent[] {
  const draft = new Draft(state);
  const work: Work[] = [];
  for (const event of events) {
    if (event.type === 'ItemsAnswered') {
      const { answers } = event.data;
      for (const answer of answers) work.push(...answered(draft, answer));
      for (const file of new Set(answers.map((each) => each.file)))
        work.push(...batchAgain(draft, file));
    }
    if (event.type === 'ItemDeclaredUnpaid') {
      work.push(...rejected(draft, event.data.item));
      work.push(...batchAgain(draft, event.data.file));
    }
    if (event.type === 'FileItemsListed') {
      for (const { item } of event.data.leftOut ?? []) openClaimed(draft, item);
      for (const { item } of event.data.items) work.push(...matchItem(draft, item));
    }
    if (event.type === 'FileItemsListed' && event.data.last)
      work.push(...batchAgain(draft, event.data.file));
    if (event.type === 'FileVoided')
      work.push({ kind: 'age', asOf: '', file: event.data.file, from: 0 });
  }
  const done = draft.finish();
  return work.length === 0 ? done : [...done, ...pastWork(draft.state, work)];
}

/** It stays where it is until a line of the bank shows it, also matched by hand, or the bank rejects it: then the void was true. */
function openClaimed(draft: Draft, id: ItemId): void {
  const isRejected = draft.state.files.items.get(id)?.state === 'rejected';
  if (!isRejected && itemOf(draft.state, id).settledBy === null)
    draft.open(breakOfItem(draft.state, id, 'B15', CONTRADICTS));
}

function answered(draft: Draft, { item: id, file, answer, codes }: AnsweredItem): readonly Work[] {
  const before = itemOf(draft.state, id);
  draft.close([`B17.${file}`], 'answered');
  const isSettled = before.settledBy !== null;
  const known = draft.state.files.items.get(id)?.state;
  if (known === 'unknown' && answer === 'unknown' && !isSettled) {
    const type = codes.includes(AMOUNT_DIFFERS) ? 'B03' : 'B15';
    draft.open(breakOfItem(draft.state, id, type, codes.join(' ') || 'unknown_answer'));
  }
  if (known !== 'unknown') draft.close([`B03.${id}`, `B15.${id}`], 'answered');
  if (isRefused(draft.state, id, before)) {
    draft.close([`B01.${id}`, `B16.${id}`], 'rejected');
    // The statement is the truth, so it stays settled; but somebody has to ask the bank.
    if (isSettled) draft.open(breakOfItem(draft.state, id, 'B07', 'rejected_after_debit'));
  }
  return matchItem(draft, id);
}

/** By two persons: what was open about it ends, and lines that came before it are judged anew. */
function rejected(draft: Draft, id: ItemId): readonly Work[] {
  draft.close(openQuestionsOf(id), 'declared_unpaid');
  return matchItem(draft, id);
}

/** The sum of a batch depends on what the bank has taken of it. */
function batchAgain(draft: Draft, file: string): readonly Work[] {
  const sequence = draft.state.files.files.get(file)?.sequence;
  if (sequence === undefined) return [];
  const lines = draft.state.index.linesByReference.get(batchReferenceOf(sequence)) ?? [];
  return lines.flatMap((key) => matchLine(draft, key));
}

import { type Decision, accept, reject } from '@tributary/kernel';
import type { ApproveItemUnpaid, FileRejected, ProposeItemUnpaid } from './file-commands';
import type { FileEvent, PayingAccountSettings } from './file-events';
import type { FileItem, Files, NumberedFile } from './file-state';

type Decided = Decision<FileEvent, FileRejected>;

/**
 * What the bank has claimed or left in doubt, and then says nothing of any more, would be on its way for ever. Two persons may say
 * that it is not paid; should the bank show it after all, that is a break as after any rejection.
 */
export function proposeUnpaid(
  { rail, item, evidence, by, at }: ProposeItemUnpaid,
  state: Files,
  account: PayingAccountSettings,
): Decided {
  const found = unpaidIn(state, item);
  if ('rejected' in found) return found;
  const data = { rail, ...ofFile(found, account), item, partner: found.known.partner };
  return accept({ type: 'ItemUnpaidProposed', data: { ...data, evidence, by }, occurredAt: at });
}

export function approveUnpaid(
  { rail, item, by, at }: ApproveItemUnpaid,
  state: Files,
  account: PayingAccountSettings,
): Decided {
  const found = unpaidIn(state, item);
  if ('rejected' in found) return found;
  const { unpaid, partner } = found.known;
  if (unpaid === undefined) return reject({ code: 'no_unpaid_proposed', item });
  if (unpaid.by === by) return reject({ code: 'same_person' });
  const { evidence, by: proposedBy } = unpaid;
  const data = { rail, ...ofFile(found, account), item, partner, evidence, proposedBy, by };
  return accept({ type: 'ItemDeclaredUnpaid', data, occurredAt: at });
}

interface Found {
  readonly known: FileItem;
  readonly file: NumberedFile;
}

function unpaidIn(state: Files, item: string): Found | { readonly rejected: FileRejected } {
  const known = state.items.get(item);
  const file = known && state.files.get(known.file);
  if (known === undefined || file === undefined) return reject({ code: 'item_unknown', item });
  if (known.settled) return reject({ code: 'item_settled', item });
  if (known.state === 'rejected') return reject({ code: 'item_rejected', item });
  // Of a file of which the bank has taken nothing so far, nobody knows that it will not: that one is voided whole.
  if (known.state === 'listed' && file.blocking === 0)
    return reject({ code: 'item_unanswered', item });
  return { known, file };
}

const ofFile = (
  { file: { file, sequence, run } }: Found,
  { entity, asset }: Pick<PayingAccountSettings, 'asset' | 'entity'>,
) => ({ entity, asset, file, sequence, run });

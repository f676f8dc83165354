import { type Refusals, SAME_PERSON } from '@tributary/platform';
import type { FileRejected } from '../domain/rail/files';

export const FILE_REFUSALS: Refusals<FileRejected> = {
  account_registered: [409, 'The paying account is registered already, with other settings.'],
  account_unknown: [404, 'There is no paying account of this id; register it first.'],
  chunk_out_of_order: [
    409,
    'The parts of a file or statement come one after another; the next is `expected`.',
  ],
  file_differs: [409, 'A file of this id is known with other content; `field` says what differs.'],
  file_incomplete: [
    409,
    'The file does not list all its payments yet; wait until `listed` equals `count`.',
  ],
  file_unknown: [404, 'There is no such file.'],
  file_voided: [409, 'The file is void; nothing more happens to it.'],
  item_in_another_file: [
    409,
    'This payment stands in another file, whose number is `sequence`; void that one first.',
  ],
  item_rejected: [409, 'The bank has rejected this payment, and it is owed again.'],
  item_settled: [409, 'A line of the bank shows that this payment was made.'],
  item_unanswered: [
    409,
    'The bank has taken nothing of the file of this payment so far; void the file.',
  ],
  item_unknown: [404, 'There is no payment of this reference in this paying account.'],
  no_unpaid_proposed: [
    409,
    'Nobody has proposed to declare this payment unpaid, or the bank has answered since; that comes first.',
  ],
  no_void_proposed: [409, 'Nobody has proposed to void this file; that comes first.'],
  number_exhausted: [
    409,
    "The bank's file numbers are used up (the last is `last`); agree on a new paying account with the bank.",
  ],
  return_unknown: [409, 'No answer of the bank with this hash was taken in.'],
  same_person: SAME_PERSON,
  totals_differ: [
    409,
    'The payments do not add up to what the file was asked for: `asked` against `found`.',
  ],
  void_blocked: [
    409,
    'The bank has taken or paid payments of this file; `items` names some of them. Only a file of which nothing was taken can be void.',
  ],
};

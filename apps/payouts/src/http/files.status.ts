import type { FileRejected } from '../domain/rail/files';

export const FILE_STATUS: Readonly<Record<FileRejected['code'], number>> = {
  account_registered: 409,
  account_unknown: 404,
  chunk_out_of_order: 409,
  file_differs: 409,
  file_incomplete: 409,
  file_unknown: 404,
  file_voided: 409,
  item_in_another_file: 409,
  no_void_proposed: 409,
  number_exhausted: 409,
  return_unknown: 409,
  same_person: 403,
  totals_differ: 409,
  void_blocked: 409,
};

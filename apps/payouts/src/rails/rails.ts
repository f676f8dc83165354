import { CodedError, sha256Hex } from '@tributary/kernel';
import { itau341 } from './cnab240/itau-341';
import { cnab240 } from './cnab240/rail';
import { csvRegister } from './csv-register/rail';
import type { ItemFault, PaymentFile, PaymentItem, PayingAccount, Rail } from './rail';

/** What the settings of a paying account may name. */
export const RAILS: readonly Rail[] = [cnab240(itau341), csvRegister];

export const RAIL_NAMES = RAILS.map(({ name }) => name);

export function railNamed(name: string): Rail {
  const rail = RAILS.find((each) => each.name === name);
  if (!rail) throw new CodedError('unknown_rail', `Not one of our rails: ${name}`, { name });
  return rail;
}

/** Asked before a run is locked, so that nothing is reserved that no file could carry. */
export const faultsOfItems = (
  rail: Rail,
  items: readonly PaymentItem[],
  from: PayingAccount,
): readonly ItemFault[] => items.flatMap((item) => rail.faultsOf(item, from));

export interface WrittenFile {
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly count: number;
  readonly totalMinor: bigint;
}

/** How many faults an error names; the first ones tell what is wrong. */
const NAMED_FAULTS = 20;

/** Writes a file and lets nobody have it before it has been read back and says what was asked. */
export function writtenFile(rail: Rail, file: PaymentFile): WrittenFile {
  const faults = faultsOfItems(rail, file.items, file.from);
  if (faults.length > 0) throw refused('items_unwritable', 'Items cannot be written', faults);
  const bytes = rail.write(file);
  const { count, totalMinor, faults: found } = rail.readBack(bytes, file);
  if (found.length > 0) throw refused('file_gate', 'The file does not say what was asked', found);
  const total = file.items.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  if (count !== file.items.length || totalMinor !== total)
    throw refused('file_gate', 'The file does not add up to what was asked', []);
  return { bytes, sha256: sha256Hex(bytes), count, totalMinor };
}

function refused(code: string, message: string, faults: readonly object[]): CodedError {
  const facts = { count: faults.length, faults: faults.slice(0, NAMED_FAULTS) };
  return new CodedError(code, `${message}; see the faults.`, facts);
}

import { CodedError, sha256Hex } from '@tributary/kernel';
import { type Turns, inTurns } from '../turns';
import { itau341 } from './cnab240/itau-341';
import { cnab240 } from './cnab240/rail';
import { csvRegister } from './csv-register/rail';
import type { ItemFault, PaymentFile, Rail } from './rail';

/** What the settings of a paying account may name. */
export const RAILS: readonly Rail[] = [cnab240(itau341), csvRegister];

export const RAIL_NAMES = RAILS.map(({ name }) => name);

export function railNamed(name: string): Rail {
  const rail = RAILS.find((each) => each.name === name);
  if (!rail) throw new CodedError('unknown_rail', `Not one of our rails: ${name}`, { name });
  return rail;
}

/** Checked a few milliseconds at a time. */
const ITEMS_PER_TURN = 500;

export interface WrittenFile {
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly count: number;
  readonly totalMinor: bigint;
}

/** How many faults an error names; the first ones tell what is wrong. */
const NAMED_FAULTS = 20;

/** Writes a file and lets nobody have it before it has been read back and says what was asked. */
export const writtenFile = (rail: Rail, file: PaymentFile): Promise<WrittenFile> =>
  inTurns(writing(rail, file));

function* writing(rail: Rail, file: PaymentFile): Turns<WrittenFile> {
  const faults = yield* faultsIn(rail, file);
  if (faults.length > 0) throw refused('items_unwritable', 'Items cannot be written', faults);
  const bytes = yield* rail.write(file);
  const { count, totalMinor, faults: found } = yield* rail.readBack(bytes, file);
  if (found.length > 0) throw refused('file_gate', 'The file does not say what was asked', found);
  const total = file.items.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  if (count !== file.items.length || totalMinor !== total)
    throw refused('file_gate', 'The file does not add up to what was asked', []);
  return { bytes, sha256: sha256Hex(bytes), count, totalMinor };
}

function* faultsIn(rail: Rail, { items, from }: PaymentFile): Turns<readonly ItemFault[]> {
  const faults: ItemFault[] = [];
  for (const [i, item] of items.entries()) {
    faults.push(...rail.faultsOf(item, from));
    if (i % ITEMS_PER_TURN === 0) yield;
  }
  return faults;
}

function refused(code: string, message: string, faults: readonly object[]): CodedError {
  const facts = { count: faults.length, faults: faults.slice(0, NAMED_FAULTS) };
  return new CodedError(code, `${message}; see the faults.`, facts);
}

import { CodedError } from '@tributary/kernel';
import type { BankStatement } from '../domain/rail/bank-line';
import { type Turns, atOnce, inTurns } from '../turns';
import { textOf } from './bytes';
import { readCamt053 } from './camt053';
import { readOfx } from './ofx';
import type { ReadingOptions } from './reading-options';

export interface BankFile {
  readonly format: 'camt053' | 'ofx';
  readonly statements: readonly BankStatement[];
}

/** What the bytes are is found in them, whatever the file was called. Refuses only what is no statement at all. */
function* reading(bytes: Uint8Array, options: ReadingOptions): Turns<BankFile> {
  const text = yield* textOf(bytes);
  const head = text.slice(0, 4_000);
  if (/<OFX[\s>]|OFXHEADER/i.test(head))
    return { format: 'ofx', statements: yield* readOfx(text, options) };
  if (/<(?:[A-Za-z0-9_-]+:)?BkToCstmrStmt[\s>/]|camt\.053/.test(head))
    return { format: 'camt053', statements: yield* readCamt053(text, options) };
  throw new CodedError('unknown_bank_file', 'Neither a camt.053 statement nor OFX.', {
    begins: head.slice(0, 40),
  });
}

export const readBankFile = (bytes: Uint8Array, options: ReadingOptions): BankFile =>
  atOnce(reading(bytes, options));

export const readBankFileInTurns = (
  bytes: Uint8Array,
  options: ReadingOptions,
): Promise<BankFile> => inTurns(reading(bytes, options));

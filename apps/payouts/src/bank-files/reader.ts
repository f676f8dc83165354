import { CodedError } from '@tributary/kernel';
import type { BankStatement } from '../domain/rail/bank-line';
import { textOf } from './bytes';
import { readCamt053 } from './camt053';
import { readOfx } from './ofx';
import type { ReadingOptions } from './reading-options';

export interface BankFile {
  readonly format: 'camt053' | 'ofx';
  readonly statements: readonly BankStatement[];
}

/** What the bytes are is found in them, whatever the file was called. Refuses only what is no statement at all. */
export function readBankFile(bytes: Uint8Array, options: ReadingOptions): BankFile {
  const text = textOf(bytes);
  const head = text.slice(0, 4_000);
  if (/<OFX[\s>]|OFXHEADER/i.test(head))
    return { format: 'ofx', statements: readOfx(text, options) };
  if (/<(?:[A-Za-z0-9_-]+:)?BkToCstmrStmt[\s>/]|camt\.053/.test(head))
    return { format: 'camt053', statements: readCamt053(text, options) };
  throw new CodedError('unknown_bank_file', 'Neither a camt.053 statement nor OFX.', {
    begins: head.slice(0, 40),
  });
}

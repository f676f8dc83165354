import { setImmediate } from 'node:timers/promises';
import { CodedError } from '@tributary/kernel';
import type { BankStatement } from '../domain/rail/bank-line';
import { textOf } from './bytes';
import { readCamt053 } from './camt053';
import { readOfx } from './ofx';
import type { Reading, ReadingOptions } from './reading-options';

export interface BankFile {
  readonly format: 'camt053' | 'ofx';
  readonly statements: readonly BankStatement[];
}

interface Begun {
  readonly format: BankFile['format'];
  readonly reading: Reading;
}

/** What the bytes are is found in them, whatever the file was called. Refuses only what is no statement at all. */
function begin(bytes: Uint8Array, options: ReadingOptions): Begun {
  const text = textOf(bytes);
  const head = text.slice(0, 4_000);
  if (/<OFX[\s>]|OFXHEADER/i.test(head)) return { format: 'ofx', reading: readOfx(text, options) };
  if (/<(?:[A-Za-z0-9_-]+:)?BkToCstmrStmt[\s>/]|camt\.053/.test(head))
    return { format: 'camt053', reading: readCamt053(text, options) };
  throw new CodedError('unknown_bank_file', 'Neither a camt.053 statement nor OFX.', {
    begins: head.slice(0, 40),
  });
}

export function readBankFile(bytes: Uint8Array, options: ReadingOptions): BankFile {
  const { format, reading } = begin(bytes, options);
  let step = reading.next();
  while (step.done !== true) step = reading.next();
  return { format, statements: step.value };
}

/** The same for a service, which answers others between the parts of a large file. */
export async function readBankFileInTurns(
  bytes: Uint8Array,
  options: ReadingOptions,
): Promise<BankFile> {
  const { format, reading } = begin(bytes, options);
  let step = reading.next();
  while (step.done !== true) {
    await setImmediate();
    step = reading.next();
  }
  return { format, statements: step.value };
}

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { CodedError } from '@tributary/kernel';
import { type BankState, bankStateOf } from '@tributary/sandbox-bank';

const WORKSPACE = resolve(__dirname, '..', '..', '..');

/** Where the sandbox bank keeps itself and what it hands out, below the data directory. */
export class BankFolder {
  readonly path: string;

  constructor(dataDirectory: string | undefined) {
    this.path = join(dataDirectory ? resolve(dataDirectory) : join(WORKSPACE, '.data'), 'bank');
  }

  private get statePath(): string {
    return join(this.path, 'bank.json');
  }

  /** Null where no bank was opened yet. */
  async find(): Promise<BankState | null> {
    let written: string;
    try {
      written = await readFile(this.statePath, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
    return bankStateOf(parsed(written, this.statePath));
  }

  async read(): Promise<BankState> {
    const state = await this.find();
    if (state !== null) return state;
    throw new CodedError(
      'bank_not_open',
      `There is no sandbox bank in ${this.path}. See: tributary bank --help`,
      { path: this.path },
    );
  }

  /** In one step, so that a process that ends half-way leaves the bank as it was. */
  async keep(state: BankState): Promise<void> {
    const fresh = `${this.statePath}.${process.pid}`;
    await mkdir(this.path, { recursive: true });
    await writeFile(fresh, JSON.stringify(state));
    await rename(fresh, this.statePath);
  }

  /** Writes what the bank hands out, to where it was asked for or into the folder, and says where that is. */
  async handOut(name: string, bytes: Uint8Array, wanted?: string): Promise<string> {
    const path = wanted === undefined ? join(this.path, name) : resolve(wanted);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
    return path;
  }
}

/** A file that the customer named. */
export async function readGiven(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new CodedError('file_unreadable', `${path} cannot be read.`, { path }, { cause: error });
  }
}

export function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CodedError('file_unreadable', `${path} is not JSON.`, { path }, { cause: error });
  }
}

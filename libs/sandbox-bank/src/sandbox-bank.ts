import type { Day, Instant } from '@tributary/kernel';

import { advance } from './advance';
import { noonOf } from './days';
import { enter, type Entry } from './entry';
import { receive, type Received } from './receive';
import { returnFile, returnFileAgain, type ReturnFile } from './return-file';
import type { Scenario } from './scenario';
import { balanceOf, type BankState } from './state';
import { statement, type StatementFormat } from './statement/statement';

/** A bank to hold: the functions of this library over a state that it keeps. Whoever wants it to last stores `state` after each call. */
export class SandboxBank {
  constructor(private current: BankState) {}

  get state(): BankState {
    return this.current;
  }

  get balanceMinor(): bigint {
    return balanceOf(this.current);
  }

  receive(bytes: Uint8Array, at: Instant = noonOf(this.current.day)): Received {
    const { state, received } = receive(this.current, bytes, at);
    this.current = state;
    return received;
  }

  advance(day: Day): void {
    this.current = advance(this.current, day);
  }

  enter(entry: Entry): void {
    this.current = enter(this.current, entry);
  }

  follow(scenario: Scenario): void {
    this.current = { ...this.current, scenario };
  }

  statement(from: Day, until: Day, format: StatementFormat): Uint8Array {
    return statement(this.current, from, until, format);
  }

  /** Every answer that was not given yet, one file per file of payments. */
  returnFiles(): ReturnFile[] {
    const files: ReturnFile[] = [];
    for (;;) {
      const { state, file } = returnFile(this.current);
      this.current = state;
      if (file === null) return files;
      files.push(file);
    }
  }

  returnFileAgain(number: number): ReturnFile | null {
    return returnFileAgain(this.current, number);
  }
}

import { sha256Hex } from '@tributary/kernel';
import { KEY_LENGTH } from '../domain/rail/bank-line';

/**
 * Gives every line of one statement its key: what it says, and its place among those that say the same. Another export of the same
 * days has the same lines, so it gives the same keys, whichever part of them it holds.
 */
export class LineKeys {
  private readonly counts = new Map<string, number>();

  constructor(private readonly account: string) {}

  next(...content: readonly (string | null)[]): string {
    const text = JSON.stringify([this.account, ...content]);
    const ordinal = this.counts.get(text) ?? 0;
    this.counts.set(text, ordinal + 1);
    return sha256Hex(`${text} ${String(ordinal)}`).slice(0, KEY_LENGTH);
  }
}

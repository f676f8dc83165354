import type { Fault } from './fact-type';
import { amount, amountAboveZero, amountFromZero, list } from './fields';
import { lineRef } from './references';
import { exactlyOne, needs, optional, record } from './schema';

export const MOST_LINES = 200;

/** What is given back of one line, in minor units of the fact's asset. */
export interface LineShare {
  readonly lineRef: string;
  readonly net: string;
  readonly tax: string;
}

/** What a refund and a credit note say about how much. */
export const givenBack = {
  fields: {
    lines: optional(
      list(
        record<LineShare>({
          lineRef,
          net: amount('What is given back without tax.'),
          tax: amount('The tax in what is given back.'),
        }),
        1,
        MOST_LINES,
      ),
    ),
    amount: optional(amountAboveZero('Instead of lines: tax included.')),
    taxAmount: optional(amountFromZero('How much of the amount is tax.')),
  },
  choices: [exactlyOne('lines', 'amount'), needs('taxAmount', 'amount')],
};

interface GivenBack {
  readonly lines?: readonly LineShare[];
  readonly amount?: string;
  readonly taxAmount?: string;
}

export function shareFaults({ lines = [], amount: whole, taxAmount }: GivenBack): Fault[] {
  const faults = repeatedLines(lines);
  if (whole !== undefined && taxAmount !== undefined && BigInt(taxAmount) > BigInt(whole)) {
    const detail = 'It is more than the amount, which includes it.';
    faults.push({ path: ['taxAmount'], code: 'out_of_range', detail });
  }
  return faults;
}

export function repeatedLines(lines: readonly { readonly lineRef: string }[]): Fault[] {
  const faults: Fault[] = [];
  const seen = new Set<string>();
  for (const [i, { lineRef: name }] of lines.entries()) {
    if (seen.has(name)) {
      const detail = 'The same line stands in this fact twice.';
      faults.push({ path: ['lines', i, 'lineRef'], code: 'not_unique', detail });
    }
    seen.add(name);
  }
  return faults;
}

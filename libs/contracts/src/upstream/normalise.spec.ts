import type { JsonObject } from '@tributary/kernel';
import { CREDITNOTE_ISSUED } from './invoices';
import { INVOICE_PAID, invoicePaid } from './invoices';
import { TRAINING_COMPLETED, trainingCompleted } from './measures';
import { normalise } from './normalise';
import { USAGE_REPORTED } from './usage';

describe('reading what may be sent in two ways as one', () => {
  const paid = invoicePaid.example.data as unknown as JsonObject;
  const { asset = null, ...without } = paid;

  it.each([
    ['BRL', 'BRL/2'],
    ['JPY', 'JPY/0'],
    ['KWD', 'KWD/3'],
  ])('adds the digits of %s', (currency, expected) => {
    expect(normalise(INVOICE_PAID, { ...without, currency })).toEqual({
      ...without,
      asset: expected,
    });
    expect(normalise(CREDITNOTE_ISSUED, { currency })).toEqual({ asset: expected });
  });

  it('keeps a quantity as text, wherever it stands', () => {
    const line = { lineRef: '1', quantity: 3 };
    expect(normalise(INVOICE_PAID, { asset, lines: [line, { ...line, quantity: '4' }] })).toEqual({
      asset,
      lines: [
        { lineRef: '1', quantity: '3' },
        { lineRef: '1', quantity: '4' },
      ],
    });
    expect(normalise(USAGE_REPORTED, { quantity: 0 })).toEqual({ quantity: '0' });
  });

  it('leaves everything else as it was sent', () => {
    expect(normalise(INVOICE_PAID, paid)).toBe(paid);
    const training = trainingCompleted.example.data as unknown as JsonObject;
    expect(normalise(TRAINING_COMPLETED, training)).toBe(training);
  });
});

import type { Json, JsonObject } from '@tributary/kernel';
import { DOCUMENT, NOW } from '../plan.fixture';
import { notAvailableYet } from './not-available';

describe('what the plan language knows and the engine does not yet', () => {
  it.each<readonly [pointer: string, JsonObject]>([
    ['/fx', { fx: { pair: 'USD/BRL' } }],
    ['/guarantee', { guarantee: { amount: '1' } }],
    ['/draw', { draw: { amount: '300000' } }],
    ['/restate', { restate: { from: NOW } }],
    ['/budget', { budget: '1' }],
    ['/reversal', { reversal: { onRefund: 'none' } }],
    ['/basis/on', { basis: { on: 'invoice.paid' } }],
    ['/basis/use', { basis: { use: 'margin' } }],
    ['/hold/releaseEarlyWith', { hold: { releaseEarlyWith: 'approval:finance' } }],
    ['/hold/from', { hold: { from: 'cash_collected' } }],
    ['/limits/0/scope', { limits: [{ scope: 'programme' }] }],
    ...['multiplier', 'spiff', 'margin', 'non_cash'].map(
      (kind) => ['/rules/0/pay/kind', { rules: [{ pay: { kind } }] }] as const,
    ),
    ['/rules/0/pay/levels', { rules: [{ pay: { kind: 'percent', levels: 3 } }] }],
  ])('is refused by its name at %s', (pointer, more) => {
    const document = { ...(DOCUMENT as unknown as JsonObject), ...more } satisfies Json;
    expect(notAvailableYet(document)).toMatchObject([{ code: 'not_available_yet', pointer }]);
  });

  it('may be said to be absent', () => {
    expect(notAvailableYet({ fx: null, guarantee: null })).toEqual([]);
  });
});

import { invariant, unreachable } from './invariant';

describe('keeping rules that our own code must keep', () => {
  it('throws when one is broken, and says which', () => {
    expect(() => invariant(false, 'a reversal is not negative')).toThrow(
      'Broken invariant: a reversal is not negative',
    );
    expect(() => invariant(true, 'anything')).not.toThrow();
  });

  it('throws where a member of a union was not foreseen, amounts included', () => {
    expect(() => unreachable({ type: 'Unforeseen' } as never)).toThrow('Unforeseen');
    expect(() => unreachable({ amount: 1n } as never)).toThrow('1n');
  });
});

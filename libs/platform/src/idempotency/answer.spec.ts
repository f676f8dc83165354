import { positionOf, tokenOf } from './answer';

describe('handing a token to a query', () => {
  it('gives back the position that the command was answered with', () => {
    expect(positionOf(tokenOf('tier-evaluation', 1204n), 'tier-evaluation')).toBe(1204n);
  });

  it('refuses the token of another service, whose positions mean nothing here', () => {
    expect(() => positionOf('commission:7', 'payouts')).toThrow('A token of commission');
  });

  it.each(['', 'commission', 'commission:', 'commission:-1', 'commission:01', 'Commission:1'])(
    'refuses %j',
    (text) => {
      const refused = expect.objectContaining({ status: 422, code: 'invalid_token' }) as Error;
      expect(() => positionOf(text, 'commission')).toThrow(refused);
    },
  );
});

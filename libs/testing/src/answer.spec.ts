import { Answer } from './answer';

describe('looking at what a route has answered', () => {
  const answer = new Answer(200, { items: [{ posted: '12', next: null }] });

  it('finds what is there by its path, and nothing where there is nothing', () => {
    expect(answer.at('items.0.posted')).toBe('12');
    expect(answer.at('items.0')).toEqual({ posted: '12', next: null });
    for (const path of ['items.1.posted', 'items.0.next.deeper', 'items.0.posted.length', 'totals'])
      expect(answer.at(path)).toBeUndefined();
    expect(new Answer(204, undefined).at('items')).toBeUndefined();
  });

  it('fails where a text or a list is needed and something else is there', () => {
    expect(answer.text('items.0.posted')).toBe('12');
    expect(answer.list('items')).toHaveLength(1);
    expect(() => answer.text('items')).toThrow('No text at items');
    expect(() => answer.list('items.0.posted')).toThrow('No list at items.0.posted');
  });
});

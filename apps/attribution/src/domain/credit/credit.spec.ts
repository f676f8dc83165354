import { historiesOf } from './credit';

describe('what the sales of a customer may be credited by', () => {
  it('begins with the general history and goes on by the names of the deals, however they were stored', () => {
    const names = ['d2', 'a-long-one', 'b1'];
    const deals = Object.fromEntries(names.map((name) => [name, []]));
    const found = historiesOf({ general: [], deals }).map(([deal]) => deal);
    expect(found).toEqual([null, 'a-long-one', 'b1', 'd2']);
  });
});

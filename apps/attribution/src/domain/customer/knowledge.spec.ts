import type { CustomerCommand } from './commands';
import {
  decided,
  decidedAfter,
  learnPartner,
  note,
  partnersOf,
  signUp,
  touch,
} from './customer.fixture';

describe('following what bears on a customer', () => {
  const { partner: _partner, ...click } = touch('f2', '').body as { partner?: string };
  const linkTouch = { ...touch('f2', ''), body: { ...click, link: 'l1' } } as never;
  const owned: CustomerCommand = {
    type: 'LearnTerm',
    customer: 'c1',
    topic: 'link:l1',
    key: 'l1',
    revision: 1,
    data: {
      steps: [
        { at: '2025-01-01T00:00:00.000Z', value: { owner: 'southwind', programme: 'main' } },
        { at: '2025-06-01T00:00:00.000Z', value: { owner: 'northwind', programme: 'main' } },
        { at: '2027-01-01T00:00:00.000Z', value: { owner: null, programme: 'main' } },
      ],
    },
  };

  it('asks for every owner of a link once the link has told of them, and credits the one of the time', () => {
    const before = decided(signUp('f1'));
    const clicked = [...before, ...decidedAfter(before, note(linkTouch))];
    const told = decidedAfter(clicked, owned);
    const follows = told.flatMap(({ data }) => ('follows' in data ? data.follows : []));
    expect(follows).toEqual(['partner:northwind', 'partner:southwind']);
    const known = [...clicked, ...told];
    expect(partnersOf(known)).toEqual([]);
    const active = [...known, ...decidedAfter(known, learnPartner('northwind'))];
    expect(partnersOf(active)).toEqual(['northwind']);
  });
});

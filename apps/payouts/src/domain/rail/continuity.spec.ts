import type { BankStatement } from './bank-line';
import { type RailBook, line, statement } from './rail.fixture';
import { by, registered } from './decide.fixture';

const on = (day: string) => ({ bookedOn: `2026-04-${day}` });
const [a, b, c] = [line('a'), line('b', { amount: '700' }), line('c', { amount: '50' })];
const next = (opening: string, said: Partial<BankStatement> = {}) =>
  statement(opening, [line('next', on('16'))], { id: 'next', ...said });

/** A person lets the one count that waits. */
function accepts(book: RailBook): RailBook {
  const [key = '', ...others] = book.state.waiting;
  expect(others).toEqual([]);
  return book.tell({
    ...{ type: 'AcceptStatement', ...by('anna') },
    ...{ statement: key, reason: 'seen on paper' },
  });
}

const jumpsIn = ({ events }: RailBook) =>
  events.flatMap((each) =>
    each.type === 'StatementImported' && each.data.by !== null ? [each.data.jump] : [],
  );

describe('accepting a statement', () => {
  const first = statement('100000', [a], { id: 'first', sequence: 1 });
  const like = line('a');

  it.each<[string, readonly BankStatement[], BankStatement, string]>([
    [
      'goes on within a day, behind a number that never was',
      [first],
      statement('90000', [b], { id: 'third', sequence: 3 }),
      '0',
    ],
    [
      'goes on within a day, behind what is missing',
      [first],
      statement('85000', [b], { id: 'third' }),
      '-5000',
    ],
    [
      'has a line with the content of a known one',
      [statement('100000', [a, c], { id: 'noon' })],
      statement('89950', [like, b], { id: 'evening' }),
      '-10000',
    ],
    [
      'moved nothing',
      [first],
      statement('85000', [], { id: 'quiet', from: '2026-04-15', until: '2026-04-15' }),
      '-5000',
    ],
    [
      'has other lines than known ones',
      [statement('100000', [a, b, line('d', on('16'))], { id: 'known' })],
      statement('100000', [a, c, line('d', on('16'))], { id: 'other' }),
      '700',
    ],
  ])('makes its closing the balance where it %s', (_, known, doubtful, jump) => {
    const book = accepts(registered().reads(...known, doubtful));
    expect(jumpsIn(book)).toEqual([jump]);
    const closing = doubtful.closing ?? '';
    const follows = statement(closing, [line('follows', on('17'))], { id: 'follows' });
    expect(book.reads(follows).state.waiting).toEqual([]);
    book.checkSums();
  });

  it('lets nothing jump for one that was cut off and has a number too high', () => {
    const book = registered().reads(
      statement('100000', [a, b], { id: 'evening', sequence: 1 }),
      statement('100000', [a], { id: 'noon', sequence: 9 }),
    );
    expect(jumpsIn(accepts(book))).toEqual(['0']);
    expect(book.reads(next('89300')).state.waiting).toEqual([]);
  });

  it('takes the opening of one that was cut off, because what its day closed with is known', () => {
    const book = registered().reads(
      statement('100000', [a, b], { id: 'evening' }),
      statement('95000', [a], { id: 'noon' }),
    );
    expect(jumpsIn(accepts(book))).toEqual(['-5000']);
    expect(book.reads(next('84300')).state.waiting).toEqual([]);
  });
});

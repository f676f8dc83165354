import { creditOf } from './decide-credit';
import { ME, SIGNED_UP, customer, day, link, signUp, touch, viewOf, visitor } from './view.fixture';
import { history } from './decide-credit.fixture';

describe('joining and un-joining who is the same', () => {
  const seen = touch('t1', day(95), {}, visitor('v1'));

  it('takes what a linked visitor has seen, since the link', () => {
    const { timelines } = creditOf(
      viewOf([signUp(), seen, link('l1', day(110), visitor('v1'), ME)]),
    );
    expect(history(timelines.general)).toEqual([
      [SIGNED_UP, ''],
      [day(110), 'north'],
    ]);
  });

  it('withdraws it with the link: what stood before the link stands again, to the letter', () => {
    const pieces = [signUp(), seen, link('l1', day(110), visitor('v1'), ME)];
    const apart = link('l2', day(120), ME, visitor('v1'), false);
    const { timelines } = creditOf(viewOf([...pieces, apart]));
    expect(history(timelines.general)).toHaveLength(3);
    expect(timelines.general[2]?.value).toEqual(timelines.general[0]?.value);
  });

  it('credits the oldest of several customers that are one', () => {
    const other = customer('c2');
    const pieces = [
      signUp(),
      touch('t1', day(95)),
      signUp(day(50), other),
      touch('t2', day(45), { partner: 'south' }, other),
      link('l1', day(110), ME, other),
    ];
    const { timelines, identity } = creditOf(viewOf(pieces));
    expect(history(timelines.general)).toEqual([
      [SIGNED_UP, 'north'],
      [day(110), 'south'],
    ]);
    expect(identity).toMatchObject({ canonical: 'c2', customers: ['c1', 'c2'] });
  });
});

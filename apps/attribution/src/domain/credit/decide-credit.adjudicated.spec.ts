import { creditOf } from './decide-credit';
import { ME, adjudged, day, deal, link, signUp, touch, viewOf, visitor } from './view.fixture';
import { at } from './decide-credit.fixture';

describe('a decision by a person', () => {
  const known = [signUp(), touch('t1', day(90))];

  it('stands since it was made, for sales paid from its date on', () => {
    const adjudications = [adjudged(day(150), 'west', { from: day(120), evidence: ['t1'] })];
    const { timelines, decisions } = creditOf(viewOf(known, { adjudications }));
    const credited = (t: number, paidAt: number) => at(timelines.general, day(t), day(paidAt));
    expect(credited(149, 130)).toBe('north');
    expect(credited(150, 130)).toBe('west');
    expect(credited(150, 119)).toBe('north');
    expect(decisions.at(-1)).toMatchObject({
      rung: 'adjudicated',
      evidence: [{ item: 't1', partner: 'north' }],
    });
  });

  it('is repeated after later evidence, so that it still stands', () => {
    const adjudications = [adjudged(day(150), 'west', { from: day(120) })];
    const late = [
      link('l1', day(160), ME, visitor('v1')),
      touch('t2', day(99), { partner: 'east' }, visitor('v1')),
    ];
    const { timelines } = creditOf(viewOf([...known, ...late], { adjudications }));
    expect(at(timelines.general, day(160), day(130))).toBe('west');
    expect(at(timelines.general, day(160), day(119))).toBe('east');
    expect(timelines.general).toHaveLength(4);
  });

  it('gives way to a later one for the same sales, and keeps the earlier for those before', () => {
    const adjudications = [
      adjudged(day(151), 'south', { from: day(130) }),
      adjudged(day(150), 'west', { from: day(120) }),
      adjudged(day(152), 'east', { from: day(125) }),
    ];
    const { timelines } = creditOf(viewOf(known, { adjudications }));
    const now = [119, 121, 126, 131].map((n) => at(timelines.general, day(200), day(n)));
    expect(now).toEqual(['north', 'west', 'east', 'east']);
  });

  it('about a deal leaves the rest alone, and one about the rest reaches deals without their own', () => {
    const adjudications = [
      adjudged(day(150), 'west', { deal: 'd1', from: day(0) }),
      adjudged(day(151), 'south', { from: day(0) }),
    ];
    const { timelines } = creditOf(
      viewOf([...known, deal('deal.d2.f1', day(100), { deal: 'd2' })], { adjudications }),
    );
    expect(at(timelines.deals['d1'], day(200), day(110))).toBe('west');
    expect(at(timelines.general, day(200), day(110))).toBe('south');
    expect(timelines.deals['d2']).toBeUndefined();
  });

  it('may give it to nobody', () => {
    const adjudications = [adjudged(day(150), 'west', { parts: [] })];
    const { decisions } = creditOf(viewOf(known, { adjudications }));
    expect(decisions.at(-1)).toMatchObject({ rung: 'adjudicated', parts: [], unattributed: null });
  });
});

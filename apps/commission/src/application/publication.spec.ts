import type { Recorded } from '@tributary/kernel';
import { publication } from './publication';

describe('telling others how far commission is', () => {
  it.each([
    ['WindowFellBehind', true],
    ['WindowCaughtUp', false],
  ])('says of %s whether everything is posted, and nothing else', (type, behind) => {
    const data = { partner: 'p1', plan: 'standard', window: '2026-q1', through: null, lines: 9 };
    expect(publication.types).toContain(type);
    expect(publication.publish({ type, data } as unknown as Recorded)).toEqual({
      type: 'commission.behind.v1',
      data: { partner: 'p1', plan: 'standard', window: '2026-q1', behind },
    });
  });
});

import { sha256Hex, uuidV5 } from '@tributary/kernel';
import { creditOf } from './decide-credit';
import { MOST_TOLD_BYTES } from './timelines';
import { type Told, adjudged, day, deal, signUp, touch, viewOf } from './view.fixture';

const DEALS = 30;
const PARTNERS = Array.from({ length: 20 }, (_, i) => `partner-with-a-long-name-${i}`);
const statuses = Object.fromEntries(
  PARTNERS.map((partner) => [partner, [[-900, 'active']] as const]),
);
const nameOf = (n: number): string => uuidV5('deal', String(n)).replaceAll('-', '');

/** As facts are named by those who have accepted them. */
function asStored({ of, piece }: Told): Told {
  const factId = uuidV5('fact', piece.item);
  return { of, piece: { ...piece, item: factId, fact: { factId, hash: sha256Hex(factId) } } };
}

/** Shares that are those of no other deal. */
const shares = (n: number) =>
  PARTNERS.map((partner, i) => {
    const more = i === 0 ? n : i === 1 ? -n : 0;
    return { partner, role: 'cosell', bp: 500 + more };
  });
const opened = (n: number): Told =>
  asStored(
    deal(`opened ${n}`, day(110 + n), {
      deal: nameOf(n),
      openedAt: day(110 + n),
      roles: shares(n),
    }),
  );
const pieces = [
  signUp(),
  asStored(touch('first', day(90))),
  ...Array.from({ length: DEALS }, (_, n) => opened(n)),
];

describe('a customer with so many deals of their own that one event has no room for them', () => {
  const { timelines, decisions } = creditOf(viewOf(pieces, { statuses }));
  const told = Object.keys(timelines.deals);

  it('is told with those that were opened last, and the others as everything else', () => {
    expect(Buffer.byteLength(JSON.stringify(timelines))).toBeLessThanOrEqual(MOST_TOLD_BYTES);
    expect(told.length).toBeGreaterThan(5);
    const latest = told.map((_, i) => nameOf(DEALS - 1 - i));
    expect([...told].sort()).toEqual(latest.sort());
    const decided = decisions.flatMap((each) => each.deal ?? []);
    expect([...new Set(decided)].sort()).toEqual([...told].sort());
  });

  it('is told of a deal that a person has decided, however long ago it was opened', () => {
    const adjudications = [adjudged(day(150), 'north', { deal: nameOf(0) })];
    const { deals } = creditOf(viewOf(pieces, { statuses, adjudications })).timelines;
    expect(Object.keys(deals)).toContain(nameOf(0));
    expect(told).not.toContain(nameOf(0));
  });
});

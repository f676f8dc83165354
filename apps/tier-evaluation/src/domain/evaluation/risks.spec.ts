import type { QualificationData } from '@tributary/contracts';
import { toldOfQualification } from '../facts/told';
import { STARTER_RULES } from '../rules/starter';
import { PARTNER, factOf, measured, on } from '../standing/standing.fixture';
import { risksAt } from './risks';

describe('a commitment that was renewed within the quarter', () => {
  it('was in force for all of it, and is judged', () => {
    expect(risks(['2025-12-01', '5', '2026-06-01'], ['2026-02-15', '5', '2027-01-01'])).toEqual([
      { criterion: 'referrals', quarter: '2026-q1', found: 1, committed: 5 },
    ]);
  });

  it('is judged by what was promised for all of it', () => {
    expect(risks(['2025-12-01', '9', null], ['2026-02-15', '6', null])).toMatchObject([
      { committed: 6 },
    ]);
    expect(risks(['2025-12-01', '6', null], ['2026-02-15', '9', null])).toMatchObject([
      { committed: 6 },
    ]);
  });

  it('is not judged where it had run out in between, or was withdrawn', () => {
    expect(risks(['2025-12-01', '5', '2026-02-01'], ['2026-02-15', '5', null])).toEqual([]);
    expect(risks(['2025-12-01', '5', null], ['2026-02-15', null, null])).toEqual([]);
    expect(risks(['2025-12-01', '5', null], ['2026-02-15', '4', null])).toEqual([]);
  });
});

/** Since when, how many (null: withdrawn), until when. */
type Said = readonly [since: string, level: string | null, until: string | null];

/** Of the first quarter, in which one referral was accepted. */
const risks = (...said: readonly Said[]) =>
  risksAt(
    [factOf(promised(said)), factOf(measured('lead.accepted', 'l1', '02-20'))],
    STARTER_RULES.commercial.content,
    on('04-10'),
  );

const promised = (said: readonly Said[]) =>
  toldOfQualification({
    partner: PARTNER,
    kind: 'commitment',
    record: 'year',
    steps: said.map(([since, level, until]) => ({
      at: on(since),
      value: {
        holds: level !== null,
        level: level ?? '5',
        validUntil: until === null ? null : on(until),
        evidence: ['document 1'],
      },
    })),
  } satisfies QualificationData).told;

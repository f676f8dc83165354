import { DEFAULT_PROGRAMME, type ProgrammeValue } from '@tributary/contracts';
import { type Instant, instant } from '@tributary/kernel';
import { specFor } from '@tributary/kernel/testing';
import { type ProgrammeCommand, type ProgrammeSettings, programme } from './decide';
import type { ProgrammeEvent } from './events';

const { given } = specFor(programme);

describe('opening a programme', () => {
  it('takes it with all its settings', () => {
    given().when(OPEN).then(OPENED);
  });

  it('refuses an id that is taken, and a source that is ranked twice', () => {
    given(OPENED).when(OPEN).thenRejected({ code: 'programme_exists' });
    given()
      .when(open({ ...DEFAULT_PROGRAMME, sources: ['a', 'b', 'a'] }))
      .thenRejected({ code: 'source_twice', source: 'a' });
  });
});

describe('changing the settings of a programme', () => {
  it('takes them as of a day in the past, and keeps the rest', () => {
    const changed = { sources: ['https://billing.example'] };
    given(OPENED)
      .when(change(changed, FEBRUARY))
      .then({
        type: 'ProgrammeSettingsChanged',
        data: {
          programme: 'ai',
          at: FEBRUARY,
          changed,
          steps: [
            { at: JANUARY, value: DEFAULT_PROGRAMME },
            { at: FEBRUARY, value: { ...DEFAULT_PROGRAMME, ...changed } },
          ],
        },
        occurredAt: MARCH,
      });
  });

  it('refuses what nobody opened, what changes nothing, and what has no place in the history', () => {
    const changed = { name: 'AI' };
    given().when(change(changed, FEBRUARY)).thenRejected({ code: 'programme_unknown' });
    given(OPENED).when(change({}, FEBRUARY)).thenRejected({ code: 'nothing_to_change' });
    given(OPENED)
      .when(change(changed, JANUARY))
      .thenRejected({ code: 'instant_taken', at: JANUARY });
    given(OPENED)
      .when(change(changed, EARLIER))
      .thenRejected({ code: 'before_creation', at: EARLIER, createdAt: JANUARY });
  });
});

const EARLIER = instant('2025-12-01T00:00:00Z');
const JANUARY = instant('2026-01-01T00:00:00Z');
const FEBRUARY = instant('2026-02-01T00:00:00Z');
const MARCH = instant('2026-03-01T00:00:00Z');

const open = (value: ProgrammeValue): ProgrammeCommand => ({
  type: 'OpenProgramme',
  programme: 'ai',
  value,
  effectiveAt: JANUARY,
  receivedAt: MARCH,
});
const OPEN = open(DEFAULT_PROGRAMME);

const change = (changed: Partial<ProgrammeSettings>, effectiveAt: Instant): ProgrammeCommand => ({
  type: 'ChangeProgrammeSettings',
  programme: 'ai',
  changed,
  effectiveAt,
  receivedAt: MARCH,
});

const OPENED: ProgrammeEvent = {
  type: 'ProgrammeOpened',
  data: {
    programme: 'ai',
    at: JANUARY,
    changed: DEFAULT_PROGRAMME,
    steps: [{ at: JANUARY, value: DEFAULT_PROGRAMME }],
  },
  occurredAt: MARCH,
};

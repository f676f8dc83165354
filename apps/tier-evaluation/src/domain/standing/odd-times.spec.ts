import { type Instant, instant } from '@tributary/kernel';
import type { Told } from '../facts/fact';
import { Story, clock, csat, learn, measured, on, qualified } from './standing.fixture';
import { tierAt } from './starts';
import { pairIn } from './timeline';

/** As a system dates what it has no date for. */
const EPOCH = instant('1970-01-01T00:00:00Z');
const LONG_AGO = instant('0001-01-01T00:00:00Z');
const FAR_AWAY = instant('9999-12-31T23:59:59.999Z');

describe('a fact of a time that no calendar has', () => {
  const rest = [
    learn(qualified('certificate', 'certified', '01-10')),
    learn(qualified('commitment', '5', '01-15')),
  ];

  it.each([EPOCH, LONG_AGO])('of %s is known like any other, whatever came first', (at) => {
    const odd = learn(dated(measured('implementation.completed', 'i1', '01-01'), at), at);
    const first = new Story().tell(odd, ...rest);
    const last = new Story().tell(...rest, odd);
    for (const story of [first, last]) expect(entitled(story, on('02-01'))).toBe('certified');
  });

  it('answers of the far future count from then on', () => {
    const story = new Story().tell(
      learn(dated(csat('r1', '01-01', '4.9'), FAR_AWAY), on('01-10')),
      ...rest,
      clock(on('06-01')),
    );
    expect(story.state.facts.get('measure/csat/r1')).toBeDefined();
    expect(entitled(story, on('06-01'))).toBeNull();
  });
});

const dated = (told: Told, at: Instant): Told =>
  ({ ...told, steps: told.steps.map((step) => ({ ...step, at })) }) as Told;

const entitled = (story: Story, t: Instant) => tierAt(pairIn(story.state.steps).entitled, t);

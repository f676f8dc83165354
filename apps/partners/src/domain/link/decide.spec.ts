import type { LinkValue } from '@tributary/contracts';
import { type Instant, type Step, instant, valueAt } from '@tributary/kernel';
import { specFor } from '@tributary/kernel/testing';
import { type LinkCommand, type LinkIdentity, link } from './decide';
import type { LinkEvent } from './events';

const { given } = specFor(link);

describe('issuing a link or a coupon', () => {
  it('gives it to its first owner', () => {
    given()
      .when(issue())
      .then(told('LinkIssued', JANUARY, MAIN('northwind'), [step(JANUARY, 'northwind')]));
  });

  it('refuses a code that is taken, also by the same partner', () => {
    given(issued()).when(issue()).thenRejected({ code: 'link_exists' });
  });
});

describe('moving a link to another partner (M203)', () => {
  it('leaves what came before to the owner of then', () => {
    const steps = [step(JANUARY, 'northwind'), step(MARCH, 'southwind')];
    given(issued())
      .when(move('southwind', MARCH))
      .then(told('LinkMoved', MARCH, { owner: 'southwind' }, steps));
    const timeline = { revision: 2, steps };
    expect(valueAt(timeline, FEBRUARY)?.owner).toBe('northwind');
    expect(valueAt(timeline, MARCH)?.owner).toBe('southwind');
  });

  it('takes a move that is told after a later one', () => {
    const later = told('LinkMoved', MARCH, { owner: 'eastwind' }, [
      step(JANUARY, 'northwind'),
      step(MARCH, 'eastwind'),
    ]);
    given(issued(), later)
      .when(move('southwind', FEBRUARY))
      .then(
        told('LinkMoved', FEBRUARY, { owner: 'southwind' }, [
          step(JANUARY, 'northwind'),
          step(FEBRUARY, 'southwind'),
          step(MARCH, 'eastwind'),
        ]),
      );
  });

  it('moves it to another programme of the same owner', () => {
    given(issued())
      .when({ ...move('northwind', MARCH), programme: 'ai' } as LinkCommand)
      .then(
        told('LinkMoved', MARCH, { owner: 'northwind', programme: 'ai' }, [
          step(JANUARY, 'northwind'),
          { at: MARCH, value: { owner: 'northwind', programme: 'ai' } },
        ]),
      );
  });

  it('refuses to move it to its owner, what nobody issued, and what has no place in the history', () => {
    given(issued())
      .when(move('northwind', MARCH))
      .thenRejected({ code: 'already_owner', owner: 'northwind' });
    given().when(move('southwind', MARCH)).thenRejected({ code: 'link_unknown' });
    given(issued())
      .when(move('southwind', JANUARY))
      .thenRejected({ code: 'instant_taken', at: JANUARY });
    given(issued())
      .when(move('southwind', EARLIER))
      .thenRejected({ code: 'before_creation', at: EARLIER, createdAt: JANUARY });
  });
});

describe('closing a link', () => {
  it('belongs to nobody from then on, until it is given again', () => {
    given(issued()).when(CLOSE).then(closed());
    given(issued(), closed())
      .when(move('southwind', MARCH))
      .then(
        told('LinkMoved', MARCH, { owner: 'southwind' }, [
          step(JANUARY, 'northwind'),
          step(FEBRUARY, null),
          step(MARCH, 'southwind'),
        ]),
      );
  });

  it('refuses to close it twice', () => {
    given(issued(), closed())
      .when({ ...CLOSE, effectiveAt: MARCH })
      .thenRejected({ code: 'already_closed' });
    given().when(CLOSE).thenRejected({ code: 'link_unknown' });
  });
});

const EARLIER = instant('2025-12-01T00:00:00Z');
const JANUARY = instant('2026-01-01T00:00:00Z');
const FEBRUARY = instant('2026-02-01T00:00:00Z');
const MARCH = instant('2026-03-01T00:00:00Z');
const APRIL = instant('2026-04-01T00:00:00Z');

const IDENTITY: LinkIdentity = { kind: 'link', link: 'summer', system: null, code: 'summer' };
const MAIN = (owner: string | null): LinkValue => ({ owner, programme: 'main' });

const step = (at: Instant, owner: string | null): Step<LinkValue> => ({ at, value: MAIN(owner) });

const issue = (): LinkCommand => ({
  type: 'IssueLink',
  ...IDENTITY,
  owner: 'northwind',
  programme: 'main',
  effectiveAt: JANUARY,
  receivedAt: APRIL,
});

const move = (owner: string, effectiveAt: Instant): LinkCommand => ({
  type: 'MoveLink',
  kind: 'link',
  link: 'summer',
  owner,
  effectiveAt,
  receivedAt: APRIL,
});

const CLOSE: LinkCommand = {
  type: 'CloseLink',
  kind: 'link',
  link: 'summer',
  effectiveAt: FEBRUARY,
  receivedAt: APRIL,
};

const told = (
  type: LinkEvent['type'],
  at: Instant,
  changed: Partial<LinkValue>,
  steps: Step<LinkValue>[],
): LinkEvent => ({ type, data: { ...IDENTITY, at, changed, steps }, occurredAt: APRIL });

const issued = (): LinkEvent =>
  told('LinkIssued', JANUARY, MAIN('northwind'), [step(JANUARY, 'northwind')]);

const closed = (): LinkEvent =>
  told('LinkClosed', FEBRUARY, { owner: null }, [step(JANUARY, 'northwind'), step(FEBRUARY, null)]);

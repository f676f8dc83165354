import type { Recorded } from '@tributary/kernel';
import type { EarningsCommand } from './commands';
import { earnings } from './decide';
import {
  Window,
  agreed,
  learned,
  line,
  noon,
  partnerIs,
  programme,
  published,
  windowOf,
} from './earnings.fixture';
import { WindowRecheck } from './recheck';
import { initialEarnings } from './state';

const TERMS = [agreed(), partnerIs(), programme(), published()];
const sale = learned(line(noon('03-05'), 100_000));

/** Each command is one append, as the runner makes them. */
function recheck(commands: readonly EarningsCommand[]): readonly string[] {
  let state = initialEarnings;
  const check = new WindowRecheck();
  const found: string[] = [];
  for (const [i, command] of commands.entries()) {
    const decision = earnings.decide(command, state);
    if ('rejected' in decision) throw new Error(decision.rejected.code);
    for (const event of decision.events) {
      state = earnings.evolve(state, event);
      const recorded = { ...event, commandId: String(i) } as unknown as Recorded;
      found.push(...check.take(recorded).map(({ detail }) => detail));
    }
  }
  return [...found, ...check.finish().map(({ detail }) => detail)];
}

describe('deciding a window once more', () => {
  it('finds nothing wrong with what payouts has decided about a line that was disputed', () => {
    const window = Window.after(...TERMS, sale);
    const posted = window.events.find(({ type }) => type === 'CommissionPosted');
    if (posted?.type !== 'CommissionPosted') throw new Error('A sale is posted.');
    const decision: EarningsCommand = {
      type: 'TakeDecision',
      id: windowOf(),
      line: posted.data.lineId,
      override: 'd1',
      amount: '0',
      proposedBy: 'ana',
      by: 'bea',
      receivedAt: noon('04-05'),
    };
    expect(recheck([sale, ...TERMS, decision])).toEqual([]);
  });

  it('finds nothing wrong with what is released, though a hold stood on the day of the last of it', () => {
    const released = heldForAWhile().filter(({ type }) => type === 'CommissionReleased');
    expect(released.map(({ occurredAt }) => occurredAt.slice(0, 10))).toEqual([
      '2026-03-19',
      '2026-04-03',
    ]);
    expect(found(heldForAWhile())).toEqual([]);
  });

  it.each<[string, (event: Recorded) => Recorded, RegExp]>([
    ['another day', (event) => ({ ...event, occurredAt: noon('04-04') }), /different: occurredAt$/],
    ['another sum', (event) => withData(event, { amount: '1' }), /different: amount$/],
    ['another hold', (event) => withData(event, { until: noon('03-01') }), /different: until$/],
  ])('names a release that says %s', (_, change, detail) => {
    const events = heldForAWhile();
    const victim = events.find(({ type }) => type === 'CommissionReleased');
    const forged = events.map((event) => (event === victim ? change(event) : event));
    expect(found(forged)[0]).toMatch(detail);
  });

  it('names a release of what was held', () => {
    const events = heldForAWhile();
    const lifted = events.findIndex(({ type }) => type === 'HoldLifted');
    const early = events.filter(({ type }, i) => type !== 'CommissionReleased' || i < lifted);
    const [release] = events.filter(({ type }) => type === 'CommissionReleased');
    const forged = early.toSpliced(lifted, 0, { ...(release as Recorded), commandId: 'forged' });
    expect(found(forged)[0]).toMatch(/follows from nothing that the stream knows$/);
  });
});

const withData = (event: Recorded, data: Recorded['data']): Recorded => ({
  ...event,
  data: { ...event.data, ...data },
});

/** Two lines, one of which somebody has held from after its own hold until after that of the other. */
function heldForAWhile(): readonly Recorded[] {
  const other = learned(line(noon('03-20'), 50_000));
  const window = Window.after(...TERMS, sale, other);
  const posted = window.events.find(({ type }) => type === 'CommissionPosted');
  if (posted?.type !== 'CommissionPosted') throw new Error('A sale is posted.');
  const on = { id: windowOf(), line: posted.data.lineId, hold: 'h1', by: 'ana' };
  const placed = { reason: 'fraud', owner: 'risk', condition: 'the review is done' } as const;
  window.run({ ...on, ...placed, type: 'PlaceHold', receivedAt: noon('03-25') });
  window.run({ ...on, type: 'LiftHold', note: 'reviewed', receivedAt: noon('04-05') });
  window.run({ type: 'ReleaseHolds', id: windowOf(), asOf: noon('04-10'), by: 'finance' });
  return window.appends.flatMap((events, i) =>
    events.map((event) => ({ ...event, commandId: String(i) }) as unknown as Recorded),
  );
}

function found(events: readonly Recorded[]): readonly string[] {
  const check = new WindowRecheck();
  return [...events.flatMap((event) => check.take(event)), ...check.finish()].map(
    ({ detail }) => detail,
  );
}

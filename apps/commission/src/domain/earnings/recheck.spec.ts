import { type Instant, type JsonObject, type Recorded, sha256Hex } from '@tributary/kernel';
import type { EarningsCommand, LearnTerm } from './commands';
import { earnings } from './decide';
import {
  SIGNED,
  Window,
  agreed,
  learned,
  line,
  noon,
  partnerIs,
  planOf,
  programme,
  published,
  windowOf,
} from './earnings.fixture';
import { type Difference, WindowRecheck } from './recheck';
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

const OURS = WindowRecheck.engineHash;
const OTHER = sha256Hex('another engine');
/** Approved before anything was sold, for sales from then on. */
const APRIL = noon('04-01');

describe('a posting that is missing', () => {
  it.each([
    ['this engine', [approved(1, OURS)], OURS],
    ['another engine', [approved(1, OTHER)], OTHER],
    ['another engine, and this one since', [approved(1, OTHER), approved(2, OURS, APRIL)], OTHER],
    ['this engine, and another one since', [approved(1, OURS), approved(2, OTHER, APRIL)], OURS],
  ])('is of the engine of the version that governs it: %s', (_, plans, engineHash) => {
    const window = Window.after(...plans, ...WITHOUT_PLAN, sale);
    expect(differencesWithoutPosting(window)).toEqual([
      { at: expect.anything(), detail: expect.stringMatching(/^missing: .* 25000 /), engineHash },
    ]);
  });

  it.each([
    ['this engine', [approved(1, OURS, APRIL)], OURS],
    ['another engine', [approved(1, OTHER, APRIL)], OTHER],
    ['this engine since', [approved(1, OTHER, APRIL), approved(2, OURS, APRIL)], OURS],
    ['another one since', [approved(1, OURS, APRIL), approved(2, OTHER, APRIL)], OTHER],
    ['told late', [approved(2, OTHER, APRIL), approved(1, OURS, APRIL)], OTHER],
  ])('and that no version governs, of that of the last approved: %s', (_, plans, engineHash) => {
    const window = Window.after(...plans, ...WITHOUT_PLAN, sale);
    const explained = window.events.findLast(({ type }) => type === 'EarningExplained');
    if (explained?.type !== 'EarningExplained') throw new Error('Why it earns nothing is told.');
    expect(explained.data.reason).toBe('no_plan');
    const { lineId } = explained.data;
    window.run({ ...DECIDED, type: 'TakeDecision', id: windowOf(), line: lineId });
    expect(window.months()).toEqual({ '2026-04': 1_000 });
    expect(differencesWithoutPosting(window)).toEqual([
      { at: expect.anything(), detail: expect.stringMatching(/^missing: .* 1000 /), engineHash },
    ]);
  });
});

const WITHOUT_PLAN = [agreed(), partnerIs(), programme()];
const DECIDED = {
  override: 'd1',
  amount: '1000',
  proposedBy: 'ana',
  by: 'bea',
  receivedAt: noon('04-05'),
};

function approved(version: number, engineHash: string, from: Instant = SIGNED): LearnTerm {
  const { told, ...command } = published(planOf(undefined, { version }));
  const [{ at, value }] = told.data['steps'] as unknown as [{ at: string; value: JsonObject }];
  const data = { steps: [{ at, from, value: { ...value, engineHash } }] };
  return { ...command, told: { ...told, data } };
}

/** Of the window up to the append of its only posting, as if that append had held none. */
function differencesWithoutPosting(window: Window): readonly Difference[] {
  const events = recordedOf(window);
  const posted = events.filter(({ type }) => type === 'CommissionPosted');
  expect(posted).toHaveLength(1);
  const end = events.findLastIndex(({ commandId }) => commandId === posted[0]?.commandId) + 1;
  const left = events.slice(0, end).filter((event) => event !== posted[0]);
  expect(left.at(-1)?.commandId).toBe(posted[0]?.commandId);
  return differencesIn(left);
}

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
  return recordedOf(window);
}

const recordedOf = ({ appends }: Window): readonly Recorded[] =>
  appends.flatMap((events, i) =>
    events.map((event) => ({ ...event, commandId: String(i) }) as unknown as Recorded),
  );

const found = (events: readonly Recorded[]): readonly string[] =>
  differencesIn(events).map(({ detail }) => detail);

function differencesIn(events: readonly Recorded[]): readonly Difference[] {
  const check = new WindowRecheck();
  return [...events.flatMap((event) => check.take(event)), ...check.finish()];
}

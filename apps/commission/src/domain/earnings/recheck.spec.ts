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
});

import type { Rule } from '../../../engines/v1/plan';
import type { EarningsCommand } from './commands';
import {
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
import { topicOfMeasures } from './topics';

const bonus = (amount: string): Rule => ({
  id: 'ref1',
  group: 'bonus',
  stack: true,
  pay: {
    kind: 'bonus',
    amount,
    once: 'calendar_quarter',
    when: { count: 'lead.accepted', gte: 1 },
    approval: true,
  },
});
const id = windowOf();
const TERMS = [agreed(), partnerIs(), programme(), published(planOf([bonus('500000')]))];

/** The one lead, as it is counted from those days on. */
const lead = (...counts: readonly (readonly [day: string, count: number])[]): EarningsCommand => ({
  type: 'LearnTerm',
  id,
  told: {
    topic: topicOfMeasures('p1'),
    key: 'lead.accepted l1',
    revision: counts.length,
    data: {
      partner: 'p1',
      measure: 'lead.accepted',
      subject: 'l1',
      steps: counts.map(([day, count]) => ({ at: noon(day), value: { count, amount: 0 } })),
    },
  },
  at: noon(counts.at(-1)?.[0] ?? '01-01'),
});
const open: EarningsCommand = {
  type: 'OpenWindow',
  id,
  zone: 'America/Sao_Paulo',
  at: noon('01-05'),
};
const release = (day: string): EarningsCommand => ({
  type: 'ReleaseHolds',
  id,
  asOf: noon(day),
  by: 'finance',
});
const lineOf = ({ events }: Window): string =>
  events.flatMap((event) => (event.type === 'CommissionPosted' ? [event.data.lineId] : []))[0] ??
  '';
const approved = (window: Window, day: string): EarningsCommand => ({
  type: 'LiftHold',
  id,
  line: lineOf(window),
  hold: 'approval',
  note: 'the leads are real',
  by: 'ana',
  receivedAt: noon(day),
});
const holds = ({ events }: Window) =>
  events.flatMap((event) =>
    event.type === 'HoldsChanged'
      ? [event.data.holds.map((hold) => `${hold.id} until ${hold.until ?? 'decided'}`)]
      : [],
  );

describe('the approval of a bonus', () => {
  const REACHED = ['02-02', 1] as const;
  const LOST = ['02-20', 0] as const;
  const AGAIN = ['03-10', 1] as const;

  it('stands for what was posted when it was given: lost and reached again, it is asked for anew', () => {
    const window = Window.after(...TERMS, open, lead(REACHED));
    window.run(approved(window, '02-10'));
    window.run(release('02-28'));
    expect([window.held(), window.released()]).toEqual([0, 500_000]);
    window.run(lead(REACHED, LOST));
    expect([window.held(), window.released()]).toEqual([0, 0]);
    window.run(lead(REACHED, LOST, AGAIN));
    window.run(release('06-30'));
    expect([window.held(), window.released()]).toEqual([500_000, 0]);
    window.run(approved(window, '07-03'));
    window.run(release('07-31'));
    expect(window.events.at(-1)).toMatchObject({
      type: 'CommissionReleased',
      occurredAt: noon('07-03'),
    });
    expect(holds(window)).toEqual([
      ['approval until decided'],
      [`approval until ${noon('02-10')}`],
      [],
      ['approval until decided'],
      [`approval until ${noon('07-03')}`],
    ]);
  });

  it('does not cover what a later version adds', () => {
    const window = Window.after(...TERMS, open, lead(REACHED));
    window.run(approved(window, '02-10'));
    window.run(release('02-28'));
    const more = planOf([bonus('800000')], { version: 2 });
    window.run(published(more, noon('01-10')));
    window.run(release('06-30'));
    expect([window.held(), window.released()]).toEqual([300_000, 500_000]);
  });

  it('stays where nothing more was posted', () => {
    const window = Window.after(...TERMS, open, lead(REACHED));
    window.run(approved(window, '02-10'));
    window.run(lead(REACHED, ['02-12', 2]));
    window.run(release('02-28'));
    expect(window.released()).toBe(500_000);
  });
});

describe('what holds a payment line before any rule pays on it', () => {
  const sale = line(noon('03-05'), 100_000, {}, [noon('03-10'), { disputed: true }]);

  it('is told again with the line that is posted for it, so that whoever follows the books finds it', () => {
    const window = Window.after(open, learned(sale), agreed(), partnerIs(), programme());
    const told = () =>
      window.events.flatMap((event) => (event.type === 'HoldsChanged' ? [event.data.lineIds] : []));
    expect(told()).toEqual([[]]);
    window.run(published());
    expect(told()).toEqual([[], [lineOf(window)]]);
  });

  it('is told again where another rule pays on it from now on', () => {
    const window = Window.after(...TERMS.slice(0, 3), published(), open, learned(sale));
    const other = planOf([{ id: 'other', group: 'base', pay: { kind: 'percent', bp: 1_000 } }], {
      version: 2,
    });
    window.run(published(other, noon('01-10')));
    const lineIds = window.events.flatMap((event) =>
      event.type === 'HoldsChanged' ? [event.data.lineIds] : [],
    );
    const posted = window.events.flatMap((event) =>
      event.type === 'CommissionPosted' ? [event.data.lineId] : [],
    );
    expect(new Set(lineIds.at(-1))).toEqual(new Set(posted));
    expect(lineIds.at(-1)).toHaveLength(2);
  });
});

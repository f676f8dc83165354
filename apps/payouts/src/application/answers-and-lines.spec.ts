import type { CommandBus } from '@nestjs/cqrs';
import { MemoryEventLog } from '@tributary/event-log';
import type { FeedEvent } from '@tributary/feeds';
import { CommandRunner } from '@tributary/kernel';
import { OF, RESERVED, STREAM, instruct, itemIn } from '../domain/account/account.fixture';
import { account } from '../domain/account/decide';
import type { AccountEvent } from '../domain/account/events';
import type { RailCommand } from '../domain/rail/commands';
import { rail } from '../domain/rail/decide';
import { type RailEvent, railStreamOf } from '../domain/rail/events';
import { RAIL, settings } from '../domain/rail/file.fixture';
import type { BankAnswer } from '../domain/rail/file-events';
import { AT, RailBook, listed, naming, statement } from '../domain/rail/rail.fixture';
import type { DecideAccount } from './accounts';
import { specCause } from './causes.fixture';
import { Delivery } from './delivery.fixture';
import { accountsTold } from './file-answers';
import { type DecideRail, matchesTold } from './matching';

const ITEM = itemIn('r');
const RAIL_STREAM = railStreamOf('acme', RAIL);
const BY_HAND = { rail: RAIL, line: 'line', by: 'anna', reason: 'seen', at: AT } as const;

/** Keeps what it is told, to tell it to another. */
class Dictation extends RailBook {
  readonly said: RailCommand[] = [];

  override tell(...commands: readonly RailCommand[]): this {
    this.said.push(...commands);
    return super.tell(...commands);
  }
}

type Step = BankAnswer | 'matched' | 'shown' | 'taken back';

/** What the rail is told until it has come to all that, in this order. */
function toldOf(steps: readonly Step[]): readonly RailCommand[] {
  const of = { rail: RAIL, settings, opening: '100000', on: '2026-04-01', by: 'anna' };
  const book = new Dictation().tell({ type: 'RegisterPayingAccount', ...of, openedAt: AT });
  book.sends([{ ...listed(ITEM, '24625'), partner: OF.partner }]);
  for (const step of steps) {
    if (step === 'shown')
      book.reads(statement('100000', [naming('line', ITEM, { amount: '24625' })]));
    else if (step === 'taken back') book.tell({ type: 'UnmatchLine', ...BY_HAND });
    else if (step === 'matched')
      book.tell({ type: 'MatchByHand', ...BY_HAND, kind: 'settled', items: [ITEM] });
    else book.hears({ item: ITEM, answer: step, codes: ['AG'] });
    expect(book.rejected).toBeNull();
  }
  return book.said;
}

const WHO = { ItemsAnswered: 'answers', LineUnmatched: 'lines', LinesMatched: 'lines' } as const;
type Turn = (typeof WHO)[keyof typeof WHO];

/** Of two who each keep their order, every way in which they may take turns. */
function waysOf(answers: number, lines: number): readonly (readonly Turn[])[] {
  if (answers === 0 && lines === 0) return [[]];
  return [
    ...(answers > 0 ? waysOf(answers - 1, lines).map((rest) => ['answers', ...rest] as const) : []),
    ...(lines > 0 ? waysOf(answers, lines - 1).map((rest) => ['lines', ...rest] as const) : []),
  ];
}

/** One account and the rail that pays it, with the two who tell the one what the other knows. */
class Circle {
  private readonly log = new MemoryEventLog({ now: () => Date.parse(AT) });
  private readonly runner = new CommandRunner(this.log, { now: () => Date.parse(AT) });
  private readonly bus = {
    execute: ({ command, context }: DecideAccount | DecideRail) =>
      'account' in command
        ? this.runner.run(account, STREAM, command, context.cause)
        : this.runner.run(rail, RAIL_STREAM, command, context.cause),
  } as CommandBus;
  private readonly deliveries = {
    answers: new Delivery(this.log, accountsTold(this.bus, { log: this.log, runner: this.runner })),
    lines: new Delivery(this.log, matchesTold(this.bus)),
  };

  static async knows(steps: readonly Step[]): Promise<Circle> {
    const circle = new Circle();
    let sent = 0;
    for (const command of [...RESERVED, instruct('r')])
      await circle.runner.run(account, STREAM, command, specCause((sent += 1)));
    for (const command of toldOf(steps))
      await circle.runner.run(rail, RAIL_STREAM, command, specCause((sent += 1)));
    return circle;
  }

  async turns(): Promise<readonly (readonly [Turn, FeedEvent])[]> {
    const turns: [Turn, FeedEvent][] = [];
    for await (const { events } of this.log.readAll(0n))
      for (const event of events)
        if (event.type in WHO) turns.push([WHO[event.type as keyof typeof WHO], event]);
    return turns;
  }

  /** Each tells what is next for it when it is its turn; then whatever came of that. */
  async tell(way: readonly Turn[]): Promise<void> {
    const left = [...(await this.turns())];
    for (const turn of way) {
      const place = left.findIndex(([whose]) => whose === turn);
      for (const [, event] of left.splice(place, 1))
        expect(await this.deliveries[turn].of(event)).toEqual([]);
    }
    for (let i = 0; i < 3; i += 1)
      for (const delivery of Object.values(this.deliveries))
        expect(await delivery.next()).toEqual([]);
  }

  async stands() {
    let [of, on] = [account.initial, rail.initial];
    for await (const event of this.log.read(STREAM))
      of = account.evolve(of, event as unknown as AccountEvent);
    for await (const event of this.log.read(RAIL_STREAM))
      on = rail.evolve(on, event as unknown as RailEvent);
    const { payable, inFlight, settled } = of.sums;
    const breaks = on.breaks.entries().map(([id]) => id);
    return {
      status: of.items.get(ITEM)?.status,
      sums: { payable, inFlight, settled },
      settledBy: on.items.get(ITEM)?.settledBy,
      breaks: breaks.sort(),
    };
  }
}

describe('what the bank answers, and what its statement shows, told by two who do not wait for one another', () => {
  it.each<readonly [string, readonly Step[]]>([
    ['settled', ['accepted', 'shown']],
    ['settled', ['shown', 'accepted', 'unknown']],
    ['settled', ['shown', 'rejected']],
    ['settled', ['shown', 'rejected', 'accepted']],
    ['rejected', ['shown', 'rejected', 'taken back']],
    ['rejected', ['shown', 'taken back', 'rejected']],
    ['rejected', ['shown', 'taken back', 'rejected', 'accepted']],
    ['rejected', ['shown', 'rejected', 'taken back', 'accepted']],
    ['rejected', ['shown', 'rejected', 'accepted', 'taken back', 'rejected']],
    ['instructed', ['shown', 'rejected', 'accepted', 'taken back']],
    ['instructed', ['shown', 'claimed_paid', 'rejected', 'taken back']],
    ['settled', ['shown', 'taken back', 'matched', 'rejected']],
    ['settled', ['shown', 'rejected', 'accepted', 'taken back', 'matched']],
  ])('leave a payment %s after %j, whoever is faster', async (status, steps) => {
    const count = (turns: Awaited<ReturnType<Circle['turns']>>, who: Turn) =>
      turns.filter(([turn]) => turn === who).length;
    const turns = await (await Circle.knows(steps)).turns();
    const told: unknown[] = [];
    for (const way of waysOf(count(turns, 'answers'), count(turns, 'lines'))) {
      const circle = await Circle.knows(steps);
      await circle.tell(way);
      told.push(await circle.stands());
    }
    expect(told[0]).toMatchObject({ status });
    expect(new Set(told.map((each) => JSON.stringify(each))).size).toBe(1);
  });
});

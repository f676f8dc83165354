import type { CommandBus } from '@nestjs/cqrs';
import { MemoryEventLog } from '@tributary/event-log';
import { CommandRunner, type Outcome, type StreamName } from '@tributary/kernel';
import { specCause } from './causes.fixture';
import { Delivery } from './delivery.fixture';
import { OF, RESERVED, STREAM, instruct, itemIn } from '../domain/account/account.fixture';
import type { AccountCommand } from '../domain/account/commands';
import { account } from '../domain/account/decide';
import type { AccountEvent } from '../domain/account/events';
import type { RailCommand } from '../domain/rail/commands';
import { rail } from '../domain/rail/decide';
import { type RailEvent, railStreamOf } from '../domain/rail/events';
import { RAIL, settings } from '../domain/rail/file.fixture';
import { AT, RailBook, listed, naming, statement } from '../domain/rail/rail.fixture';
import { lineOf } from '../domain/rail/state';
import type { DecideAccount } from './accounts';
import { type DecideRail, matchesTold } from './matching';

const ITEM = itemIn('r');
const LINE = 'line';
const RAIL_STREAM = railStreamOf('acme', RAIL);

/** Keeps what it is told, to tell it to another. */
class Dictation extends RailBook {
  readonly said: RailCommand[] = [];

  override tell(...commands: readonly RailCommand[]): this {
    this.said.push(...commands);
    return super.tell(...commands);
  }
}

/** A rail whose statement shows a payment that it has sent. */
function shown(): readonly RailCommand[] {
  const of = { rail: RAIL, settings, opening: '100000', on: '2026-04-01', by: 'anna' };
  const book = new Dictation().tell({ type: 'RegisterPayingAccount', ...of, openedAt: AT });
  book.sends([{ ...listed(ITEM, '24625'), partner: OF.partner }]);
  return book.reads(statement('100000', [naming(LINE, ITEM, { amount: '24625' })])).said;
}

/** One account and the rail that pays it, with what the one tells the other. */
class Pair {
  private readonly log = new MemoryEventLog({ now: () => Date.parse(AT) });
  private readonly runner = new CommandRunner(this.log, { now: () => Date.parse(AT) });
  private readonly told = matchesTold({
    execute: ({ command, context }: DecideAccount | DecideRail) =>
      'account' in command
        ? this.runner.run(account, STREAM, command, context.cause)
        : this.runner.run(rail, RAIL_STREAM, command, context.cause),
  } as CommandBus);
  private readonly delivery = new Delivery(this.log, this.told);
  private sent = 0;

  /** `item` is reserved, and not instructed as far as its account knows. */
  static async begun(): Promise<Pair> {
    const pair = new Pair();
    for (const command of RESERVED) await pair.account(command);
    for (const command of shown()) await pair.rail(command);
    return pair;
  }

  account = async (command: AccountCommand): Promise<void> =>
    accepted(await this.runner.run(account, STREAM, command, this.cause()));

  rail = async (command: RailCommand): Promise<void> =>
    accepted(await this.runner.run(rail, RAIL_STREAM, command, this.cause()));

  unmatched = (): Promise<void> => this.rail({ type: 'UnmatchLine', ...BY_HAND });
  matched = (): Promise<void> =>
    this.rail({ type: 'MatchByHand', ...BY_HAND, kind: 'settled', items: [ITEM] });

  /** What has happened since, or all of it once more; the outcomes that would park it. */
  delivers = (again = false): Promise<readonly string[]> => this.delivery.next(again);

  /** As the account and the rail have it. */
  async stands(): Promise<readonly (string | null | undefined)[]> {
    let [of, on] = [account.initial, rail.initial];
    for await (const event of this.events(STREAM))
      of = account.evolve(of, event as unknown as AccountEvent);
    for await (const event of this.events(RAIL_STREAM))
      on = rail.evolve(on, event as unknown as RailEvent);
    const { match, break: open } = lineOf(on, LINE);
    return [of.items.get(ITEM)?.status, match?.tier, open];
  }

  private events = (stream: StreamName) => this.log.read(stream);

  private cause() {
    this.sent += 1;
    return specCause(this.sent);
  }
}

const BY_HAND = { rail: RAIL, line: LINE, by: 'anna', reason: 'as the bank says', at: AT } as const;

function accepted(outcome: Outcome): void {
  if (outcome.kind === 'rejected') throw new Error(JSON.stringify(outcome.rejected));
}

describe('a match that its account does not book', () => {
  it('is a break, which a person can mend once the account knows more', async () => {
    const pair = await Pair.begun();
    await pair.delivers();
    await pair.delivers();
    expect(await pair.stands()).toEqual(['reserved', undefined, `B07.${LINE}`]);
    await pair.account(instruct('r'));
    await pair.matched();
    await pair.delivers();
    expect(await pair.stands()).toEqual(['settled', 'manual', null]);
  });

  it('stays refused, and what came of it later stays too, when all of it is delivered again', async () => {
    const pair = await Pair.begun();
    await pair.delivers();
    await pair.delivers();
    await pair.account(instruct('r'));
    await pair.matched();
    await pair.delivers();
    expect(await pair.delivers(true)).toEqual([]);
    expect(await pair.delivers()).toEqual([]);
    expect(await pair.stands()).toEqual(['settled', 'manual', null]);
  });

  it('may be taken back by a person in the same moment, and matched anew, and that stays as well', async () => {
    const pair = await Pair.begun();
    await pair.unmatched();
    await pair.delivers();
    await pair.account(instruct('r'));
    await pair.matched();
    await pair.delivers();
    expect(await pair.stands()).toEqual(['settled', 'manual', null]);
    expect(await pair.delivers(true)).toEqual([]);
    expect(await pair.delivers()).toEqual([]);
    expect(await pair.stands()).toEqual(['settled', 'manual', null]);
  });
});

import type { CommandBus } from '@nestjs/cqrs';
import { MemoryEventLog } from '@tributary/event-log';
import { happened } from '@tributary/feeds/testing';
import { CommandRunner, type Outcome, instant, sha256Hex } from '@tributary/kernel';
import {
  OF,
  RESERVED,
  STREAM,
  instruct,
  itemIn,
  runOf,
  settle,
  unsettle,
} from '../domain/account/account.fixture';
import type { AccountCommand } from '../domain/account/commands';
import { account } from '../domain/account/decide';
import type { AccountEvent } from '../domain/account/events';
import type { RailCommand } from '../domain/rail/commands';
import { rail } from '../domain/rail/decide';
import { type RailEvent, railStreamOf } from '../domain/rail/events';
import { RAIL, settings } from '../domain/rail/file.fixture';
import type { AfterVoid, BankAnswer } from '../domain/rail/file-events';
import { AT, listed } from '../domain/rail/rail.fixture';
import { specCause } from './causes.fixture';
import { Delivery } from './delivery.fixture';
import { accountsTold } from './file-answers';
import { commandsOfFile, fileIdOf } from './file-reactions';
import type { DecideFile } from './files';

const ITEM = itemIn('r');
const RUN = runOf('r');
const KIND = 'ted';
const FIRST = fileIdOf(RUN, KIND, null);
const SECOND = fileIdOf(RUN, KIND, 1);
const RAIL_STREAM = railStreamOf('acme', RAIL);
const on = { rail: RAIL, at: AT } as const;

/** One account, and a rail with a file of its payment, of which the bank says something. */
class Sent {
  private readonly log = new MemoryEventLog({ now: () => Date.parse(AT) });
  private readonly runner = new CommandRunner(this.log, { now: () => Date.parse(AT) });
  private readonly told = accountsTold(
    {
      execute: ({ command, context }: DecideFile) =>
        this.runner.run(rail, RAIL_STREAM, command, context.cause),
    } as CommandBus,
    { log: this.log, runner: this.runner },
  );
  private readonly delivery = new Delivery(this.log, this.told);
  private commands = 0;

  static async begun(): Promise<Sent> {
    const sent = new Sent();
    for (const command of [...RESERVED, instruct('r')]) await sent.account(command);
    const opened = { opening: '100000', on: '2026-04-01', openedAt: AT, by: 'anna' };
    await sent.rail({ type: 'RegisterPayingAccount', rail: RAIL, settings, ...opened });
    const numbered = { ...on, file: FIRST, run: RUN, kind: KIND };
    const item = { ...listed(ITEM, '24625'), partner: OF.partner };
    const file = { ...numbered, payOn: '2026-04-15', replaces: null };
    for (const command of commandsOfFile(file, [item])) await sent.rail(command);
    await sent.delivers();
    return sent;
  }

  account = async (command: AccountCommand): Promise<void> =>
    accepted(await this.runner.run(account, STREAM, command, this.cause()));

  rail = async (command: RailCommand): Promise<void> =>
    accepted(await this.runner.run(rail, RAIL_STREAM, command, this.cause()));

  async voids(then: AfterVoid, approvedAt = AT): Promise<void> {
    const said = { evidence: ['mail 17'], then, payOn: '2026-04-16' };
    await this.rail({ type: 'ProposeFileVoid', ...on, sequence: 1, ...said, by: 'anna' });
    const approval = { type: 'ApproveFileVoid', rail: RAIL, sequence: 1, by: 'bert' } as const;
    await this.rail({ ...approval, at: approvedAt });
  }

  /** Of the first file. */
  async hears(answer: BankAnswer): Promise<void> {
    const hash = sha256Hex(answer);
    const read = { sha256: hash, sequence: 1, fileRefused: [], count: 1, warnings: [], by: 'anna' };
    await this.rail({ type: 'NoteReturnFile', ...on, ...read });
    const said = { item: ITEM, answer, codes: ['AG'], amount: null, bankReference: null, on: null };
    const answers = { return: hash, chunk: 0, answers: [said] };
    await this.rail({ type: 'AnswerItems', ...on, ...answers });
  }

  /** As an earlier release wrote it, which compared an answer with no void. */
  async hasHeard(answer: BankAnswer): Promise<readonly string[]> {
    const of = { rail: RAIL, entity: OF.entity, asset: OF.asset };
    const said = { item: ITEM, partner: OF.partner, file: FIRST, answer, codes: ['AG'] };
    const answers = [{ ...said, bankReference: null, on: null }];
    const data = { ...of, return: sha256Hex(answer), chunk: 0, answers, foreign: [] };
    const outcomes = happened({ type: 'ItemsAnswered', stream: RAIL_STREAM, data }).map((event) =>
      this.delivery.of(event),
    );
    return (await Promise.all(outcomes)).flat();
  }

  /** What has happened on the rail since; the outcomes that would park it. */
  delivers = (): Promise<readonly string[]> => this.delivery.next();

  /** Of the item, by its account. */
  async status(): Promise<string | undefined> {
    let of = account.initial;
    for await (const event of this.log.read(STREAM))
      of = account.evolve(of, event as unknown as AccountEvent);
    return of.items.get(ITEM)?.status;
  }

  async onRail() {
    let state = rail.initial;
    for await (const event of this.log.read(RAIL_STREAM))
      state = rail.evolve(state, event as unknown as RailEvent);
    return state;
  }

  private cause() {
    this.commands += 1;
    return specCause(this.commands);
  }
}

function accepted(outcome: Outcome): void {
  if (outcome.kind === 'rejected') throw new Error(JSON.stringify(outcome.rejected));
}

describe('telling an account what the bank says against its own statement', () => {
  it('makes it payable once the line of the statement is taken back', async () => {
    const sent = await Sent.begun();
    await sent.account(settle('r', 24_625));
    await sent.hears('rejected');
    expect(await sent.delivers()).toEqual([]);
    expect(await sent.status()).toBe('settled');
    await sent.account(unsettle('paid r'));
    expect(await sent.status()).toBe('rejected');
  });
});

describe('telling accounts what the bank says of a voided file', () => {
  const answers = ['accepted', 'claimed_paid', 'rejected', 'unknown'] as const;

  it.each(answers)('goes on where an item that was given back is %s after all', async (answer) => {
    const sent = await Sent.begun();
    await sent.voids('back');
    expect(await sent.delivers()).toEqual([]);
    await sent.hears(answer);
    expect(await sent.delivers()).toEqual([]);
    expect(await sent.hasHeard(answer)).toEqual([]);
    expect(await sent.status()).toBe('cancelled');

    const breaks = (await sent.onRail()).breaks.entries().map(([id]) => id);
    expect(breaks).toEqual(answer === 'rejected' ? [] : [`B15.${ITEM}`]);
  });

  it('sends nothing again that the bank claims to have paid, before it could be listed', async () => {
    const sent = await Sent.begun();
    await sent.voids('new_file');
    await sent.hears('claimed_paid');
    expect(await sent.delivers()).toEqual([]);
    const { files, breaks } = await sent.onRail();
    expect(files.items.get(ITEM)).toMatchObject({ file: FIRST, state: 'unknown' });
    expect(files.files.get(SECOND)).toMatchObject({ count: 0, total: '0', listed: 0 });
    expect(breaks.entries().map(([id]) => id)).toEqual([`B15.${ITEM}`]);
    // Neither payable nor paid, until a statement shows it or the bank takes its word back.
    expect(await sent.status()).toBe('instructed');
    await sent.hears('rejected');
    expect(await sent.delivers()).toEqual([]);
    expect(await sent.status()).toBe('rejected');
  });

  it('sends nothing again of which the bank has taken its claim back, before it could be listed', async () => {
    const sent = await Sent.begun();
    await sent.voids('new_file');
    await sent.hears('claimed_paid');
    await sent.hears('rejected');
    expect(await sent.delivers()).toEqual([]);
    const { files, breaks } = await sent.onRail();
    expect(files.files.get(SECOND)).toMatchObject({ count: 0, total: '0', listed: 0 });
    expect(breaks.size).toBe(0);
    expect(await sent.status()).toBe('rejected');
  });

  it('is owed again once two persons have declared it unpaid, and not before', async () => {
    const sent = await Sent.begun();
    await sent.voids('new_file');
    await sent.hears('claimed_paid');
    expect(await sent.delivers()).toEqual([]);
    const proposal = {
      type: 'ProposeItemUnpaid',
      ...on,
      item: ITEM,
      evidence: ['letter'],
    } as const;
    const approval = { type: 'ApproveItemUnpaid', ...on, item: ITEM } as const;
    await sent.rail({ ...proposal, by: 'anna' });
    await expect(sent.rail({ ...approval, by: 'anna' })).rejects.toThrow('same_person');
    expect(await sent.delivers()).toEqual([]);
    expect(await sent.status()).toBe('instructed');
    await sent.rail({ ...approval, by: 'bert' });
    expect(await sent.delivers()).toEqual([]);
    expect(await sent.status()).toBe('rejected');
    expect((await sent.onRail()).breaks.size).toBe(0);
    // Should it have paid it after all, somebody is asked.
    await sent.hears('accepted');
    expect(await sent.delivers()).toEqual([]);
    expect(await sent.status()).toBe('rejected');
    expect((await sent.onRail()).breaks.entries().map(([id]) => id)).toEqual([`B15.${ITEM}`]);
  });

  it('sends nothing again that a statement shows, before it could be taken back', async () => {
    const sent = await Sent.begun();
    await sent.voids('new_file');
    await sent.account(settle('r', 24_625));
    expect(await sent.delivers()).toEqual([]);
    expect(await sent.status()).toBe('settled');
    expect((await sent.onRail()).files.lastSequence).toBe(1);
  });

  it.each([
    ['2026-04-16T12:00:00Z', '2026-04-16'],
    ['2026-04-21T02:00:00Z', '2026-04-20'],
  ])('sends it again on no day that is over when the void is approved at %s', async (at, day) => {
    const sent = await Sent.begun();
    await sent.voids('new_file', instant(at));
    expect(await sent.delivers()).toEqual([]);
    expect((await sent.onRail()).files.files.get(SECOND)).toMatchObject({ payOn: day });
  });

  it('makes nothing payable that the next file pays', async () => {
    const sent = await Sent.begun();
    await sent.voids('new_file');
    await sent.delivers();
    await sent.hears('rejected');
    expect(await sent.delivers()).toEqual([]);
    expect(await sent.status()).toBe('instructed');
    expect((await sent.onRail()).files.items.get(ITEM)).toMatchObject({
      file: SECOND,
      state: 'listed',
    });
  });
});

import { reactionSpec } from '@tributary/feeds/testing';
import { MemoryEventLog } from '@tributary/event-log';
import {
  CommandRunner,
  type DomainEvent,
  type StreamName,
  instant,
  prepare,
  uuidV5,
} from '@tributary/kernel';
import { type FileEvent, railStreamOf } from '../domain/rail/file-events';
import { registered, settings } from '../domain/rail/file.fixture';
import { runStreamOf } from '../domain/run/events';
import {
  AT,
  RUN,
  after,
  answers,
  asks,
  drafted,
  list,
  reserved,
  startLocking,
} from '../domain/run/run.fixture';
import { fileIdOf, filesOfRuns, filesWritten } from './file-reactions';

const RAIL = 'itau';
const partners = Array.from({ length: 301 }, (_, i) => `p${String(i).padStart(3, '0')}`);

/** A run of so many partners, the first of them by TED, up to the event that says that all are instructed. */
function instructedRun(names: readonly string[]): readonly DomainEvent<string, object>[] {
  const items = names.map((partner, i) => {
    const answer = reserved(partner, { gross: 1_000 + i });
    const kind = i === 0 ? ('ted' as const) : ('pix' as const);
    return {
      ...answer,
      reserved: { ...answer.reserved, method: { ...answer.reserved.method, kind } },
    };
  });
  const noted = Array.from({ length: Math.ceil(items.length / 100) }, (_, i) =>
    answers(items.slice(i * 100, (i + 1) * 100)),
  );
  const locked = [drafted(), list(...names), startLocking, ...noted];
  const { hash } = after(...locked).state;
  const [kept, gone] = [names.slice(0, -1), names.slice(-1)];
  const { events } = after(
    ...locked,
    asks('checker', { type: 'AcknowledgeFlags', flag: 'shared_account', items: null, note: 'x' }),
    asks('approver', { type: 'ApproveRun', hash }),
    asks('approver', { type: 'ReleaseRun' }),
    {
      type: 'NoteInstructions',
      run: RUN,
      instructed: kept,
      refused: gone.map((partner) => ({ partner, reason: 'suspended' })),
      at: AT,
    },
  );
  return events;
}

async function logWith(
  ...streams: readonly (readonly [StreamName, readonly DomainEvent<string, object>[]])[]
): Promise<MemoryEventLog> {
  const log = new MemoryEventLog({ now: () => Date.parse(AT) });
  for (const [stream, events] of streams) {
    for (const [i, event] of events.entries()) {
      const cause = {
        commandId: uuidV5('spec', stream, String(i)),
        fingerprint: 'spec',
        actor: 'spec',
        causationId: null,
        correlationId: 'spec',
        traceParent: null,
      };
      const id = uuidV5('event', stream, String(i));
      await log.append(stream, i === 0 ? 'none' : BigInt(i - 1), [prepare(event, cause, 0, id)]);
    }
  }
  return log;
}

const bus = undefined as never;
const runnerOf = (log: MemoryEventLog) => new CommandRunner(log, { now: () => Date.parse(AT) });
const cause = {
  actor: 'reaction:files_of_runs',
  causationId: uuidV5('event'),
  correlationId: 'spec',
  traceParent: null,
};
const stored = async (names: readonly string[]) => {
  const events = instructedRun(names);
  const [run, rail] = [runStreamOf('acme', RUN), railStreamOf('acme', RAIL)];
  const log = await logWith([run, events], [rail, [registered]]);
  const happened = events.map(({ type, data, occurredAt }) => ({
    type,
    data,
    occurredAt,
    stream: run,
  }));
  return { log, happened };
};

describe('dividing a run into files', () => {
  it('makes one of each kind, of the items that their accounts have instructed, and says the same when it is asked again', async () => {
    const { log, happened } = await stored(partners);
    const reaction = filesOfRuns({ log, runner: runnerOf(log) });
    const last = {
      ...happened.at(-1),
      tenant: 'acme',
      revision: BigInt(happened.length - 1),
    } as never;
    const steps = await reaction.on['RunInstructed']?.(last);
    expect(await reaction.on['RunInstructed']?.(last)).toEqual(steps);
    const { commands } = steps?.[0] ?? {};

    const numbered = (commands ?? []).filter(({ type }) => type === 'NumberFile');
    expect(numbered).toEqual([
      expect.objectContaining({
        file: fileIdOf(RUN, 'pix', null),
        kind: 'pix',
        count: 299,
        payOn: '2026-04-15',
      }),
      expect.objectContaining({
        file: fileIdOf(RUN, 'ted', null),
        kind: 'ted',
        count: 1,
        total: '1000',
      }),
    ]);
    const chunks = (commands ?? []).flatMap((each) =>
      each.type === 'ListFileItems' ? [each] : [],
    );
    expect(chunks.map(({ chunk, items }) => [chunk, items.length])).toEqual([
      [0, 150],
      [1, 149],
      [0, 1],
    ]);
    const listed = chunks.flatMap(({ items }) => items.map(({ partner }) => partner));
    expect([...listed].sort()).toEqual(partners.slice(0, -1));
    const bytes = chunks.map(({ items }) => Buffer.byteLength(JSON.stringify(items)));
    expect(Math.max(...bytes)).toBeLessThan(50 * 1024);
  });

  it('does not pay on a day that is over', async () => {
    const { log, happened } = await stored(['a', 'b']);
    const late = { ...happened.at(-1), occurredAt: instant('2026-04-18T02:00:00Z') };
    const event = { ...late, tenant: 'acme', revision: BigInt(happened.length - 1) } as never;
    const reaction = filesOfRuns({ log, runner: runnerOf(log) });
    const [step] = (await reaction.on['RunInstructed']?.(event)) ?? [];
    // In São Paulo it is still the evening of the 17th.
    expect(step?.commands[0]).toMatchObject({ type: 'NumberFile', payOn: '2026-04-17' });
  });

  it('writes all of it down in one append, and nothing when it is delivered again', async () => {
    const { log, happened } = await stored(partners);
    const reaction = filesOfRuns({ log, runner: runnerOf(log) });
    const event = { ...happened.at(-1), tenant: 'acme', revision: BigInt(happened.length - 1) };
    const [step] = (await reaction.on['RunInstructed']?.(event as never)) ?? [];
    if (step === undefined) throw new Error('A run with items has files.');
    const stream = railStreamOf('acme', RAIL);
    const append = jest.spyOn(log, 'append');
    const context = { ...cause, commandId: uuidV5('c'), tenant: 'acme', occurredAt: AT, stream };
    expect(await reaction.dispatch(step, context)).toEqual({ kind: 'accepted' });
    expect(append).toHaveBeenCalledTimes(1);

    // Another process knows nothing of it but what stands in the stream.
    const again = filesOfRuns({ log, runner: runnerOf(log) });
    expect(await again.dispatch(step, context)).toEqual({ kind: 'accepted' });
    const types: string[] = [];
    for await (const { type } of log.read(stream, 1n)) types.push(type);
    const listed = ['FileNumbered', 'FileItemsListed'];
    expect(types).toEqual([...listed, 'FileItemsListed', ...listed]);
  });

  it('tells the refusal of the first command that was refused', async () => {
    const { log, happened } = await stored(['a', 'b']);
    const reaction = filesOfRuns({ log, runner: runnerOf(log) });
    const event = { ...happened.at(-1), tenant: 'acme', revision: BigInt(happened.length - 1) };
    const [step] = (await reaction.on['RunInstructed']?.(event as never)) ?? [];
    if (step === undefined) throw new Error('A run with items has files.');
    const stream = railStreamOf('acme', 'nobody');
    const context = { ...cause, commandId: uuidV5('c'), tenant: 'acme', occurredAt: AT, stream };
    expect(await reaction.dispatch(step, context)).toMatchObject({
      kind: 'rejected',
      rejected: { code: 'account_unknown' },
    });
  });
});

describe('writing a file', () => {
  const of = {
    rail: RAIL,
    entity: 'main',
    asset: 'BRL/2',
    file: fileIdOf(RUN, 'pix', null),
    sequence: 1,
    run: RUN,
  };
  const numbered: Pick<FileEvent, 'data' | 'type'> = {
    type: 'FileNumbered',
    data: {
      ...of,
      kind: 'pix',
      madeAt: AT,
      payOn: '2026-04-15',
      from: settings,
      count: 2,
      total: '2',
      replaces: null,
    },
  } as never;
  const chunk = (place: number, last: boolean) => ({
    type: 'FileItemsListed',
    data: { ...of, chunk: place, last, items: [] },
    stream: 'rail-acme.itau',
  });

  it('begins once all of its items are listed', async () => {
    const { given } = reactionSpec(filesWritten(bus));
    const begun = { ...numbered, stream: 'rail-acme.itau' } as never;
    await given(begun, chunk(0, false)).thenNothing();
    const at = instant('2026-01-01T00:00:00Z');
    // Begun by another process, its place is not remembered, and the stream is read from the first event on.
    await given(begun, chunk(0, false), chunk(1, true)).then({
      type: 'WriteFile',
      rail: RAIL,
      file: of.file,
      from: 0n,
      at,
    });
  });
});

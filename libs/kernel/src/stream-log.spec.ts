import { type Cause, type PreparedEvent, type Recorded, prepare } from './envelope';
import { instant } from './instant';
import { commandMismatch, judgeRepeat, revisionConflict, unavailable } from './stream-log';
import { streamOf } from './stream-name';
import { uuidV5 } from './uuid';

const AT = instant('2026-03-01T00:00:00Z');
const STREAM = streamOf('sale', 'acme', 's1');
const cause = (command: string, fingerprint = command): Cause => ({
  commandId: uuidV5(command),
  fingerprint,
  actor: 'system',
  causationId: null,
  correlationId: 'c',
  traceParent: null,
});
const wanted = (command: string, count = 1, fingerprint?: string): PreparedEvent[] =>
  Array.from({ length: count }, (_, i) =>
    prepare(
      { type: 'Counted', data: { i }, occurredAt: AT },
      cause(command, fingerprint),
      i,
      uuidV5(command, `${i}`),
    ),
  );
const stored = (events: readonly PreparedEvent[]): Recorded[] =>
  events.map((event, i) => ({
    ...event,
    id: uuidV5('as it was drawn then', String(i)),
    stream: STREAM,
    revision: BigInt(i),
    position: BigInt(i),
    tenant: 'acme',
    recordedAt: AT,
  }));

describe('judging what stands where an append wanted to stand', () => {
  it.each<[string, PreparedEvent[], PreparedEvent[], 'replayed' | 'conflict']>([
    ['the very same command, under other ids', wanted('a', 2), wanted('a', 2), 'replayed'],
    [
      'the same two commands',
      [...wanted('a'), ...wanted('b')],
      [...wanted('a'), ...wanted('b')],
      'replayed',
    ],
    ['another command', wanted('a'), wanted('b'), 'conflict'],
    ['a part of the batch', wanted('a'), [...wanted('a'), ...wanted('b')], 'conflict'],
    ['the start of what was decided then', wanted('a', 1), wanted('a', 2), 'conflict'],
    ['the same command one place later', [...wanted('b'), ...wanted('a')], wanted('a'), 'conflict'],
    ['its events in another order', [...wanted('a', 2)].reverse(), wanted('a', 2), 'conflict'],
    ['nothing', [], wanted('a'), 'conflict'],
  ])('%s', (_what, there, now, verdict) => {
    expect(judgeRepeat(stored(there), now)).toBe(verdict);
  });

  it('shows both fingerprints where one command came with two contents', () => {
    expect(() => judgeRepeat(stored(wanted('a', 1, 'then')), wanted('a', 1, 'now'))).toThrow(
      expect.objectContaining({
        code: 'command_mismatch',
        facts: expect.objectContaining({
          accepted: 'then',
          sent: 'now',
          stream: STREAM,
          revision: 0n,
        }),
      }),
    );
  });
});

describe('telling why an append did not happen', () => {
  it('names the stream, what was expected and what is', () => {
    expect(revisionConflict(STREAM, 'none', 3n)).toMatchObject({
      code: 'revision_conflict',
      message: 'sale-acme.s1 is at 3, not at none.',
      facts: { stream: STREAM, expected: 'none', actual: 3n },
    });
    const cause = new Error('socket');
    expect(unavailable('The log', cause)).toMatchObject({ code: 'unavailable', cause });
    expect(commandMismatch(stored(wanted('a'))[0] as Recorded, 'x').code).toBe('command_mismatch');
  });
});

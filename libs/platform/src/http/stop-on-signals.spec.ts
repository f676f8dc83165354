import { EventEmitter } from 'node:events';
import { collectingLogger } from '../testing';
import { type Stoppable, stopOnSignals } from './stop-on-signals';

const NEVER = 3_600_000;

describe('being asked to stop', () => {
  it('stops once however often one key press arrives, and at once when it is pressed again later', async () => {
    const { seen, at, release, lines } = asked(NEVER);
    for (const atMs of [1000, 1010, 5000]) at(atMs, 'SIGINT');
    await turn();
    release();
    await turn();
    expect(seen).toEqual(['SIGINT', 'stop', 'abandon at once', 'exit 130']);
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { msg: 'asked again to stop, ending at once', waitingFor: ['requests'] },
    ]);
  });

  it('ends with 0 when all is closed', async () => {
    const { seen, at, release, lines } = asked(NEVER);
    at(0, 'SIGTERM');
    release();
    await turn();
    expect(seen).toEqual(['SIGTERM', 'stop', 'exit 0']);
    expect(lines).toEqual([]);
  });

  it('waits no longer than it may, says in one line for what, and ends with 1', async () => {
    const { seen, at, ended, release, lines } = asked(10);
    at(0, 'SIGTERM');
    await ended;
    release();
    await turn();
    expect(seen).toEqual(['SIGTERM', 'stop', 'abandon orderly', 'exit 1']);
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { level: 'error', limitMs: 10, waitingFor: ['requests'] },
    ]);
  });

  it('ends with 1, and leaves nothing behind, when closing fails', async () => {
    const { seen, at, fail, lines } = asked(NEVER);
    at(0, 'SIGHUP');
    fail();
    await turn();
    expect(seen).toEqual(['SIGHUP', 'stop', 'abandon orderly', 'exit 1']);
    expect(lines).toHaveLength(1);
  });
});

/** A program whose stop ends when it is told so. */
function asked(limitMs: number) {
  const seen: string[] = [];
  const { logger, lines } = collectingLogger();
  const events = new EventEmitter();
  let [release, fail, exited] = [() => {}, () => {}, () => {}];
  let nowMs = 0;
  const ended = new Promise<void>((resolve) => (exited = resolve));
  const stopped = new Promise<void>((resolve, reject) => {
    release = resolve;
    fail = () => reject(new Error('A pool does not close.'));
  });
  const program: Stoppable = {
    stop: () => (seen.push('stop'), stopped),
    abandon: (pace) => Promise.resolve(void seen.push(`abandon ${pace}`)),
    unfinished: () => ['requests'],
  };
  stopOnSignals(program, {
    ...{ events, logger, limitMs, now: () => nowMs },
    exit: (code) => {
      seen.push(`exit ${code}`);
      exited();
    },
    onBegun: (signal) => void seen.push(signal),
  });
  const at = (ms: number, signal: NodeJS.Signals) => {
    nowMs = ms;
    events.emit(signal, signal);
  };
  return { seen, lines, at, ended, release: () => release(), fail: () => fail() };
}

/** Everything that is ready has happened. */
const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

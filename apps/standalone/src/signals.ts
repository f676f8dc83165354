import type { EventEmitter } from 'node:events';

/** npm and the terminal both pass one Ctrl-C on, so a second one counts only after a moment. */
const SAME_PRESS_MS = 700;

export interface Stoppable {
  stop(): Promise<void>;
  abandon(): Promise<void>;
}

export interface Surroundings {
  readonly events: Pick<EventEmitter, 'on'>;
  readonly say: (line: string) => void;
  readonly exit: (code: number) => void;
  readonly now: () => number;
}

/** Stops on the first signal and ends at once on the second. Whatever nobody has caught stops it as well, with exit code 1. */
export function stopOnSignals(program: Stoppable, { events, say, exit, now }: Surroundings): void {
  let firstAtMs: number | undefined;
  const stop = async (code: number): Promise<void> => {
    try {
      await program.stop();
      exit(code);
    } catch (error) {
      say(`Stopping failed: ${(error as Error).stack}`);
      await abandon(1);
    }
  };
  const abandon = async (code: number): Promise<void> => {
    await program.abandon().finally(() => exit(code));
  };
  const onSignal = (name: NodeJS.Signals): void => {
    const nowMs = now();
    if (firstAtMs === undefined) {
      firstAtMs = nowMs;
      say(`${name}: finishing what has begun. Ctrl-C again ends at once.`);
      void stop(0);
    } else if (nowMs - firstAtMs > SAME_PRESS_MS) {
      say('Ending at once.');
      void abandon(130);
    }
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) events.on(name, onSignal);
  events.on('uncaughtException', (error: Error) => {
    say(`Stopping after an error that nobody caught: ${error.stack}`);
    void stop(1);
  });
}

import type { EventEmitter } from 'node:events';
import type { StructuredLogger } from '../logging/structured-logger';

/** npm and the terminal both pass one Ctrl-C on, so a second one counts only after a moment. */
const SAME_PRESS_MS = 700;
/** Longer than any `abandon` takes; whatever happens, the process ends. */
const ABANDON_LIMIT_MS = 30_000;

export interface Stoppable {
  /** Finishes what has begun, and closes everything. */
  stop(): Promise<void>;
  /** Leaves no process behind that was started here, and waits for nothing else. */
  abandon(pace: 'orderly' | 'at once'): Promise<void>;
  /** What the stop waits for, as far as that is known. */
  unfinished(): readonly string[];
}

export interface StopSurroundings {
  readonly events: Pick<EventEmitter, 'on'>;
  readonly exit: (code: number) => void;
  readonly now: () => number;
  readonly logger: StructuredLogger;
  /** How long a stop may take. Nothing is lost by ending then: what was acknowledged is stored, and the rest is taken up again. */
  readonly limitMs: number;
  readonly onBegun: (signal: NodeJS.Signals) => void;
}

/**
 * Stops on the first signal, and ends at once on the second. A stop that takes too long, because a server never answers, ends as well,
 * with exit code 1 and a line that says what it waited for.
 */
export function stopOnSignals(program: Stoppable, surroundings: StopSurroundings): SignalledStop {
  const stop = new SignalledStop(program, surroundings);
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    surroundings.events.on(name, (signal: NodeJS.Signals) => stop.onSignal(signal));
  return stop;
}

export class SignalledStop {
  private firstAtMs: number | undefined;
  private hasGivenUp = false;
  private hasEnded = false;

  constructor(
    private readonly program: Stoppable,
    private readonly surroundings: StopSurroundings,
  ) {}

  onSignal(signal: NodeJS.Signals): void {
    const { now, onBegun } = this.surroundings;
    const nowMs = now();
    if (this.firstAtMs === undefined) {
      this.firstAtMs = nowMs;
      onBegun(signal);
      void this.begin(0);
    } else if (nowMs - this.firstAtMs > SAME_PRESS_MS) {
      this.giveUp(130, 'at once', 'asked again to stop, ending at once');
    }
  }

  /** Of its own accord, or because of a signal. */
  async begin(code: number): Promise<void> {
    const { limitMs, logger } = this.surroundings;
    const limit = setTimeout(
      () => this.giveUp(1, 'orderly', 'stopping takes too long, ending without waiting'),
      limitMs,
    );
    try {
      await this.program.stop();
      if (!this.hasGivenUp) this.end(code);
    } catch (error) {
      logger.failure('could not stop cleanly', error);
      if (!this.hasGivenUp) await this.abandon(1, 'orderly');
    } finally {
      clearTimeout(limit);
    }
  }

  private giveUp(code: number, pace: 'orderly' | 'at once', because: string): void {
    this.hasGivenUp = true;
    const { logger, limitMs } = this.surroundings;
    const waitingFor = this.program.unfinished();
    logger.event('error', because, { limitMs, waitingFor });
    void this.abandon(code, pace);
  }

  private async abandon(code: number, pace: 'orderly' | 'at once'): Promise<void> {
    const { logger } = this.surroundings;
    const limit = setTimeout(() => this.end(code), ABANDON_LIMIT_MS);
    try {
      await this.program.abandon(pace);
    } catch (error) {
      logger.failure('could not end cleanly', error);
    } finally {
      clearTimeout(limit);
    }
    this.end(code);
  }

  private end(code: number): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.surroundings.exit(code);
  }
}

/// <reference types="jest" />
import type { CopyTarget } from '../port';

/** One store, as a suite needs it. Made once per suite; the cases keep apart by their streams. */
export interface LogHarness {
  /** Another view of the same store at each call, as another process has it. The suite closes what it opened. */
  open(): Promise<CopyTarget>;
  /** Positions have no gaps. */
  readonly dense: boolean;
  /** Cuts every connection of the logs that are open. */
  dropConnections?(): Promise<void>;
  /** Stops the server, and starts it again on the same data. */
  restartServer?(): Promise<void>;
  cleanUp(): Promise<void>;
}

/** What the harness can do to its store; decides which cases exist. */
export interface Abilities {
  readonly dropConnections?: boolean;
  readonly restartServer?: boolean;
}

/** What each group of cases works on: set before the first case runs. */
export interface Suite {
  readonly harness: LogHarness;
  /** The log most cases use. */
  readonly log: CopyTarget;
  /** Another view of the same store. */
  readonly other: CopyTarget;
  /** One more view, closed with the suite. */
  open(): Promise<CopyTarget>;
}

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Instant } from '@tributary/kernel';

/** What every log line and every event of one request or delivery shares. */
export interface RequestContext {
  readonly correlationId: string;
  readonly traceParent: string | null;
  readonly receivedAt: Instant;
  /** Set once the caller is known. */
  caller?: { readonly tenant: string; readonly actor: string };
}

const storage = new AsyncLocalStorage<RequestContext>();

export const currentContext = (): RequestContext | undefined => storage.getStore();

/** For work that no request started: a feed's batch, a job. */
export const inContext = <T>(context: RequestContext, work: () => T): T =>
  storage.run(context, work);

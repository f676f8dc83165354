import { EventStoreDBClient } from '@eventstore/db-client';
import { CodedError } from '@tributary/kernel';

/** What would break a promise of this adapter if the connection string asked for it. */
const REFUSED_SETTINGS: readonly [RegExp, string][] = [
  [/[?&]throwOnAppendFailure=false/i, 'throwOnAppendFailure has to stay true'],
  // A follower may lag behind its leader, and then neither the head nor one's own write would be there.
  [/[?&]nodePreference=(?!leader)/i, 'nodePreference has to stay leader'],
];

export function connect(url: string): EventStoreDBClient {
  for (const [setting, reason] of REFUSED_SETTINGS) {
    if (setting.test(url)) {
      throw new CodedError('invalid_configuration', `Refused connection string: ${reason}.`, {
        reason,
      });
    }
  }
  const client = EventStoreDBClient.connectionString(url);
  // Each append gets a call of its own. The client would send all of them over one shared stream, and remember who waits for what
  // in one table per process: an error of any stream empties the table for all, and an answer that comes later on another
  // stream is then an uncaught exception, which ends the process. That happens in every change of leader.
  Object.defineProperty(client, 'supports', { value: () => Promise.resolve(false) });
  return client;
}

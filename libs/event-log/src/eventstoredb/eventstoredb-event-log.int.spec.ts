import { eventStoreKind, startEventStore } from '@tributary/testing';

import { eventLogContract } from '../contract/event-log-contract.fixture';
import { EventStoreDbLog } from './eventstoredb-event-log';

const kind = eventStoreKind();
const mishaps = kind === 'the test server';

eventLogContract(
  `EventStoreDB, against ${kind}`,
  async () => {
    const server = await startEventStore();
    const { testServer } = server;
    return {
      dense: false,
      open: () =>
        Promise.resolve(
          new EventStoreDbLog({ url: server.url, now: () => Date.now(), onRetry: () => undefined }),
        ),
      dropConnections: () => {
        testServer?.misbehave.dropSubscriptions();
        testServer?.misbehave.breakAppendStreams();
        return Promise.resolve();
      },
      restartServer: async () => {
        await testServer?.stop();
        await testServer?.restart();
      },
      cleanUp: () => server.stop(),
    };
  },
  { dropConnections: mishaps, restartServer: mishaps },
);

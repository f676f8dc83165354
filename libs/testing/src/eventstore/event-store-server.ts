import { spawnSync } from 'node:child_process';

import { startEventStoreTestServer } from './test-server';
import type { EventStoreTestServer } from './test-server';

const DEFAULT_IMAGE = 'eventstore/eventstore:24.10';
/** What our deployment sets, so that the largest append of ours fits together with what is stored beside each event. */
const MAX_APPEND_BYTES = 8 * 1024 * 1024;
const PROBE_LIMIT_MS = 60_000;

export interface EventStoreServer {
  /** For the names of tests, so that a report says what they ran against. */
  readonly name: string;
  readonly url: string;
  /** Present when it is the test server, which can do wrong on demand. */
  readonly testServer?: EventStoreTestServer;
  stop(): Promise<void>;
}

export type EventStoreKind = 'EVENTSTORE_URL' | 'a container' | 'the test server';

/**
 * The most real server that this machine offers. Synchronous, because tests carry it in their names. A `docker` command proves
 * nothing, and neither does an engine without the image.
 */
export function eventStoreKind(): EventStoreKind {
  if (process.env['EVENTSTORE_URL']) return 'EVENTSTORE_URL';
  const hasImage = () => docker('image', 'inspect', image()) || docker('pull', '--quiet', image());
  return docker('version') && hasImage() ? 'a container' : 'the test server';
}

const image = (): string => process.env['EVENTSTORE_IMAGE'] ?? DEFAULT_IMAGE;

const docker = (...args: string[]): boolean =>
  spawnSync('docker', args, { stdio: 'ignore', timeout: PROBE_LIMIT_MS }).status === 0;

export async function startEventStore(): Promise<EventStoreServer> {
  const name = eventStoreKind();
  switch (name) {
    case 'EVENTSTORE_URL':
      return { name, url: process.env['EVENTSTORE_URL'] ?? '', stop: () => Promise.resolve() };
    case 'a container':
      return startContainer();
    case 'the test server': {
      const testServer = await startEventStoreTestServer({ maxAppendBytes: MAX_APPEND_BYTES });
      return { name, url: testServer.url, testServer, stop: () => testServer.stop() };
    }
  }
}

async function startContainer(): Promise<EventStoreServer> {
  // Loaded on demand: importing it costs a third of a second on every machine without Docker.
  const { GenericContainer, Wait } = await import('testcontainers');
  const container = await new GenericContainer(image())
    .withEnvironment({
      EVENTSTORE_CLUSTER_SIZE: '1',
      EVENTSTORE_INSECURE: 'true',
      EVENTSTORE_RUN_PROJECTIONS: 'None',
      EVENTSTORE_MEM_DB: 'true',
      EVENTSTORE_MAX_APPEND_SIZE: String(MAX_APPEND_BYTES),
    })
    .withExposedPorts(2113)
    .withWaitStrategy(Wait.forHttp('/health/live', 2113).forStatusCode(204))
    .start();
  return {
    name: 'a container',
    url: `esdb://${container.getHost()}:${container.getMappedPort(2113)}?tls=false`,
    stop: async () => {
      await container.stop();
    },
  };
}

import { spawnSync } from 'node:child_process';

import { type GuardedDoor, guardedDoor } from './kafka/guarded-door';
import { type ServerArtifacts, serverArtifacts } from './kafka/server-artifacts';
import { type Door, KafkaServer } from './kafka/server';

interface Broker {
  readonly available: true;
  readonly brokers: readonly string[];
  stop(): Promise<void>;
}

/** A broker of one's own, which may be killed. */
export interface OwnKafkaBroker extends Broker {
  readonly kind: 'java';
  /** Where everything lies that it keeps. */
  readonly folder: string;
  /** SIGKILL: nothing is flushed, closed or told. */
  kill(): Promise<void>;
  /** On the same data and port. After a kill the node needs some seconds until its earlier life has timed out. */
  restart(): Promise<void>;
}

export type KafkaBroker =
  | OwnKafkaBroker
  | (Broker & { readonly kind: 'given' | 'docker' })
  | { readonly available: false; readonly reason: string };

const IMAGE = 'confluentinc/cp-kafka:7.9.1';
const CONTAINER_PORT = 9093;
const PROBE_LIMIT_MS = 20_000;

/**
 * Why there is no broker for tests on this machine, or undefined where there is one. Synchronous, because a suite decides to skip
 * while it is being declared; it may fetch the server's jars on its first use.
 */
export function kafkaMissing(): string | undefined {
  if (givenBrokers().length > 0 || dockerAnswers()) return undefined;
  const artifacts = serverArtifacts();
  return 'jars' in artifacts ? undefined : refuseOrTell(reasonOf(artifacts));
}

/**
 * A real broker, found in this order: the one that KAFKA_BROKERS names, Docker, Java with Maven. With REQUIRE_KAFKA=1 it is an
 * error that there is none.
 */
export async function startKafkaBroker(): Promise<KafkaBroker> {
  const brokers = givenBrokers();
  if (brokers.length > 0) {
    return { available: true, kind: 'given', brokers, stop: () => Promise.resolve() };
  }
  const container = await startContainer();
  if (container !== undefined) return container;

  const artifacts = serverArtifacts();
  if (!('jars' in artifacts))
    return { available: false, reason: refuseOrTell(reasonOf(artifacts)) };
  return ownBroker(artifacts.jars);
}

const givenBrokers = (): readonly string[] =>
  (process.env['KAFKA_BROKERS'] ?? '')
    .split(',')
    .map((broker) => broker.trim())
    .filter(Boolean);

/** Why there is no guarded broker for tests on this machine. */
export function guardedKafkaMissing(): string | undefined {
  const artifacts = serverArtifacts();
  return 'jars' in artifacts ? undefined : refuseOrTell(artifacts.missing);
}

/** Lets in whoever knows its certificate and signs in, and nobody else. */
export type GuardedKafkaBroker = OwnKafkaBroker & Pick<GuardedDoor, 'certificateFile' | 'user'>;

export async function startGuardedKafkaBroker(): Promise<GuardedKafkaBroker> {
  const artifacts = serverArtifacts();
  if (!('jars' in artifacts)) throw new Error(artifacts.missing);
  const door = await guardedDoor();
  const broker = await ownBroker(artifacts.jars, door);
  return {
    ...broker,
    certificateFile: door.certificateFile,
    user: door.user,
    async stop() {
      await broker.stop();
      await door.remove();
    },
  };
}

async function ownBroker(jars: string, door?: Door): Promise<OwnKafkaBroker> {
  const server = await KafkaServer.start(jars, door);
  return {
    available: true,
    kind: 'java',
    folder: server.folder,
    brokers: [`127.0.0.1:${server.port}`],
    kill: () => server.kill(),
    restart: () => server.restart(),
    stop: () => server.stop(),
  };
}

/** The command alone proves nothing; only an engine that answers does. */
const dockerAnswers = (): boolean =>
  spawnSync('docker', ['version'], { stdio: 'ignore', timeout: PROBE_LIMIT_MS }).status === 0;

async function startContainer(): Promise<(Broker & { readonly kind: 'docker' }) | undefined> {
  if (!dockerAnswers()) return undefined;
  // Loaded on demand: importing it costs a third of a second on every machine without Docker.
  const { getContainerRuntimeClient } = await import('testcontainers');
  const [engine] = await Promise.allSettled([getContainerRuntimeClient()]);
  if (engine.status === 'rejected') return undefined;

  const { KafkaContainer } = await import('@testcontainers/kafka');
  const container = await new KafkaContainer(IMAGE).withKraft().start();
  return {
    available: true,
    kind: 'docker',
    brokers: [`${container.getHost()}:${container.getMappedPort(CONTAINER_PORT)}`],
    stop: async () => void (await container.stop()),
  };
}

const reasonOf = (artifacts: Extract<ServerArtifacts, { missing: string }>): string =>
  `KAFKA_BROKERS is not set, no Docker engine, ${artifacts.missing}`;

function refuseOrTell(reason: string): string {
  if (process.env['REQUIRE_KAFKA'] === '1')
    throw new Error(`A Kafka broker is required here: ${reason}.`);
  return reason;
}

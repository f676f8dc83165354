import { answerOf, type Finding, finding, reaches } from './finding';
import type { Variables } from './run-checks';

const OLDEST_JAVA = 17;
const KAFKA_PORT = 9092;
const EVENTSTORE_PORT = 2113;

export async function java(): Promise<Finding> {
  const answer = await answerOf('java', '-version');
  const major = Number(/version "(\d+)/.exec(answer ?? '')?.[1] ?? 0);
  return finding({
    name: 'java',
    area: 'test',
    ok: major >= OLDEST_JAVA,
    required: false,
    found: answer ?? 'not found',
    mend: `Install Java ${OLDEST_JAVA} or newer; with Maven it lets the tests start a real Kafka broker.`,
  });
}

export async function maven(): Promise<Finding> {
  const answer = await answerOf('mvn', '--batch-mode', '--version');
  return finding({
    name: 'maven',
    area: 'test',
    ok: answer !== undefined,
    required: false,
    // Maven writes its name in bold.
    // eslint-disable-next-line no-control-regex -- an escape sequence begins with a control character.
    found: answer?.replace(/\u001b\[[0-9;]*m/g, '') ?? 'not found',
    mend: 'Install Maven; with Java it lets the tests start a real Kafka broker.',
  });
}

export async function kafka({ KAFKA_BROKERS: brokers }: Variables): Promise<Finding> {
  const about = { name: 'KAFKA_BROKERS', area: 'test', required: false } as const;
  if (!brokers)
    return { ...about, ok: true, found: 'not set; services exchange events through tables' };
  const silent = await silentOf(brokers, KAFKA_PORT);
  const found = silent.length === 0 ? `${brokers} reached` : `no answer from ${silent.join(', ')}`;
  return finding({
    ...about,
    ok: silent.length === 0,
    found,
    mend: 'Start the brokers, or correct KAFKA_BROKERS.',
  });
}

/** A docker command proves nothing; only its server's version shows that containers can be started. */
export async function docker(): Promise<Finding> {
  const version = await answerOf('docker', 'version', '--format', '{{.Server.Version}}');
  const client = version ? undefined : await answerOf('docker', '--version');
  return finding({
    name: 'docker engine',
    area: 'deploy',
    ok: Boolean(version),
    required: false,
    found: version || (client ? 'the command is there, but no engine answers' : 'not found'),
    mend: 'Start or install Docker; docker-compose.yml and the tests that need containers use it.',
  });
}

export async function eventStore({ EVENTSTORE_URL: url }: Variables): Promise<Finding> {
  const about = { name: 'EVENTSTORE_URL', area: 'deploy', required: false } as const;
  if (!url) return { ...about, ok: true, found: 'not set; the event log lies in PostgreSQL' };
  const hosts = /^(?:esdb|kurrentdb)(?:\+discover)?:\/\/(?:[^@/]*@)?([^/?]+)/.exec(url)?.[1];
  if (hosts === undefined) {
    return {
      ...about,
      ok: false,
      found: 'not a connection string',
      mend: 'Write it like esdb://localhost:2113?tls=false.',
    };
  }
  const silent = await silentOf(hosts, EVENTSTORE_PORT);
  const found = silent.length === 0 ? `${hosts} reached` : `no answer from ${silent.join(', ')}`;
  return finding({
    ...about,
    ok: silent.length === 0,
    found,
    mend: 'Start EventStoreDB, or correct EVENTSTORE_URL.',
  });
}

export const hledger = async (): Promise<Finding> => await bookkeeper('hledger', 'hledger');
export const beanCheck = async (): Promise<Finding> => await bookkeeper('bean-check', 'beancount');

async function bookkeeper(program: string, product: string): Promise<Finding> {
  const answer = await answerOf(program, '--version');
  return finding({
    name: program,
    area: 'test',
    ok: answer !== undefined,
    required: false,
    found: answer ?? 'not found',
    mend: `Install ${product}, if exported journals shall be checked by a second program.`,
  });
}

const ADDRESS = /^(\[[^\]]+\]|[^:]+)(?::(\d{1,5}))?$/;

/** Those of the addresses that nobody answers at, or that are none. */
async function silentOf(addresses: string, usualPort: number): Promise<readonly string[]> {
  const all = addresses.split(',').map((text) => text.trim());
  const reached = await Promise.all(
    all.map(async (text) => {
      const [, host, port = String(usualPort)] = ADDRESS.exec(text) ?? [];
      return host !== undefined && (await reaches(host.replace(/^\[|\]$/g, ''), Number(port)));
    }),
  );
  return all.filter((_, i) => !reached[i]);
}

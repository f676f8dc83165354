import { type Environment, type Settings, env } from './environment';
import {
  addresses,
  integer,
  oneOf,
  optional,
  ownerUrls,
  port,
  secret,
  secretBytes,
  text,
  textFile,
  upstreamTopics,
  url,
} from './kinds';

/** What a process needs to know before it is whole: how to say something, and for how long to wait for itself. */
const ofProcess = {
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], {
    default: 'info',
    example: 'info',
    about:
      'Least severe line that is logged. `debug` adds the messages of unexpected errors, which may quote input.',
  }),
  STOP_LIMIT_MS: integer({
    default: 25_000,
    min: 1_000,
    max: 3_600_000,
    about:
      'How long stopping may take altogether; then a line says what it waited for, and the process ends with exit code 1. More than DRAIN_MS, and less than whoever stops the process waits before it is killed.',
  }),
};

export const processSettings: Environment<typeof ofProcess> = env(ofProcess);

const declaration = {
  HOST: text({
    default: '127.0.0.1',
    about: 'Address to listen on. Loopback unless told otherwise.',
  }),
  PORT: port({ default: 4000, about: 'Port to listen on; 0 takes a free one.' }),
  DATABASE_URL: url({
    schemes: ['postgres', 'postgresql'],
    example: 'postgres://tributary:<password>@localhost:5432/tributary',
    about: 'PostgreSQL: read models, inbox, keys and, with `EVENT_LOG=postgres`, the log itself.',
  }),
  KEYS_DATABASE_URL: optional(
    url({
      schemes: ['postgres', 'postgresql'],
      example: 'postgres://keys:<password>@localhost:5432/keys',
      about: 'Where API keys lie, the same for all services. Left out, in DATABASE_URL.',
    }),
  ),
  PRIVACY_DATABASE_URL: optional(
    url({
      schemes: ['postgres', 'postgresql'],
      example: 'postgres://privacy:<password>@localhost:5432/privacy',
      about:
        'Where the identifier vault and the keys of personal data lie, the same for all services. Left out, in DATABASE_URL.',
    }),
  ),
  PRIVACY_MASTER_KEY: secretBytes({
    bytes: 32,
    about:
      'Wraps the keys of personal data, the same for all services. Lost, they are lost; `npm start` draws one by itself.',
  }),
  EVENT_LOG: oneOf(['postgres', 'eventstoredb'], {
    default: 'postgres',
    about: 'Where the event log lives.',
  }),
  EVENTSTORE_URL: optional(
    url({
      schemes: ['esdb', 'esdb+discover', 'kurrentdb', 'kurrentdb+discover'],
      example: 'esdb://localhost:2113?tls=false',
      about: 'Connection string; required with `EVENT_LOG=eventstoredb`.',
    }),
  ),
  LOG_ORIGIN: text({
    default: 'tributary.local/log',
    about:
      'Name of the sealed log and of the key that signs it, as in its checkpoints: a host and a path of yours, and never another one later.',
  }),
  LOG_SIGNER_DIRECTORY: optional(
    text({
      default: '',
      about:
        'Where the ledger keeps the key that signs the log, and what it signed last; on a disk that is not restored together with the database. Left out, the log is sealed and not signed.',
    }),
  ),
  FEEDS: oneOf(['tables', 'kafka'], {
    default: 'tables',
    about: 'How published events reach other services.',
  }),
  KAFKA_BROKERS: optional(
    addresses({
      about: 'Bootstrap brokers; required with `FEEDS=kafka` and with `UPSTREAM_TOPICS`.',
    }),
  ),
  KAFKA_TLS: oneOf(['off', 'on'], {
    default: 'off',
    about: 'Whether the brokers are spoken to through TLS.',
  }),
  KAFKA_CA_FILE: optional(
    textFile({
      example: '/etc/tributary/kafka-ca.pem',
      about:
        'Certificates, as PEM, of who signs those of the brokers. Left out, the authorities that Node knows.',
    }),
  ),
  KAFKA_USER: optional(
    text({ about: 'Who the brokers know this service as (SASL). Left out, it does not sign in.' }),
  ),
  KAFKA_PASSWORD: optional(secret({ about: 'What KAFKA_USER signs in with.' })),
  KAFKA_MECHANISM: oneOf(['scram-sha-512', 'scram-sha-256', 'plain'], {
    default: 'scram-sha-512',
    about: 'How KAFKA_USER signs in; `plain` only with `KAFKA_TLS=on`.',
  }),
  UPSTREAM_TOPICS: optional(
    upstreamTopics({
      about:
        'Topics that attribution takes facts of upstream from, whatever FEEDS is, the same at every replica. Whoever may write to one speaks for its tenant; in brackets, for these sources only.',
    }),
  ),
  OWNER_URLS: optional(
    ownerUrls({
      about:
        'Where the services answer that this one listens to or sends orders to, for gaps, for the first catch-up and for orders; and the ledger, for questions about an earlier time (`known`). Left out where they run in one process.',
    }),
  ),
  SERVICE_TOKEN: optional(
    secret({
      about:
        'Shared by the services: opens `/v1/published`, `/v1/orders` and `/v1/log-clock` to one another. Left out, those routes are closed.',
    }),
  ),
  LOG_LEVEL: ofProcess.LOG_LEVEL,
  BODY_LIMIT_BYTES: integer({
    default: 1_048_576,
    min: 1024,
    max: 64 * 1_048_576,
    about: 'Largest request body; more is answered with 413.',
  }),
  DRAIN_MS: integer({
    default: 10_000,
    min: 0,
    max: 600_000,
    about: 'How long a stopping process waits for the requests that it has begun.',
  }),
  STOP_LIMIT_MS: ofProcess.STOP_LIMIT_MS,
  FEED_LEASE_MS: integer({
    default: 15_000,
    min: 1_000,
    max: 600_000,
    about:
      'How long what a process followed stands still after it was killed, with Kafka at least six seconds; a process that stops cleanly hands over at once.',
  }),
  METRICS_ACCESS: oneOf(['key', 'open'], {
    default: 'key',
    about:
      '`key`: `/metrics` needs a key of an admin or auditor. `open`: anybody who reaches the port may read it.',
  }),
  DOCS: oneOf(['on', 'off'], {
    default: 'on',
    about: 'Whether `/docs` and `/openapi.json` are served.',
  }),
};

export type CoreSettings = Settings<typeof declaration>;

/** What every service reads; a service adds its own with `coreSettings.extend({ … })`. */
export const coreSettings: Environment<typeof declaration> = env(declaration, [
  ({ EVENT_LOG, EVENTSTORE_URL }) =>
    EVENT_LOG === 'eventstoredb' && EVENTSTORE_URL === undefined
      ? { variable: 'EVENTSTORE_URL', wrong: 'is not set, but EVENT_LOG=eventstoredb needs it' }
      : undefined,
  ({ FEEDS, KAFKA_BROKERS }) =>
    FEEDS === 'kafka' && KAFKA_BROKERS === undefined
      ? { variable: 'KAFKA_BROKERS', wrong: 'is not set, but FEEDS=kafka needs it' }
      : undefined,
  ({ UPSTREAM_TOPICS, KAFKA_BROKERS }) =>
    UPSTREAM_TOPICS !== undefined && KAFKA_BROKERS === undefined
      ? { variable: 'KAFKA_BROKERS', wrong: 'is not set, but UPSTREAM_TOPICS needs it' }
      : undefined,
  ({ KAFKA_CA_FILE, KAFKA_TLS }) =>
    KAFKA_CA_FILE !== undefined && KAFKA_TLS === 'off'
      ? { variable: 'KAFKA_TLS', wrong: 'is off, but KAFKA_CA_FILE is given' }
      : undefined,
  ({ KAFKA_USER, KAFKA_PASSWORD }) =>
    KAFKA_USER !== undefined && KAFKA_PASSWORD === undefined
      ? { variable: 'KAFKA_PASSWORD', wrong: 'is not set, but KAFKA_USER signs in with it' }
      : undefined,
  ({ KAFKA_USER, KAFKA_PASSWORD }) =>
    KAFKA_PASSWORD !== undefined && KAFKA_USER === undefined
      ? { variable: 'KAFKA_USER', wrong: "is not set, but KAFKA_PASSWORD has to be somebody's" }
      : undefined,
  ({ KAFKA_USER, KAFKA_MECHANISM, KAFKA_TLS }) =>
    KAFKA_USER !== undefined && KAFKA_MECHANISM === 'plain' && KAFKA_TLS === 'off'
      ? {
          variable: 'KAFKA_TLS',
          wrong: 'is off, and KAFKA_MECHANISM=plain would send the password in the open',
        }
      : undefined,
  ({ DRAIN_MS, STOP_LIMIT_MS }) =>
    STOP_LIMIT_MS <= DRAIN_MS
      ? { variable: 'STOP_LIMIT_MS', wrong: `is not more than DRAIN_MS, which is ${DRAIN_MS}` }
      : undefined,
]);

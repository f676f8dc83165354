import { mkdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';

import { CodedError } from '@tributary/kernel';
import { writeForGood } from '@tributary/platform';
import { DirectoryLock, withClient } from '@tributary/postgres';
import { parseCheckpoint, parseNote, verifierKeyOf, verifierOf } from '@tributary/proofs';

import { type Command, EXIT, type ExitCode, type Surroundings, parseOptions } from './command';
import { textOf } from './files';
import { dataDirectoryOf, forAMoment, sourceOf } from './log-source';
import { serverOf } from './server';
import { askWitness } from './witness/ask-witness';
import { type OwnCheckpoint, ofDatabase, ofServer } from './witness/own-checkpoint';
import { WitnessFolder } from './witness/witness-folder';
import { startWitness } from './witness/witness-server';

const OPTIONS = {
  log: { type: 'string', multiple: true },
  name: { type: 'string' },
  dir: { type: 'string' },
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '8380' },
  ask: { type: 'string' },
  witness: { type: 'string' },
  out: { type: 'string' },
  server: { type: 'string' },
  key: { type: 'string' },
  url: { type: 'string' },
  'ledger-url': { type: 'string' },
  'data-dir': { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

export const witness: Command = {
  name: 'witness',
  summary: 'remember how far a log was signed, for those who do not trust its owner; or ask one',
  help: `Usage: tributary witness --log <key> [--log <key> …] [--dir <dir>] [--name <name>] [--host <host>] [--port <port>]
       tributary witness --ask <address> --witness <key> [--server <address> --key <api key>] [--out <file>] [--json]

A witness signs each checkpoint of a log that continues the one that it signed before, and none that contradicts it. Run it where
the owner of the log has no hand: then nobody can show one history to you and another one to an auditor. What it signed is on its disk
before anybody gets the signature. It speaks C2SP tlog-witness: POST /add-checkpoint, GET /<sha256 of the name of the log>/checkpoint.

Being one:
  --log <key>        public key of a log, as its signer/signer.pub holds it, or that file; several times for several logs
  --dir <dir>        key and memory; otherwise witness. Never restore an old copy of it.
  --name <name>      of the key that is drawn at the first start; otherwise <host name>/witness
  --host, --port     where to listen; otherwise 127.0.0.1 and 8380

Asking one:
  --ask <address>    sends the last checkpoint of our log, with the proof that it continues what the witness saw
  --witness <key>    public key of the witness, or a file with it: nothing else is believed
  --server <address> where our system runs, with --key (or TRIBUTARY_KEY); otherwise the database of the ledger:
  --url, --ledger-url, --data-dir   as for tributary verify
  --out <file>       where to keep the checkpoint with both signatures; otherwise witnessed/ in the data directory.
                     tributary verify --since <file> holds the log to it.

Exit codes: 0 signed, or stopped when asked to, 1 the witness has seen another history, 2 wrong options, 3 could not listen or ask.`,
  async run(args, surroundings) {
    const options = parseOptions('witness', args, OPTIONS);
    return options.ask === undefined
      ? await serve(options, surroundings)
      : await ask({ ...options, ask: options.ask }, surroundings);
  },
};

interface Given {
  readonly log?: string[] | undefined;
  readonly name?: string | undefined;
  readonly dir?: string | undefined;
  readonly host: string;
  readonly port: string;
}

async function serve(given: Given, { out }: Surroundings): Promise<ExitCode> {
  const { log = [], name = `${hostname()}/witness`, dir = 'witness', host } = given;
  if (log.length === 0) throw unusable('--log names the log to witness.');
  const port = Number(given.port);
  if (!/^\d{1,5}$/.test(given.port) || port > 65_535) throw unusable('--port takes a port.');
  const logs = await Promise.all(log.map(async (one) => verifierOf(await textOrItself(one))));
  const lock = await DirectoryLock.take(resolve(dir));
  try {
    const folder = await WitnessFolder.open(resolve(dir), name);
    const server = await startWitness(
      {
        folder,
        logs,
        nowSeconds: () => Math.floor(Date.now() / 1000),
        failed: (error) => out(`FAILED: ${(error as Error).message}`),
      },
      { host, port },
    );
    out(`Witness ${verifierKeyOf(folder.signer)}`);
    out(
      `listens on ${server.address} for ${logs.map((one) => one.name).join(', ')}. Ctrl-C ends it.`,
    );
    await asked();
    await server.stop();
    return EXIT.fine;
  } finally {
    await lock.release();
  }
}

const asked = (): Promise<void> =>
  new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
  });

interface Asking {
  readonly ask: string;
  readonly witness?: string | undefined;
  readonly out?: string | undefined;
  readonly server?: string | undefined;
  readonly key?: string | undefined;
  readonly url?: string | undefined;
  readonly 'ledger-url'?: string | undefined;
  readonly 'data-dir'?: string | undefined;
  readonly json: boolean;
}

async function ask(given: Asking, { variables, out }: Surroundings): Promise<ExitCode> {
  if (given.witness === undefined) throw unusable('--witness names the key of the witness.');
  if (!URL.canParse(given.ask)) throw unusable('--ask takes the address of a witness.');
  const verifier = verifierOf(await textOrItself(given.witness));
  const dataDirectory = given['data-dir'] ?? variables['TRIBUTARY_DATA_DIR'];
  const named = `${verifier.name.replaceAll(/[^A-Za-z0-9.-]+/g, '_')}.checkpoint`;
  const file = resolve(given.out ?? join(dataDirectoryOf(dataDirectory), 'witnessed', named));
  const stoodAt = existsSync(file) ? sizeIn(await textOf(file)) : 0;
  const answer = await withOwn(given, variables, (own) =>
    askWitness(given.ask, verifier, own, stoodAt),
  );
  if ('refused' in answer) {
    const { refused, status } = answer;
    out(
      given.json
        ? JSON.stringify({ cosigned: false, status, why: refused })
        : `NOT SIGNED (${status}): ${refused}`,
    );
    return EXIT.wrong;
  }
  await mkdir(dirname(file), { recursive: true });
  await writeForGood(file, answer.cosigned);
  const { size } = answer;
  const at = new Date(answer.atSeconds * 1000).toISOString();
  out(
    given.json
      ? JSON.stringify({ cosigned: true, witness: verifier.name, size, at, file })
      : `${verifier.name} has signed ${size} events at ${at}. Kept in ${file}.`,
  );
  return EXIT.fine;
}

/** Where the witness stood when it was asked last; it knows better, so what cannot be read is no matter. */
function sizeIn(note: string): number {
  try {
    return parseCheckpoint(parseNote(note).text).size;
  } catch (error) {
    if (error instanceof CodedError) return 0;
    throw error;
  }
}

async function withOwn<T>(
  given: Asking,
  variables: Surroundings['variables'],
  work: (own: OwnCheckpoint) => Promise<T>,
): Promise<T> {
  if (given.server !== undefined) {
    const server = serverOf(given.server, given.key ?? variables['TRIBUTARY_KEY'], 'witness');
    return await work(await ofServer(server));
  }
  const source = await sourceOf(
    given.url ?? variables['DATABASE_URL'],
    given['data-dir'] ?? variables['TRIBUTARY_DATA_DIR'],
  );
  try {
    return await withClient(forAMoment(given['ledger-url'] ?? source.url), async (client) =>
      work(await ofDatabase(client, 'ledger')),
    );
  } finally {
    await source.close();
  }
}

const textOrItself = async (given: string): Promise<string> =>
  existsSync(given) ? (await textOf(given)).trim() : given;

const unusable = (message: string): CodedError =>
  new CodedError('invalid_option', `${message}\nTry: tributary witness --help`);

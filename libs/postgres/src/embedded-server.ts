import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { CodedError } from '@tributary/kernel';

import { withClient } from './client';
import { DirectoryLock } from './directory-lock';
import { freePort } from './free-port';
import {
  clearPostmaster,
  endPostmaster,
  killPostmaster,
  readPostmaster,
  whenMissing,
} from './postmaster';
import { findBinaries } from './server-binaries';
import {
  type Cluster,
  ensureCluster,
  knownPassword,
  serverEnvironment,
  urlOf,
} from './server-cluster';
import { commandFor, findServerUser, type ServerUser } from './server-user';

export interface EmbeddedPostgresOptions {
  /** Everything of this server lies in here: the cluster, its password, its log, and who holds it. */
  readonly directory: string;
  /** A free one by default. Kept when the server is started again by `restart`. */
  readonly port?: number;
  /** Settings of postgresql.conf that differ from ours. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** Spares what only data worth keeping needs: a flush of the new cluster, a last checkpoint. */
  readonly throwaway?: boolean;
  /** The server ended although nobody asked it to; `restart` brings it back. */
  readonly onUnexpectedExit?: (reason: string) => void;
  /** Whoever starts it has given up: what is still starting is killed. */
  readonly givenUp?: AbortSignal;
}

interface RunnableServer {
  readonly program: string;
  readonly user: ServerUser;
  readonly cluster: Cluster;
}

const MAX_LOG_BYTES = 16 * 1024 * 1024;
const START_LIMIT_MS = 120_000;
/** A server kills by itself what does not end within five seconds of being told to end immediately. */
const HURRIED_LIMIT_MS = 7_000;
const DEFAULTS: Readonly<Record<string, string | number>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 200,
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] ',
};

/** A real PostgreSQL of our own, on loopback, in a directory that one process holds at a time. */
export class EmbeddedPostgres {
  /** While its end would be a surprise. */
  private server: ChildProcess | undefined;
  private launched: ChildProcess | undefined;
  private chosenPort: number | undefined;

  private constructor(
    private readonly options: EmbeddedPostgresOptions,
    private readonly lock: DirectoryLock,
    private readonly run: RunnableServer,
  ) {
    this.chosenPort = options.port;
  }

  /** Rejects with `directory_held`, `postgres_binaries_missing`, `postgres_refuses_user` or `postgres_start_failed`. */
  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    const directory = resolve(options.directory);
    const lock = await DirectoryLock.take(directory);
    try {
      const binaries = await findBinaries();
      const user = await findServerUser(binaries.postgres);
      const cluster = await ensureCluster(directory, binaries, user, options.throwaway ?? false);
      const run = { program: binaries.postgres, user, cluster };
      const server = new EmbeddedPostgres({ ...options, directory }, lock, run);
      await server.launch();
      return server;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Url of a database in a server that another process runs in this directory; undefined when nobody does. */
  static async urlOfRunning(directory: string, database: string): Promise<string | undefined> {
    const last = await DirectoryLock.lastHolderOf(directory);
    const postmaster = await readPostmaster(join(directory, 'cluster'));
    if (!last?.alive || postmaster?.status !== 'ready') return undefined;
    return urlOf(postmaster.port, await knownPassword(join(directory, 'password')), database);
  }

  /** Deletes a server whose holder is gone; does nothing while somebody holds it, or when nobody ever did. */
  static async removeAbandoned(directory: string): Promise<void> {
    const last = await DirectoryLock.lastHolderOf(directory);
    if (last === undefined || last.alive) return;
    await clearPostmaster(join(directory, 'cluster'));
    // Moved first, so that of several that clean up at the same time one deletes.
    const grave = `${directory}.${randomUUID()}`;
    await rename(directory, grave).catch(whenMissing);
    await rm(grave, { recursive: true, force: true });
  }

  get port(): number {
    if (this.chosenPort === undefined)
      throw new CodedError('postgres_not_started', 'The server has no port yet.');
    return this.chosenPort;
  }

  /** Process id of the postmaster while it runs. */
  get pid(): number | undefined {
    return this.server?.pid;
  }

  get logFile(): string {
    return join(this.options.directory, 'server.log');
  }

  url(database = 'postgres'): string {
    return urlOf(this.port, this.run.cluster.password, database);
  }

  /** Url of a database that is created when it is missing. Rejects with `unavailable` when the server has gone away again. */
  async ensureDatabase(database: string): Promise<string> {
    await withClient({ connectionString: this.url() }, async (client) => {
      const found = await client.query('select 1 from pg_database where datname = $1', [database]);
      if (found.rowCount === 0)
        await client.query(`create database ${client.escapeIdentifier(database)}`);
    });
    return this.url(database);
  }

  /** Ends it as an operator would, closing open connections, and gives the directory back. */
  async stop(): Promise<void> {
    await this.shutDown();
    await this.lock.release();
  }

  /** Ends every process of the server at once, as a power failure would; the directory stays held. */
  async kill(): Promise<void> {
    const server = this.forget();
    if (server?.pid === undefined || hasEnded(server)) return;
    const ended = exitOf(server);
    await killPostmaster(server.pid);
    await ended;
  }

  /** As `stop`, for whoever cannot wait: it has seconds to end fast, and then immediately, before it is killed. The directory stays held. */
  async end(): Promise<void> {
    const server = this.forget();
    if (server?.pid === undefined || hasEnded(server)) return;
    await endPostmaster(this.run.cluster.path, server.pid, 'fast', HURRIED_LIMIT_MS);
  }

  /** Starts it again on the same data and port: after `kill`, after an unexpected exit, or while it runs. */
  async restart(): Promise<void> {
    await this.shutDown();
    await this.launch();
  }

  private async shutDown(): Promise<void> {
    const server = this.forget();
    if (server?.pid === undefined || hasEnded(server)) return;
    await endPostmaster(
      this.run.cluster.path,
      server.pid,
      this.options.throwaway ? 'immediate' : 'fast',
    );
  }

  /** From here on its end is no surprise, and is waited for. */
  private forget(): ChildProcess | undefined {
    this.server = undefined;
    this.launched?.ref();
    return this.launched;
  }

  private async launch(): Promise<void> {
    await clearPostmaster(this.run.cluster.path);
    const deadline = Date.now() + START_LIMIT_MS;
    for (;;) {
      const port = this.chosenPort ?? (await freePort());
      const tail = await this.tryLaunch(port, deadline);
      if (tail === undefined) {
        this.chosenPort = port;
        return;
      }
      // Processes of a killed server have not ended yet, or somebody else was given the free port first.
      const passing =
        /still in use/.test(tail) || (this.chosenPort === undefined && /could not bind/.test(tail));
      const isOver = Date.now() > deadline || this.options.givenUp?.aborted;
      if (!passing || isOver) throw this.startFailed(tail);
      await new Promise((next) => setTimeout(next, 250));
    }
  }

  /** Undefined when it accepts connections, else the end of its log. */
  private async tryLaunch(port: number, deadline: number): Promise<string | undefined> {
    await this.rotateLog();
    const log = await open(this.logFile, 'a', 0o600);
    const { size } = await log.stat();
    const settings = Object.entries({ ...DEFAULTS, port, ...this.options.settings });
    const args = [
      '-D',
      this.run.cluster.path,
      ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ];
    const [file, all] = commandFor(this.run.user, this.run.program, args);
    // In a session of its own, so that Ctrl-C reaches us alone and we decide when the database ends.
    const server = spawn(file, all, {
      ...this.run.user.spawn,
      cwd: this.options.directory,
      env: serverEnvironment(),
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    this.launched = server;
    const exit = exitOf(server);
    await log.close();
    const outcome = await Promise.race([exit, this.ready(server, deadline)]);
    if (outcome !== 'ready') {
      if (server.pid !== undefined && !hasEnded(server)) await killPostmaster(server.pid);
      return `${await this.logSince(size)}${outcome}`;
    }
    this.watch(server, exit);
    return undefined;
  }

  private watch(server: ChildProcess, exit: Promise<string>): void {
    this.server = server;
    server.unref();
    void exit.then((reason) => {
      if (this.server !== server) return;
      this.server = undefined;
      this.options.onUnexpectedExit?.(reason);
    });
  }

  private async ready(server: ChildProcess, deadline: number): Promise<string> {
    const { givenUp } = this.options;
    while (Date.now() < deadline && !hasEnded(server) && !givenUp?.aborted) {
      const found = await readPostmaster(this.run.cluster.path);
      if (found !== undefined && found.pid === server.pid && found.status === 'ready')
        return 'ready';
      await new Promise((next) => setTimeout(next, 15));
    }
    return givenUp?.aborted ? 'given up' : `not ready after ${START_LIMIT_MS / 1000} s`;
  }

  private startFailed(tail: string): CodedError {
    return new CodedError(
      'postgres_start_failed',
      `PostgreSQL did not start. Its log (${this.logFile}) ends with:\n${tail}`,
      {
        log: this.logFile,
        tail,
      },
    );
  }

  private async rotateLog(): Promise<void> {
    const found = await stat(this.logFile).catch(whenMissing);
    if (found !== undefined && found.size > MAX_LOG_BYTES)
      await rename(this.logFile, `${this.logFile}.1`);
  }

  private async logSince(offset: number): Promise<string> {
    const text = (await readFile(this.logFile)).subarray(offset).toString('utf8');
    return text.split('\n').slice(-15).join('\n');
  }
}

const hasEnded = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;

const exitOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    if (hasEnded(child)) resolve('exit');
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, name) => resolve(`exit ${code ?? name}`));
  });

import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);

const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 20_000;
const REMEMBERED_LINES = 40;
/** It lives for seconds: compiling it thoroughly costs more than that saves. */
const SHORT_LIVED = ['-Xmx384m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

/**
 * Runs the server so that it cannot outlive us: the shell becomes the server, and a watcher beside it reads our end of a pipe.
 * A line means an orderly end; a pipe that closes without one means that we died, and the watcher cleans up.
 */
const DIES_WITH_US = `
  folder=$1; shift
  exec 3<&0
  ( read -r line <&3 || { kill -9 $$; sleep 1; rm -rf "$folder"; } ) >/dev/null 2>&1 &
  exec "$@" </dev/null 3<&-
`;

/** How a server is reached where not everybody may. */
export interface Door {
  readonly listener: 'SASL_SSL';
  readonly settings: readonly string[];
  /** Further words for the tool that writes the empty disk. */
  readonly format: readonly string[];
}

/** One Apache Kafka node on loopback, broker and controller in one. */
export class KafkaServer {
  private child: ChildProcessWithoutNullStreams | undefined;

  private constructor(
    private readonly jars: string,
    readonly folder: string,
    readonly port: number,
    private readonly door: Door | undefined,
  ) {}

  /** With a door, whoever talks to it is let in by that alone. */
  static async start(jars: string, door?: Door): Promise<KafkaServer> {
    const folder = await mkdtemp(join(tmpdir(), 'tributary-test-kafka-'));
    const [port, controllerPort] = await freePorts();
    const server = new KafkaServer(jars, folder, port, door);
    const listener = door?.listener ?? 'PLAINTEXT';
    try {
      const lines = [settings(folder, port, controllerPort, listener), ...(door?.settings ?? [])];
      await writeFile(server.settingsFile, lines.join('\n'));
      await server.format();
      await server.launch();
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** As a crash would: nothing is flushed, closed or told. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** On the same data and port. */
  async restart(): Promise<void> {
    await this.end('SIGTERM');
    await this.launch();
  }

  /** Nobody reads again what it keeps, so it need not put it in order either. */
  async stop(): Promise<void> {
    await this.end('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }

  private get settingsFile(): string {
    return join(this.folder, 'server.properties');
  }

  /** An empty disk is the same for every node, and a Java of its own to write it costs a third of a start; the first one is kept beside the jars. */
  private async format(): Promise<void> {
    const data = join(this.folder, 'data');
    const formatted = `${this.jars}-formatted`;
    const format = ['format', '-t', clusterId(), '-c', this.settingsFile];
    if (this.door) {
      // Its users lie on the disk, which is like no other then.
      await run('java', this.java('kafka.tools.StorageTool', ...format, ...this.door.format));
      return;
    }
    if (existsSync(formatted)) return await cp(formatted, data, { recursive: true });
    await run('java', this.java('kafka.tools.StorageTool', ...format));
    await publish(data, formatted);
  }

  private java(...args: readonly string[]): string[] {
    return [...SHORT_LIVED, '-cp', join(this.jars, '*'), ...args];
  }

  private async launch(): Promise<void> {
    const command = ['java', ...this.java('kafka.Kafka', this.settingsFile)];
    const child = spawn('sh', ['-c', DIES_WITH_US, 'kafka', this.folder, ...command], {
      cwd: this.folder,
    });
    this.child = child;
    await untilStarted(child);
  }

  private async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    // Told first: Node closes our end of the pipe when the server is gone, and the watcher would take that for our death.
    await new Promise<void>((resolve) => child.stdin.end('ended\n', resolve));
    child.kill(signal);
    const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await ended;
    clearTimeout(impatience);
  }
}

function untilStarted(child: ChildProcessWithoutNullStreams): Promise<void> {
  const heard: string[] = [];
  return new Promise((resolve, reject) => {
    const refuse = (why: string) => {
      clearTimeout(limit);
      reject(new Error(`The Kafka server ${why}. Its last words:\n${heard.join('\n')}`));
    };
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
      refuse(`did not start within ${START_LIMIT_MS} ms`);
    }, START_LIMIT_MS);
    for (const output of [child.stdout, child.stderr]) {
      createInterface({ input: output }).on('line', (line) => {
        heard.push(line);
        if (heard.length > REMEMBERED_LINES) heard.shift();
        if (!line.includes('Kafka Server started')) return;
        clearTimeout(limit);
        resolve();
      });
    }
    child.once('error', (error) => refuse(`could not be run: ${error.message}`));
    child.once('exit', (code, signal) => refuse(`ended with ${signal ?? `code ${code}`}`));
  });
}

/** One rename, so that a folder under this name is complete; whoever comes second finds the same there. */
async function publish(data: string, formatted: string): Promise<void> {
  const copy = await mkdtemp(`${formatted}-`);
  await cp(data, copy, { recursive: true });
  const [published] = await Promise.allSettled([rename(copy, formatted)]);
  if (published.status === 'fulfilled') return;
  await rm(copy, { recursive: true, force: true });
  if (!existsSync(formatted)) throw published.reason;
}

/** 16 bytes; never with a dash in front, which the tool would read as an option. */
const clusterId = (): string => `k${randomBytes(16).toString('base64url').slice(1)}`;

/** Both are held until both are known, so that they differ. */
async function freePorts(): Promise<[number, number]> {
  const holders = [createServer(), createServer()] as const;
  const ports = await Promise.all(
    holders.map(async (holder) => {
      holder.listen(0, '127.0.0.1');
      await once(holder, 'listening');
      return (holder.address() as { port: number }).port;
    }),
  );
  await Promise.all(holders.map(async (holder) => once(holder.close(), 'close')));
  return ports as [number, number];
}

/**
 * The short session lets a node that was killed come back in seconds: the controller refuses a broker whose earlier life has not
 * timed out yet.
 */
const settings = (
  folder: string,
  port: number,
  controllerPort: number,
  listener: string,
): string => `
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
listeners=${listener}://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=${listener}://127.0.0.1:${port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,${listener}:${listener}
inter.broker.listener.name=${listener}
log.dirs=${join(folder, 'data')}
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
`;

import { type Socket, connect } from 'node:net';
import type { Sample } from './rounds';

export interface HttpLoad {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly forMs: number;
  /** A new one for every request; ASCII. */
  readonly body: () => string;
}

/**
 * Keeps a request in flight on each of so many connections. It shares the processors with what it measures, and whatever a request
 * costs here is taken from both sides alike, so that a general client would hide how far they are apart: this one writes a text and
 * looks for the end of the answer. Throws unless every answer is a 2xx.
 */
export async function underHttpLoad(load: HttpLoad): Promise<Sample> {
  const start = performance.now();
  const latenciesMs: number[] = [];
  const isOver = () => performance.now() - start >= load.forMs;
  const one = async () => {
    const caller = await Caller.open(load);
    try {
      // However slow the machine is, every connection is heard once.
      do {
        const before = performance.now();
        await caller.call(load.body());
        latenciesMs.push(performance.now() - before);
      } while (!isOver());
    } finally {
      caller.close();
    }
  };
  await Promise.all(Array.from({ length: load.connections }, one));
  return { count: latenciesMs.length, elapsedMs: performance.now() - start, latenciesMs };
}

const HEAD_END = '\r\n\r\n';
const STATUS = /^HTTP\/1\.1 (\d{3})/;
const LENGTH = /\r\ncontent-length: *(\d+)/i;

/** One connection that is kept alive. */
class Caller {
  private received = '';
  private answered: ((failure?: Error) => void) | undefined;

  private constructor(
    private readonly socket: Socket,
    private readonly head: string,
  ) {
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.take(text));
    socket.on('error', (error) => this.answered?.(error));
    socket.on('close', () => this.answered?.(new Error('The connection was closed.')));
  }

  static async open({ url, headers }: HttpLoad): Promise<Caller> {
    const { host, hostname, port, pathname } = new URL(url);
    const socket = connect(Number(port), hostname);
    await new Promise<void>((connected, failed) => {
      socket.once('connect', connected);
      socket.once('error', failed);
    });
    const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}`);
    return new Caller(socket, [`POST ${pathname} HTTP/1.1`, ...lines].join('\r\n'));
  }

  call(body: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.answered = (failure) => {
        this.answered = undefined;
        if (failure) reject(failure);
        else resolve();
      };
      this.socket.write(
        `${this.head}\r\ncontent-length: ${body.length}${HEAD_END}${body}`,
        'latin1',
      );
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private take(text: string): void {
    this.received = this.received === '' ? text : this.received + text;
    const headEnd = this.received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const length = LENGTH.exec(this.received)?.[1];
    if (length === undefined) return this.answered?.(new Error('An answer has no length.'));
    if (this.received.length < headEnd + HEAD_END.length + Number(length)) return;
    const answer = this.received;
    this.received = '';
    const status = STATUS.exec(answer)?.[1] ?? '';
    this.answered?.(status.startsWith('2') ? undefined : new Error(`Refused: ${answer}`));
  }
}

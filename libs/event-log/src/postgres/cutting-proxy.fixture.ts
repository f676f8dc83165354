import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';

/** Stands between a log and its server, and decides what becomes of the answer to an append. */
export class CuttingProxy {
  /** Asked when the answer to an append has arrived, that is, after its commit. Once. */
  private onAnswer: (() => Promise<void>) | undefined;
  answersCut = 0;
  copiesCut = 0;
  private cutsCopy = false;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {
    server.on('connection', (client) => this.join(client));
  }

  static async start(target: string): Promise<CuttingProxy> {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return new CuttingProxy(server, new URL(target));
  }

  get url(): string {
    const url = new URL(this.target);
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** The next answer to an append is lost, after `meanwhile`. */
  cutNextAnswer(meanwhile: () => Promise<void> = () => Promise.resolve()): void {
    this.onAnswer = meanwhile;
  }

  /** The next COPY ends in the middle of its rows. */
  cutNextCopy(): void {
    this.cutsCopy = true;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((closed) => this.server.close(closed));
  }

  private join(client: Socket): void {
    const server = connect(Number(this.target.port), this.target.hostname);
    let appending = false;
    let copying = false;
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
    }
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
    client.on('data', (data) => {
      // A large one comes in parts, of which the first one has its name.
      appending ||= data.includes('append_one') || data.includes('append_batch');
      copying ||= data.includes('copy event');
      if (copying && this.cutsCopy) {
        this.cutsCopy = false;
        this.copiesCut++;
        client.pause();
        server.once('data', () => client.destroy());
        server.write(data.subarray(0, data.length / 2));
        return;
      }
      server.write(data);
    });
    server.on('data', (data) => {
      const { onAnswer } = this;
      // The answer to a COPY comes in parts; its last statement is an update.
      const answersCopy = copying && data.includes('UPDATE 1');
      const answers = appending || answersCopy;
      appending = false;
      if (onAnswer === undefined || !answers) {
        client.write(data);
        return;
      }
      this.onAnswer = undefined;
      this.answersCut++;
      void onAnswer().then(() => client.destroy());
    });
  }
}

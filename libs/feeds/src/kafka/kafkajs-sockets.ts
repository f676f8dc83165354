import { connect, isIP, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';

import type { ISocketFactory } from 'kafkajs';

const KEEP_ALIVE_MS = 60_000;

/**
 * The connections of one client, which we can end. The client itself waits for every answer before it disconnects, and the answer
 * to somebody who joins a group may take as long as the slowest member.
 */
export class KafkaJsSockets {
  private readonly open = new Set<Socket>();
  private over = false;

  get areCutOff(): boolean {
    return this.over;
  }

  readonly create: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    if (this.over) throw new Error('This client was stopped.');
    // Typed as always there, but undefined without encryption.
    const secure = ssl as typeof ssl | undefined;
    const servername = isIP(host) === 0 ? { servername: host } : {};
    const socket = secure
      ? connectSecurely({ host, port, ...servername, ...secure }, onConnect)
      : connect({ host, port }, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    this.open.add(socket);
    socket.once('close', () => this.open.delete(socket));
    return socket;
  };

  /** Whatever still waits for an answer is told that there will be none; nothing new can be opened. */
  cutOff(): void {
    this.over = true;
    for (const socket of this.open) socket.destroy(new Error('This client was stopped.'));
  }
}

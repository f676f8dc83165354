import { once } from 'node:events';
import { type AddressInfo, type Socket, createServer } from 'node:net';

/** What a client is told as far as its server comes, each message as PostgreSQL writes it. */
const LET_IN = Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))]);
const SHUTS_DOWN = message(
  'E',
  Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0', 'latin1'),
);

/** When a server goes away that had still taken the connection; one that never does keeps silent. */
export type Leaves =
  'as soon as it lets in' | 'before it lets in' | 'in a statement' | 'never' | 'with a word';

export interface FleetingPostgres {
  readonly url: string;
  stop(): Promise<void>;
}

/** Speaks just enough of the protocol to let everybody in, and is gone. */
export async function startFleetingPostgres(leaves: Leaves): Promise<FleetingPostgres> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('data', () => {
      if (leaves === 'never') return;
      if (leaves === 'before it lets in') socket.end();
      else if (leaves === 'as soon as it lets in') socket.end(LET_IN);
      else if (leaves === 'with a word') socket.end(Buffer.concat([LET_IN, SHUTS_DOWN]));
      else {
        socket.write(LET_IN);
        socket.once('data', () => socket.destroy());
      }
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `postgres://nobody@127.0.0.1:${String(port)}/none`,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function message(type: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(content.length + length.length);
  return Buffer.concat([Buffer.from(type), length, content]);
}

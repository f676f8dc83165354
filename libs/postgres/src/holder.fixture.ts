import { EmbeddedPostgres } from './embedded-server';

/** Starts a server, says where, and stays until it is killed. */
async function main(): Promise<void> {
  const server = await EmbeddedPostgres.start({
    directory: process.argv[2] ?? '',
    throwaway: true,
  });
  process.stdout.write(`${JSON.stringify({ url: server.url(), pid: server.pid })}\n`);
  setInterval(() => undefined, 60_000);
}

void main();

import { startPostgresForARun } from './postgres';

/** One PostgreSQL for a run of tests: says where it is, and stays until whoever started it closes our input or is gone. */
async function main(): Promise<void> {
  const { server, stop } = await startPostgresForARun();
  process.stdin.resume().once('close', () => void stop());
  process.stdout.write(`${server.url()}\n`);
}

void main();

import { type Role, StopSteps, coreSettings, serve, stopServing } from '@tributary/platform';
import { SERVICES } from '../src/standalone.module';
import type { Site } from './product.fixture';

/** All services in a process of their own, to be killed. Says where they answer and which keys open them, and stays. */
async function main(): Promise<void> {
  const settings = coreSettings.read(process.env);
  const steps = new StopSteps();
  const serving = await serve({ name: 'standalone', modules: SERVICES, settings, steps });
  stopServing(serving, steps, settings);
  // The test holds the other end: it closes when the test dies, however it dies.
  process.stdin.on('close', () => process.exit(1)).resume();
  const keyOf = async (role: Role) =>
    (await serving.keys.issueKey({ tenant: 'acme', role, label: 'test' })).key;
  const keys: Site['keys'] = {
    admin: await keyOf('admin'),
    finance: await keyOf('finance'),
    programme: await keyOf('programme'),
    treasurer: await keyOf('finance'),
    upstream: await keyOf('upstream'),
  };
  process.stdout.write(`${JSON.stringify({ url: await serving.listen(), keys })}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});

import { coreSettings, serve, stopOnSignals, StructuredLogger } from '@tributary/platform';
import { SERVICES } from '../src/standalone.module';

/** All services in a process of their own, to be killed. Says where they answer and which keys open them, and stays. */
async function main(): Promise<void> {
  const settings = coreSettings.read(process.env);
  const serving = await serve({ name: 'standalone', modules: SERVICES, settings });
  const keyOf = async (role: 'admin' | 'upstream') =>
    (await serving.keys.issueKey({ tenant: 'acme', role, label: 'test' })).key;
  const keys = { admin: await keyOf('admin'), upstream: await keyOf('upstream') };
  stopOnSignals(() => serving.close(), serving.app.get(StructuredLogger));
  const url = await serving.listen();
  process.stdout.write(`${JSON.stringify({ url, keys })}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});

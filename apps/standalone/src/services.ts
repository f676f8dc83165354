import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { type ApiKeys, coreSettings, Metrics, ROLES, type Role, serve } from '@tributary/platform';

import { DEMO_PARTNER, DEMO_ROLES, DEMO_TENANT, playDemo } from './demo/play-demo';
import { type KeyBook, localKeys } from './local-keys';
import type { StartServices } from './standalone';
import { SERVICES } from './standalone.module';

const QUIET = { LOG_LEVEL: 'warn' };
const TENANT = 'local';
const PARTNER = 'p1';

/** All services in one Nest application, behind one address. */
export const startServices: StartServices = async ({ variables, options, closeLater }) => {
  const settings = coreSettings.read({ ...QUIET, ...variables });
  const serving = await serve({ name: 'standalone', modules: SERVICES, settings });
  closeLater(() => serving.close());
  serving.app.get(Metrics).collectProcess();
  const address = await serving.listen();

  const file = join(options.dataDirectory, 'keys.json');
  const demoFile = join(options.dataDirectory, 'demo-keys.json');
  // Decided once, at the first start; told again at every later one, in case that the first was cut short.
  const withDemo = !options.empty && (existsSync(demoFile) || !existsSync(file));
  const demoKeys = withDemo ? await keysOfDemo(demoFile, serving.keys) : undefined;
  const keys = await localKeys(file, ROLES, bookOf(serving.keys, TENANT, PARTNER));
  if (demoKeys === undefined) return { address, keys };
  const demo = await playDemo(address, demoKeys);
  return { address, keys, demo: { key: demoKeys.auditor, ...demo } };
};

const keysOfDemo = (file: string, keys: ApiKeys) =>
  localKeys(file, DEMO_ROLES, bookOf(keys, DEMO_TENANT, DEMO_PARTNER));

const bookOf = (keys: ApiKeys, tenant: string, partner: string): KeyBook<Role> => ({
  isValid: async (key) => !('refused' in (await keys.authenticate(`Bearer ${key}`))),
  issue: async (role) => {
    const partnerId = role === 'partner' ? { partnerId: partner } : {};
    const { key } = await keys.issueKey({ tenant, role, label: 'this machine', ...partnerId });
    return key;
  },
});

import { join } from 'node:path';

import {
  ApiKeys,
  apiKeySchema,
  coreSettings,
  createHttpApp,
  listen,
  ROLES,
  type Role,
  stop,
} from '@tributary/platform';
import { Database } from '@tributary/postgres';

import { type KeyBook, localKeys } from './local-keys';
import type { StartServices } from './standalone';
import { StandaloneModule } from './standalone.module';

/** What the local keys may see. A programme of one's own lives beside it under keys that an admin issues. */
const TENANT = 'local';
const PARTNER = 'p1';
const QUIET = { LOG_LEVEL: 'warn' };

/** All services in one Nest application, behind one address. */
export const startServices: StartServices = async ({ variables, options, closeLater }) => {
  const settings = coreSettings.read({ ...QUIET, ...variables });
  const { schema, entities, migrations } = apiKeySchema;
  const database = await Database.open({
    url: settings.DATABASE_URL,
    schema,
    entities: [...entities],
    migrations: [...migrations],
  });
  closeLater(async () => await database.close());

  const keys = new ApiKeys(database.dataSource, { now: Date.now });
  const app = await createHttpApp(StandaloneModule, {
    settings,
    authenticator: keys,
    service: 'standalone',
    api: { title: 'Tributary', version: '1' },
  });
  closeLater(async () => await stop(app, settings.DRAIN_MS));

  const address = await listen(app, settings);
  const file = join(options.dataDirectory, 'keys.json');
  return { address, keys: await localKeys(file, ROLES, bookOf(keys)) };
};

const bookOf = (keys: ApiKeys): KeyBook<Role> => ({
  isValid: async (key) => !('refused' in (await keys.authenticate(`Bearer ${key}`))),
  issue: async (role) => {
    const partner = role === 'partner' ? { partnerId: PARTNER } : {};
    const { key } = await keys.issueKey({
      tenant: TENANT,
      role,
      label: 'this machine',
      ...partner,
    });
    return key;
  },
});

import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { type ApiKeys, coreSettings, Metrics, serve, StructuredLogger } from '@tributary/platform';

import { DEMO_PARTNER, DEMO_TENANT, playDemo } from './demo/play-demo';
import { type People, playPayouts } from './demo/play-payouts';
import { playTiers } from './demo/play-tiers';
import { type KeyBook, localKeys } from './local-keys';
import type { Options } from './options';
import { PEOPLE, PERSONS, type Person } from './people';
import { sandboxBankIn } from './sandbox-bank/sandbox-bank.module';
import type { StartServices } from './standalone';
import { SERVICES } from './standalone.module';
import { keepTime } from './ticking';

export const QUIET = { LOG_LEVEL: 'warn' };
const TENANT = 'local';
/** Whom the tour of the README registers. */
const PARTNER = 'eastwind';

/** All services in one Nest application, behind one address. */
export const startServices: StartServices = async ({ variables, options, closeLater, steps }) => {
  const settings = coreSettings.read({ ...QUIET, ...variables });
  const bank = hasSandboxBank(options)
    ? [sandboxBankIn(join(options.dataDirectory, 'sandbox-bank'))]
    : [];
  const modules = [...SERVICES, ...bank];
  const serving = await serve({ name: 'standalone', modules, settings, steps });
  closeLater(() => serving.close());
  serving.app.get(Metrics).collectProcess();
  const address = await serving.listen();

  const file = join(options.dataDirectory, 'keys.json');
  const demoFile = join(options.dataDirectory, 'demo-keys.json');
  // Decided once, at the first start; told again at every later one, in case that the first was cut short.
  const withDemo = !options.empty && (existsSync(demoFile) || !existsSync(file));
  const demoKeys = withDemo
    ? await keysOf(demoFile, bookOf(serving.keys, DEMO_TENANT, DEMO_PARTNER))
    : undefined;
  const keys = await keysOf(file, bookOf(serving.keys, TENANT, PARTNER));
  const addresses = {
    attribution: address,
    commission: address,
    payouts: address,
    tiers: address,
  };
  const logger = serving.app.get(StructuredLogger);
  const time = keepTime({ addresses, key: keys.admin }, (error) =>
    logger.failure('the hour was not told', error),
  );
  closeLater(() => steps.during('telling the hour', () => time.stop()));
  if (demoKeys === undefined) return { address, keys };
  const told = await playDemo(address, demoKeys);
  const paid = bank.length > 0 ? { paid: await playPayouts(address, demoKeys) } : {};
  // After the payouts, so that what it earns is in no run.
  const tiers = await playTiers(address, demoKeys);
  return { address, keys, demo: { keys: demoKeys, ...told, ...paid, tiers } };
};

/** Not beside a database that somebody else runs, unless asked for: there may be real partners in it. */
function hasSandboxBank({ variables }: Options): boolean {
  const wanted = variables['SANDBOX_BANK'] || (variables['DATABASE_URL'] ? 'off' : 'on');
  return wanted === 'on';
}

const keysOf = (file: string, book: KeyBook<Person>): Promise<People> =>
  localKeys(file, PERSONS, book);

const bookOf = (keys: ApiKeys, tenant: string, partner: string): KeyBook<Person> => ({
  isValid: async (key) => !('refused' in (await keys.authenticate(`Bearer ${key}`))),
  issue: async (person) => {
    const role = PEOPLE[person];
    const partnerId = role === 'partner' ? { partnerId: partner } : {};
    const { key } = await keys.issueKey({ tenant, role, label: 'this machine', ...partnerId });
    return key;
  },
});

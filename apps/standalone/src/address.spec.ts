import { once } from 'node:events';
import { createServer } from 'node:net';

import { testMasterKey } from '@tributary/platform/testing';

import { checkAddress } from './address';

const VARIABLES = { PRIVACY_MASTER_KEY: testMasterKey };

describe('looking whether the address can be taken', () => {
  it('names the port that is taken and both settings', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    await expect(checkAddress({ ...VARIABLES, PORT: String(port) })).rejects.toMatchObject({
      code: 'port_taken',
      message: `Port ${port} on 127.0.0.1 is taken by another program. Choose another with PORT or --port (0 takes a free one).`,
    });
    other.close();
    await once(other, 'close');
    await checkAddress({ ...VARIABLES, PORT: String(port) });
  });

  it.each([['192.0.2.1'], ['no-such-host.invalid']])(
    'names a host that is not ours: %s',
    async (HOST) => {
      await expect(checkAddress({ ...VARIABLES, PORT: '0', HOST })).rejects.toMatchObject({
        code: 'host_unknown',
        facts: { host: HOST },
      });
    },
  );

  it('refuses settings that cannot be read before anything is started', async () => {
    await expect(checkAddress({ ...VARIABLES, PORT: 'many' })).rejects.toMatchObject({
      code: 'invalid_configuration',
    });
  });
});

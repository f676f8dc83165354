import { join, resolve } from 'node:path';

import { readOptions } from './options';
import { welcomeText } from './welcome';

describe('telling the program where and how to run', () => {
  it('keeps its data in the workspace unless told otherwise', () => {
    expect(readOptions([], {})).toMatchObject({
      dataDirectory: resolve(__dirname, '../../../.data'),
      empty: false,
    });
  });

  it('takes an option over its variable, and paths from where the user stands', () => {
    const variables = { PORT: '1', HOST: 'a', TRIBUTARY_DATA_DIR: 'x', INIT_CWD: resolve('/home') };
    expect(readOptions(['--port', '2', '--host=b', '--data-dir', 'y'], variables)).toMatchObject({
      variables: { PORT: '2', HOST: 'b' },
      dataDirectory: join(resolve('/home'), 'y'),
    });
    expect(readOptions(['--empty'], variables)).toMatchObject({
      empty: true,
      variables: { PORT: '1', HOST: 'a' },
      dataDirectory: join(resolve('/home'), 'x'),
    });
  });

  it.each([['--prot', '1'], ['--port'], ['surplus']])(
    'refuses what it does not know: %s',
    (...args) => {
      expect(() => readOptions(args, {})).toThrow(
        expect.objectContaining({ code: 'invalid_option' }) as Error,
      );
    },
  );

  it('greets with address, keys and something to try', () => {
    const keys = { admin: 'key-a', auditor: 'key-b' };
    const text = welcomeText({
      address: 'http://127.0.0.1:4000',
      keys,
      dataDirectory: '/d',
      startedInMs: 1234,
    });
    expect(text).toContain('http://127.0.0.1:4000/docs');
    expect(text).toContain('admin    key-a');
    expect(text).toContain(
      `KEY=key-a\n  curl -s -H "Authorization: Bearer $KEY" 'http://127.0.0.1:4000/v1/feeds/attribution'`,
    );
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { hasCode } from '@tributary/kernel';
import { coreSettings } from './core-settings';
import { env } from './environment';
import { integer, optional, port, secret } from './kinds';

const DATABASE_URL = 'postgres://me:hunter2@localhost/t';
const PRIVACY_MASTER_KEY = Buffer.alloc(32, 7).toString('base64');
const GIVEN = { DATABASE_URL, PRIVACY_MASTER_KEY };

describe('reading the configuration', () => {
  it('gives typed values and defaults', () => {
    const settings = coreSettings.read({ ...GIVEN, PORT: ' 4100 ', KAFKA_BROKERS: 'a:1, b:2' });
    expect(settings).toMatchObject({
      HOST: '127.0.0.1',
      PORT: 4100,
      EVENT_LOG: 'postgres',
      FEEDS: 'tables',
    });
    expect(settings.KAFKA_BROKERS).toEqual(['a:1', 'b:2']);
    expect(settings.EVENTSTORE_URL).toBeUndefined();
  });

  it('names every variable that is wrong, what is wrong, and an example, all at once', () => {
    const message = refusalOf({ PORT: 'abc', EVENT_LOG: 'mysql', BODY_LIMIT_BYTES: '5' });
    expect(message).toContain(
      'PORT: not an integer from 0 to 65535 (it is "abc"). Example: PORT=4000',
    );
    expect(message).toContain('DATABASE_URL: is not set. Example: DATABASE_URL=postgres://');
    expect(message).toContain('EVENT_LOG: not one of postgres, eventstoredb (it is "mysql")');
    expect(message).toContain('BODY_LIMIT_BYTES: not an integer from 1024');
  });

  it.each([
    [{ FEEDS: 'kafka' }, 'KAFKA_BROKERS: is not set, but FEEDS=kafka needs it'],
    [{ FEEDS: 'kafka', KAFKA_BROKERS: '' }, 'KAFKA_BROKERS: is not set'],
    [
      { EVENT_LOG: 'eventstoredb' },
      'EVENTSTORE_URL: is not set, but EVENT_LOG=eventstoredb needs it',
    ],
    [{ KAFKA_BROKERS: 'a:1,b' }, '"b" is not host:port'],
    [{ KAFKA_CA_FILE: __filename }, 'KAFKA_TLS: is off, but KAFKA_CA_FILE is given'],
    [{ KAFKA_CA_FILE: '/not/there.pem' }, 'KAFKA_CA_FILE: cannot be read: ENOENT'],
    [{ KAFKA_USER: 'ledger' }, 'KAFKA_PASSWORD: is not set, but KAFKA_USER signs in with it'],
    [{ KAFKA_PASSWORD: 'x' }, 'KAFKA_USER: is not set, but KAFKA_PASSWORD has to be somebody'],
    [
      { KAFKA_USER: 'ledger', KAFKA_PASSWORD: 'x', KAFKA_MECHANISM: 'plain' },
      'KAFKA_TLS: is off, and KAFKA_MECHANISM=plain would send the password in the open',
    ],
    [{ DRAIN_MS: '25000' }, 'STOP_LIMIT_MS: is not more than DRAIN_MS, which is 25000'],
    [{ UPSTREAM_TOPICS: 'acme=a' }, 'KAFKA_BROKERS: is not set, but UPSTREAM_TOPICS needs it'],
    [{ UPSTREAM_TOPICS: 'acme' }, '"acme" is not tenant=topic'],
    [{ UPSTREAM_TOPICS: 'acme=a[]' }, '"acme=a[]" is not tenant=topic'],
    [{ UPSTREAM_TOPICS: 'acme=a[https://shop.example*]' }, 'is not tenant=topic'],
    [{ UPSTREAM_TOPICS: 'acme=a,beta=a' }, 'a stands there twice; a topic belongs to one tenant'],
  ])('sees what belongs together: %j', (given, expected) => {
    expect(refusalOf({ ...GIVEN, ...given })).toContain(expected);
  });

  it('reads whose facts a topic brings, and for which sources', () => {
    const given = 'acme=upstream.acme[https://shop.example/*|urn:a,b], beta=upstream.beta';
    const settings = coreSettings.read({
      ...GIVEN,
      KAFKA_BROKERS: 'a:1',
      UPSTREAM_TOPICS: given,
    });
    expect(settings.UPSTREAM_TOPICS).toEqual([
      { tenant: 'acme', topic: 'upstream.acme', sources: ['https://shop.example/*', 'urn:a,b'] },
      { tenant: 'beta', topic: 'upstream.beta' },
    ]);
  });

  it('never shows a secret, not even a malformed one', () => {
    const shown = coreSettings.read(GIVEN);
    expect(shown.DATABASE_URL).toBe(DATABASE_URL);
    expect(JSON.stringify(shown) + inspect(shown)).not.toMatch(/hunter2|7,7|07 07/);
    expect(refusalOf({ PRIVACY_MASTER_KEY: 'c2hvcnQ=' })).not.toContain('c2hvcnQ=');
    expect(refusalOf({ DATABASE_URL: 'mysql://me:hunter2@localhost/t' })).not.toContain('hunter2');
    expect(refusalOf({ DATABASE_URL: 'hunter2' })).not.toContain('hunter2');
  });

  it('takes bytes only as they were drawn: all of them, in base64', () => {
    const settings = coreSettings.read({ DATABASE_URL, PRIVACY_MASTER_KEY });
    expect(Buffer.from(settings.PRIVACY_MASTER_KEY)).toEqual(Buffer.alloc(32, 7));
    for (const wrong of ['c2hvcnQ=', 'x'.repeat(44), PRIVACY_MASTER_KEY.slice(0, -1)])
      expect(refusalOf({ ...GIVEN, PRIVACY_MASTER_KEY: wrong })).toContain(
        'PRIVACY_MASTER_KEY: not 32 bytes as base64. Example: PRIVACY_MASTER_KEY=<openssl rand -base64 32>',
      );
    expect(refusalOf({ DATABASE_URL })).toContain('PRIVACY_MASTER_KEY: is not set.');
  });

  it('describes what it reads as a table', () => {
    const table = env({
      PORT: port({ default: 4000, about: 'Where.' }),
      TOKEN: secret({ about: 'What.' }),
      RETRIES: optional(integer({ min: 1, max: 9, about: 'How often.' })),
    }).describe();
    expect(table.split('\n').slice(2)).toEqual([
      '| `PORT` | integer, 0 to 65535 | `4000` | Where. |',
      '| `TOKEN` | secret text | required | What. |',
      '| `RETRIES` | integer, 1 to 9 |  | How often. |',
    ]);
  });

  it('is described in the README as it is', () => {
    const plain = (table: string) =>
      table.replaceAll(/-{3,}/g, '---').replaceAll(/ +/g, ' ').trim();
    const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
    expect(plain(readme)).toContain(plain(coreSettings.describe()));
  });

  it('grows by what a service needs besides', () => {
    const extended = coreSettings.extend({ ZONE: optional(secret({ about: 'x' })) });
    const settings = extended.read({ ...GIVEN, ZONE: 'z' });
    expect([settings.ZONE, settings.PORT]).toEqual(['z', 4000]);
    expect(extended.describe()).toContain('`ZONE`');
  });
});

function refusalOf(source: Record<string, string>): string {
  try {
    coreSettings.read(source);
  } catch (error) {
    if (hasCode(error, 'invalid_configuration')) return error.message;
    throw error;
  }
  throw new Error('The configuration was accepted.');
}

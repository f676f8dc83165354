import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Door } from './server';

const run = promisify(execFile);

export interface GuardedDoor extends Door {
  /** Where the certificate lies that it shows, which no authority has signed. */
  readonly certificateFile: string;
  readonly user: { readonly username: string; readonly password: string };
  remove(): Promise<void>;
}

/** TLS with a certificate of its own, and one user who signs in by SCRAM; all of it drawn anew. */
export async function guardedDoor(): Promise<GuardedDoor> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-test-kafka-door-'));
  const [store, certificate] = [join(folder, 'store.p12'), join(folder, 'certificate.pem')];
  const storePassword = randomBytes(16).toString('hex');
  const user = { username: 'tributary', password: randomBytes(16).toString('hex') };
  const keytool = (...args: readonly string[]) =>
    run('keytool', [...args, '-keystore', store, '-storepass', storePassword, '-alias', 'kafka']);
  await keytool(
    ...['-genkeypair', '-keyalg', 'EC', '-groupname', 'secp256r1', '-storetype', 'PKCS12'],
    ...['-dname', 'CN=localhost', '-ext', 'san=ip:127.0.0.1,dns:localhost', '-validity', '2'],
  );
  await keytool('-exportcert', '-rfc', '-file', certificate);
  const login = `org.apache.kafka.common.security.scram.ScramLoginModule required username="${user.username}" password="${user.password}";`;
  return {
    listener: 'SASL_SSL',
    settings: [
      'sasl.enabled.mechanisms=SCRAM-SHA-512',
      'sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512',
      `listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=${login}`,
      'ssl.keystore.type=PKCS12',
      `ssl.keystore.location=${store}`,
      `ssl.keystore.password=${storePassword}`,
      'ssl.truststore.type=PEM',
      `ssl.truststore.location=${certificate}`,
    ],
    format: ['--add-scram', `SCRAM-SHA-512=[name=${user.username},password=${user.password}]`],
    certificateFile: certificate,
    user,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

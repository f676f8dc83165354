import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const SERVICES = ['attribution', 'commission', 'payouts', 'tier-evaluation', 'partners', 'ledger'];

const text = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
const dockerfile = readFileSync(join(ROOT, 'deploy/Dockerfile'), 'utf8');
const composeWorks = docker('compose', 'version').status === 0;

describe('describing the distributed profile', () => {
  const withCompose = composeWorks ? it : it.skip;
  withCompose('is accepted by docker compose (skipped without its client)', () => {
    const { status, stderr } = docker('compose', '--project-directory', ROOT, 'config', '--quiet');
    expect({ status, stderr }).toMatchObject({ status: 0 });
  });

  it.each(SERVICES)('gives %s a database of its own, the event store and Kafka', (service) => {
    const section = sectionOf(service);
    const role = service.replace('-', '_');
    expect(section).toContain(`APP: ${service}`);
    expect(section).toContain(`postgres://${role}:`);
    expect(section).toContain(`@postgres:5432/${role}`);
    expect(section).toContain('<<: *environment');
    expect(databaseScript()).toMatch(new RegExp(`\\b${role}\\b`));
  });

  it('runs every service that exists', () => {
    const programs = new Set(['standalone', 'cli', 'console']);
    expect(
      readdirSync(join(ROOT, 'apps'))
        .filter((app) => !programs.has(app))
        .sort(),
    ).toEqual([...SERVICES].sort());
  });

  it('chooses the distributed profile by settings alone', () => {
    for (const setting of [
      'EVENT_LOG: eventstoredb',
      'FEEDS: kafka',
      'KAFKA_BROKERS:',
      'EVENTSTORE_URL:',
      'PRIVACY_DATABASE_URL:',
      'SERVICE_TOKEN:',
      'OWNER_URLS:',
      'HOST:',
      'PORT:',
    ]) {
      expect(text).toContain(setting);
    }
  });

  it('asks for the master key of personal data, and brings none', () => {
    expect(text).toMatch(/PRIVACY_MASTER_KEY: \$\{PRIVACY_MASTER_KEY:\?[^}]+\}/);
    expect(databaseScript()).toMatch(/\bprivacy\b/);
  });

  it.each(['eventstore', 'kafka', 'postgres'])(
    'pins the image of %s and waits until it is healthy',
    (server) => {
      const section = sectionOf(server);
      expect(section).toMatch(/image: [a-z/]+:\d+\.\d+/);
      expect(section).toContain('healthcheck:');
      expect(text).toContain(`${server}: { condition: service_healthy }`);
    },
  );

  it('publishes ports on loopback only', () => {
    const published = [...text.matchAll(/ports: \['([^']+)'\]/g)].map(([, port]) => port);
    expect(published).toHaveLength(SERVICES.length + 3);
    expect(published.filter((port) => !port?.startsWith('127.0.0.1:'))).toEqual([]);
  });
});

describe('building the image of a service', () => {
  it('pins its base, runs as a normal user and says when it is ready', () => {
    expect(dockerfile).toMatch(/ARG NODE_IMAGE=node:20\.\d+\.\d+-/);
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).toMatch(/HEALTHCHECK[\s\S]*\/health\/ready/);
    expect(dockerfile).toContain('npm prune --omit=dev');
  });

  it('makes a database per service with a script that can be run', () => {
    const mode = statSync(join(ROOT, 'deploy/postgres/10-databases.sh')).mode;
    expect(mode & 0o111).not.toBe(0);
  });
});

function docker(...args: string[]) {
  const env = { ...process.env, PRIVACY_MASTER_KEY: 'any' };
  return spawnSync('docker', args, { encoding: 'utf8', timeout: 60_000, env });
}

function databaseScript(): string {
  return readFileSync(join(ROOT, 'deploy/postgres/10-databases.sh'), 'utf8');
}

/** From the line that names it to the next one at the same depth. */
function sectionOf(service: string): string {
  const [, rest = ''] = text.split(`\n  ${service}:\n`);
  return rest.split(/\n {0,2}\S/)[0] ?? '';
}

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const KAFKA_VERSION = '4.2.0';
const JAVA_MAJOR_MIN = 17;
const PROBE_LIMIT_MS = 20_000;
const RESOLVE_LIMIT_MS = 240_000;

/** Without a binding of slf4j the server logs nothing, and nobody learns when it is up. */
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tributary</groupId>
  <artifactId>kafka-for-tests</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>${KAFKA_VERSION}</version>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId>
      <artifactId>slf4j-simple</artifactId>
      <version>1.7.36</version>
    </dependency>
  </dependencies>
</project>
`;

export type ServerArtifacts = { readonly jars: string } | { readonly missing: string };

/** The folder with the server's jars, fetched by Maven on first use; or what this machine lacks for that. */
export function serverArtifacts(): ServerArtifacts {
  if (process.platform === 'win32') return { missing: 'no own broker on Windows' };
  const java = spawnSync('java', ['-version'], { encoding: 'utf8', timeout: PROBE_LIMIT_MS });
  const major = Number(/version "(\d+)/.exec(java.stderr ?? '')?.[1] ?? 0);
  if (major < JAVA_MAJOR_MIN) return { missing: `no Java ${JAVA_MAJOR_MIN} or newer` };

  const cache = join(workspaceRoot(), 'node_modules', '.cache', 'tributary');
  const jars = join(cache, `kafka-${KAFKA_VERSION}`);
  if (existsSync(jars)) return { jars };
  return fetchInto(cache, jars);
}

function fetchInto(cache: string, jars: string): ServerArtifacts {
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'fetching-'));
  try {
    writeFileSync(join(work, 'pom.xml'), POM);
    const options = { cwd: work, encoding: 'utf8', timeout: RESOLVE_LIMIT_MS } as const;
    const goal = ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=jars'];
    const maven = spawnSync('mvn', goal, options);
    if (maven.error) return { missing: `no Maven (${maven.error.message})` };
    if (maven.status !== 0) {
      const said = `${maven.stdout}${maven.stderr}`
        .split('\n')
        .find((line) => line.includes('ERROR'));
      return {
        missing: `Maven could not fetch Kafka ${KAFKA_VERSION}: ${said ?? 'no reason given'}`,
      };
    }
    publish(join(work, 'jars'), jars);
    return { jars };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** One rename, so that a folder under this name is complete; whoever comes second finds the same jars there. */
function publish(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}

function workspaceRoot(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'nx.json'))) {
    const parent = dirname(folder);
    if (parent === folder)
      throw new Error('The workspace root (the folder with nx.json) was not found.');
    folder = parent;
  }
  return folder;
}

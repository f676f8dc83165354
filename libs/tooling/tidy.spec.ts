import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import type { Untidy } from './tidy.fixture';
import { UNTIDY } from './tidy.fixture';

const ROOT = resolve(__dirname, '../..');
const NOT_OURS = new Set(['node_modules', 'dist', '.git', '.nx', '.data', '.bench', 'coverage']);
const BINARY = /\.(?:png|jpe?g|ico|woff2?|gz|zip|pdf)$/;
/** This spec's own table has to spell out what it looks for. */
const EXEMPT = new Set(['libs/tooling/tidy.fixture.ts']);

const { lockfileFaults } = require('./lockfile.cjs') as {
  lockfileFaults(lock: { packages: Record<string, object> }): string[];
};

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly overrides?: Record<string, unknown>;
}

describe('keeping the tree tidy', () => {
  const files = committedFiles(ROOT);

  it.each(UNTIDY)('has no $name', (untidy) => {
    const found = files
      .filter((file) => untidy.files.test(file) && !EXEMPT.has(file))
      .filter((file) => untidy.pattern.test(readFileSync(join(ROOT, file), 'utf8')));
    expect(found).toEqual([]);
  });

  it.each(UNTIDY)('would find $name', ({ pattern, planted, lawful }: Untidy) => {
    expect([pattern.test(planted), pattern.test(lawful)]).toEqual([true, false]);
  });

  it('has a README in every project', () => {
    expect(projects().filter((project) => !existsSync(join(ROOT, project, 'README.md')))).toEqual(
      [],
    );
  });

  it('numbers the decisions without a gap', () => {
    const numbers = readdirSync(join(ROOT, 'docs/decisions')).map((name) => name.slice(0, 5));
    expect(numbers).toEqual(numbers.map((_, i) => `${String(i + 1).padStart(4, '0')}-`));
  });

  it('links only to files that exist', () => {
    const broken = files
      .filter((file) => file.endsWith('.md'))
      .flatMap((file) => brokenLinks(file).map((link) => `${file} -> ${link}`));
    expect(broken).toEqual([]);
  });
});

describe('pinning what is installed', () => {
  const lock = readJson<{ packages: Record<string, { version?: string }> }>('package-lock.json');

  it('names exact versions only', () => {
    const loose = ['.', ...projects()].flatMap((project) => {
      const manifest = readJson<Manifest>(join(project, 'package.json'));
      const { dependencies, devDependencies, overrides } = manifest;
      return leaves({ dependencies, devDependencies, overrides }).filter(
        (version) => !/^(?:npm:[\w@/.-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version),
      );
    });
    expect(loose).toEqual([]);
  });

  it('locks every platform package, and names no address', () => {
    expect(lockfileFaults(lock)).toEqual([]);
  });

  it.each([
    [
      'a platform package that is missing',
      { 'node_modules/a': { optionalDependencies: { 'a-linux': '1.0.0' } } },
    ],
    ['an address', { 'node_modules/a': { resolved: 'https://example.org/a.tgz', integrity: 'x' } }],
    ['a missing integrity hash', { 'node_modules/a': { version: '1.0.0' } }],
  ])('would find %s', (_, packages) => {
    expect(lockfileFaults({ packages })).not.toEqual([]);
  });

  it('finds a platform package that lies deeper', () => {
    const packages = {
      'node_modules/a': { optionalDependencies: { b: '1.0.0' }, integrity: 'x' },
      'node_modules/a/node_modules/b': { integrity: 'x' },
    };
    expect(lockfileFaults({ packages })).toEqual([]);
  });

  it('takes all of Nx in one version, and all of Nest in one major', () => {
    const versionsOf = (pattern: RegExp) =>
      new Set(
        Object.entries(lock.packages)
          .filter(([place]) => pattern.test(place))
          .map(([, { version = '' }]) => version),
      );
    const nx = versionsOf(/node_modules\/(?:nx|@nx\/[^/]+)$/);
    const nest = [...versionsOf(/node_modules\/@nestjs\/[^/]+$/)].map(
      (version) => version.split('.')[0],
    );
    expect([nx.size, new Set(nest).size]).toEqual([1, 1]);
  });
});

function committedFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (NOT_OURS.has(entry.name) || entry.isSymbolicLink() || BINARY.test(entry.name)) return [];
    return entry.isDirectory() ? committedFiles(path) : [relative(ROOT, path).split(sep).join('/')];
  });
}

function projects(): string[] {
  return ['apps', 'libs']
    .flatMap((group) => readdirSync(join(ROOT, group)).map((name) => `${group}/${name}`))
    .filter((project) => existsSync(join(ROOT, project, 'package.json')));
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as T;
}

function leaves(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [];
}

/** Relative links of a Markdown file whose target is not there. */
function brokenLinks(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8').replace(/```[\s\S]*?```/g, '');
  const targets = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(
    ([, target = '']) => target,
  );
  const local = targets.filter((target) => !/^[a-z]+:/.test(target));
  return local.filter((target) => !existsSync(join(ROOT, file, '..', target)));
}

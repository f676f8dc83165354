import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Planted } from './boundaries.fixture';
import {
  CYCLE_BACK,
  IMPORT_DIRECTIONS,
  LAWFUL,
  PACKAGES,
  pureViolation,
  QUALITY_CASES,
  QUALITY_HELPERS,
  RESTRICTIONS,
} from './boundaries.fixture';

interface Restriction {
  readonly name: string;
}
interface Restrictions {
  readonly IMPORTS: readonly Restriction[];
  readonly PURE_IMPORTS: readonly Restriction[];
  readonly NO_CLOCK_READING: readonly Restriction[];
  readonly SYNTAX: readonly Restriction[];
  readonly PURE_GLOBALS: readonly string[];
  readonly PURE_PROPERTIES: readonly { object?: string; property: string }[];
  readonly EXCEPTIONS: readonly { file: string }[];
}

const ROOT = resolve(__dirname, '../..');
const restrictions = require('./restrictions.cjs') as Restrictions;
const { forbidden } = require('../../.dependency-cruiser.cjs') as { forbidden: Restriction[] };

/** As `npm run check` calls it: sources and tests, not what was built from them. */
const { SOURCES } = require('./sources.cjs') as { SOURCES: string[] };

const PURE_FOLDERS = [
  'libs/kernel/src',
  'libs/contracts/src',
  'apps/ledger/src/domain',
  'apps/commission/engines/v1',
];
const IMPURE_EXPRESSIONS = [
  ...restrictions.PURE_GLOBALS,
  ...restrictions.PURE_PROPERTIES.map(({ object = '"text"', property }) => `${object}.${property}`),
];
const PURITY = PURE_FOLDERS.flatMap((folder) =>
  IMPURE_EXPRESSIONS.map((expression) => pureViolation(folder, expression)),
);

/** A finding as both tools report it: where, and everything that names the rule. */
interface Finding {
  readonly file: string;
  readonly rule: string;
  readonly message: string;
}

let tree: string;
let linted: Finding[];
let cruised: Finding[];

beforeAll(() => {
  tree = realpathSync(mkdtempSync(join(tmpdir(), 'tributary-boundaries-')));
  plantEverything();
  linted = lint();
  cruised = cruise();
}, 180_000);

afterAll(() => rmSync(tree, { recursive: true, force: true }));

describe('keeping the direction of imports', () => {
  it.each(IMPORT_DIRECTIONS)('$rule fires in $file', ({ rule, file }) => {
    expect(cruised.filter((found) => found.file === file).map((found) => found.rule)).toContain(
      rule,
    );
  });

  it('has a planted violation for each rule', () => {
    expect(IMPORT_DIRECTIONS.map(({ rule }) => rule).sort()).toEqual(
      forbidden.map(({ name }) => name).sort(),
    );
  });

  it('is silent about lawful files', () => {
    const lawful = LAWFUL.map(([file]) => file);
    expect(cruised.filter(({ file }) => lawful.includes(file))).toEqual([]);
  });
});

describe('keeping clients, clocks and swallowed errors out of a file', () => {
  it.each(RESTRICTIONS)('$rule fires in $file', ({ rule, file }) => {
    expect(messagesIn(file)).toContainEqual(expect.stringMatching(new RegExp(`\\b${rule}: `)));
  });

  it('has a planted violation for each restriction', () => {
    const { IMPORTS, PURE_IMPORTS, NO_CLOCK_READING, SYNTAX } = restrictions;
    const configured = [...IMPORTS, ...PURE_IMPORTS, ...NO_CLOCK_READING, ...SYNTAX].map(
      ({ name }) => name,
    );
    expect(RESTRICTIONS.map(({ rule }) => rule).sort()).toEqual([...new Set(configured)].sort());
  });

  it('is silent about lawful files and the documented exceptions', () => {
    const lawful = LAWFUL.map(([file]) => file);
    const boundary = /no-restricted/;
    expect(linted.filter(({ file, rule }) => lawful.includes(file) && boundary.test(rule))).toEqual(
      [],
    );
    const judged = [
      'libs/kernel/src/hash.ts',
      'libs/kernel/src/instant.ts',
      'libs/kernel/src/period.ts',
    ];
    expect(restrictions.EXCEPTIONS.map(({ file }) => file)).toEqual(judged);
  });
});

describe('keeping pure folders pure', () => {
  it.each(PURITY)('refuses $rule in $file', ({ file }) => {
    const rules = linted.filter((found) => found.file === file).map(({ rule }) => rule);
    expect(rules).toContainEqual(expect.stringMatching(/^no-restricted-(globals|properties)$/));
  });
});

describe('keeping code in shape', () => {
  it.each(QUALITY_CASES)('$rule fires in $file', ({ rule, file }) => {
    expect(linted.filter((found) => found.file === file).map((found) => found.rule)).toContain(
      rule,
    );
  });

  it('has a planted violation for each rule that we chose', () => {
    const script = `import(${JSON.stringify(toolingUrl('eslint.mjs'))}).then(({ QUALITY, BUDGETS }) =>
      console.log(JSON.stringify(Object.keys({ ...QUALITY, ...BUDGETS }))))`;
    const { stdout } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
    expect(QUALITY_CASES.map(({ rule }) => rule).sort()).toEqual(
      (JSON.parse(stdout) as string[]).sort(),
    );
  });
});

const messagesIn = (file: string): string[] =>
  linted.filter((found) => found.file === file).map(({ message }) => message);

const toolingUrl = (file: string): string => pathToFileURL(join(__dirname, file)).href;

function write(file: string, text: string): void {
  mkdirSync(dirname(join(tree, file)), { recursive: true });
  writeFileSync(join(tree, file), text);
}

function plantEverything(): void {
  const planted: Planted[] = [...IMPORT_DIRECTIONS, ...RESTRICTIONS, ...PURITY, ...QUALITY_CASES];
  for (const { file, text } of planted) write(file, text);
  for (const [file, text] of [...LAWFUL, CYCLE_BACK, ...QUALITY_HELPERS]) write(file, text);

  const { dependencies, devDependencies, undeclared } = PACKAGES;
  const versions = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, '1.0.0']));
  write(
    'package.json',
    JSON.stringify({
      dependencies: versions(dependencies),
      devDependencies: versions(devDependencies),
    }),
  );
  for (const name of [...dependencies, ...devDependencies, ...undeclared]) {
    write(
      `node_modules/${name}/package.json`,
      JSON.stringify({ name, version: '1.0.0', main: 'index.js' }),
    );
    write(`node_modules/${name}/index.js`, 'exports.x = 1;\n');
  }

  for (const file of ['tsconfig.json', 'tsconfig.base.json', '.dependency-cruiser.cjs']) {
    cpSync(join(ROOT, file), join(tree, file));
  }
  // The engines lie outside src; the real tree adds them when the first one is written.
  const tsconfig = {
    extends: './tsconfig.json',
    compilerOptions: { types: [] },
    include: ['apps', 'libs'],
  };
  write('tsconfig.planted.json', JSON.stringify(tsconfig));
  write(
    'eslint.config.mjs',
    `import { tributary } from '${toolingUrl('eslint.mjs')}';
     const project = { languageOptions: { parserOptions: { project: ['tsconfig.planted.json'] } } };
     export default [...tributary(import.meta.dirname), { files: ['**/*.ts'], ...project }];\n`,
  );
}

function lint(): Finding[] {
  interface FileReport {
    filePath: string;
    messages: { ruleId: string | null; message: string }[];
  }
  const reports = runJson<FileReport[]>('eslint/bin/eslint.js', [
    '--format',
    'json',
    'apps',
    'libs',
  ]);
  return reports.flatMap(({ filePath, messages }) =>
    messages.map(({ ruleId, message }) => ({
      file: relative(tree, filePath),
      rule: ruleId ?? 'parse-error',
      message,
    })),
  );
}

function cruise(): Finding[] {
  interface Report {
    summary: { violations: { from: string; rule: { name: string } }[] };
  }
  const { summary } = runJson<Report>('dependency-cruiser/bin/dependency-cruise.mjs', [
    '--output-type',
    'json',
    ...SOURCES,
  ]);
  return summary.violations.map(({ from, rule }) => ({
    file: from,
    rule: rule.name,
    message: rule.name,
  }));
}

function runJson<T>(script: string, args: string[]): T {
  const run = spawnSync(process.execPath, [join(ROOT, 'node_modules', script), ...args], {
    cwd: tree,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (!run.stdout.trim()) throw new Error(`${script} said nothing on stdout: ${run.stderr}`);
  return JSON.parse(run.stdout) as T;
}

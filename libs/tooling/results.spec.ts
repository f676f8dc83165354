import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

interface Sum {
  passed: number;
  failed: number;
  skipped: string[];
  crashed: string[];
}
const { closingLine, crashSpecs, sumResults, testedProjects } = require('./results.cjs') as {
  closingLine(sum: { passed: number; failed: number; skipped: number }): string;
  crashSpecs(root: string, project: string): string[];
  sumResults(folder: string, projects: string[]): Sum;
  testedProjects(root: string): string[];
};

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tributary-results-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('counting the tests of all projects', () => {
  it('adds up what each project left behind', () => {
    write('apps/a.json', { passed: 3, failed: 1, skipped: [] });
    write('libs/b.json', {
      passed: 4,
      failed: 0,
      skipped: ['kafka.spec.ts: a broker (skipped: no Java)'],
    });
    expect(sumResults(root, ['apps/a', 'libs/b'])).toEqual({
      passed: 7,
      failed: 1,
      skipped: ['libs/b kafka.spec.ts: a broker (skipped: no Java)'],
      crashed: [],
    });
  });

  it('counts a project that left nothing behind as a failure', () => {
    write('apps/a.json', { passed: 3, failed: 0, skipped: [] });
    expect(sumResults(root, ['apps/a', 'libs/b'])).toMatchObject({
      failed: 1,
      crashed: ['libs/b'],
    });
  });

  it('ignores what a project left behind that is no longer there', () => {
    write('libs/gone.json', { passed: 0, failed: 9, skipped: [] });
    expect(sumResults(root, [])).toMatchObject({ passed: 0, failed: 0 });
  });

  it('asks only projects that say they have tests', () => {
    write('apps/a/package.json', { nx: { targets: { test: {} } } });
    write('libs/b/package.json', { nx: { targets: { build: {} } } });
    expect(testedProjects(root)).toEqual(['apps/a']);
  });

  it('finds crash specs at any depth, but not in what was built or installed', () => {
    for (const place of ['src/log', 'dist', 'node_modules/x'])
      write(`libs/b/${place}/a.crash.spec.ts`, {});
    expect(crashSpecs(root, 'libs/b')).toEqual(['libs/b/src/log/a.crash.spec.ts']);
  });
});

describe('closing a run', () => {
  it.each([
    [{ passed: 5, failed: 0, skipped: 0 }, '5 passed, 0 failed'],
    [{ passed: 5, failed: 2, skipped: 1 }, '5 passed, 2 failed, 1 skipped'],
  ])('%j reads "%s"', (sum, line) => {
    expect(closingLine(sum)).toBe(line);
  });
});

function write(file: string, content: object): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), JSON.stringify(content));
}

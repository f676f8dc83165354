import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = join(__dirname, '..', '..');
const MODULE = pathToFileURL(join(__dirname, 'one-at-a-time.mjs')).href;

describe('preparing the workspace from several processes', () => {
  const what = `spec-${process.pid}`;
  const claim = join(ROOT, '.nx', `${what}.pid`);
  const diary = join(ROOT, '.nx', `${what}.diary`);
  beforeEach(() => {
    mkdirSync(join(ROOT, '.nx'), { recursive: true });
    writeFileSync(diary, '');
  });
  afterEach(() => {
    rmSync(claim, { force: true });
    rmSync(diary, { force: true });
  });

  it('lets one work after the other', async () => {
    await Promise.all(
      [working(), working(), working()].map(async (child) => await once(child, 'exit')),
    );
    expect(readFileSync(diary, 'utf8')).toBe('begin end begin end begin end ');
    expect(existsSync(claim)).toBe(false);
  });

  it('goes on where another was killed', async () => {
    const killed = working(60_000);
    while (!readFileSync(diary, 'utf8').includes('begin'))
      await new Promise((next) => setTimeout(next, 20));
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    expect(existsSync(claim)).toBe(true);
    await once(working(), 'exit');
    expect(readFileSync(diary, 'utf8')).toBe('begin begin end ');
  });

  const working = (forMs = 50) =>
    spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { appendFileSync } from 'node:fs';
         import { oneAtATime } from ${JSON.stringify(MODULE)};
         const note = (text) => appendFileSync(${JSON.stringify(diary)}, text + ' ');
         await oneAtATime(${JSON.stringify(what)}, async () => {
           note('begin');
           await new Promise((next) => setTimeout(next, ${forMs}));
           note('end');
         });`,
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
});

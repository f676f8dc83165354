import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readOptions } from '../src/options';
import { startServices } from '../src/services';
import { Standalone } from '../src/standalone';

const README = join(__dirname, '..', '..', '..', 'README.md');
const BLOCK = /```bash tour\n([\s\S]*?)```/g;
const ADDRESS = 'http://127.0.0.1:4000';
const EXPECTED = '# → ';
const MARK = '--- expected: ';

describe('following the tour of the README', () => {
  let folder: string;
  let program: Standalone;
  let address: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tributary-tour-'));
    const options = readOptions(['--data-dir', join(folder, '.data'), '--port', '0'], process.env);
    program = new Standalone(options, () => undefined);
    const running = await program.start(startServices);
    address = running?.address ?? '';
  });
  afterAll(async () => {
    await program.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('answers every command as the text beside it says', async () => {
    const tour = [...(await readFile(README, 'utf8')).matchAll(BLOCK)]
      .map(([, block = '']) => block)
      .join('');
    // What follows an arrow is what the command above it has to print.
    const script = tour
      .replaceAll(ADDRESS, address)
      .split('\n')
      .map((line) =>
        line.startsWith(EXPECTED)
          ? `printf '\\n%s\\n' '${MARK}${line.slice(EXPECTED.length)}'`
          : line,
      )
      .join('\n');
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: folder,
    });

    const steps = stepsOf(stdout);
    expect(steps.length).toBeGreaterThan(8);
    for (const { printed, expected } of steps) expect(printed).toContain(expected);
  });

  it('asks the demo programme what the start proposes', async () => {
    const { auditor } = JSON.parse(
      await readFile(join(folder, '.data', 'demo-keys.json'), 'utf8'),
    ) as { auditor: string };
    const headers = { authorization: `Bearer ${auditor}` };
    const measures = `${address}/v1/partners/northwind/measures`;
    const answer = await (await fetch(measures, { headers })).json();
    expect(answer).toMatchObject({ measures: [{ count: '3', amount: '840' }] });
  });
});

function stepsOf(output: string): { readonly printed: string; readonly expected: string }[] {
  const steps: { printed: string; expected: string }[] = [];
  let printed = '';
  for (const line of output.split('\n')) {
    if (!line.startsWith(MARK)) {
      printed += `${line}\n`;
      continue;
    }
    steps.push({ printed, expected: line.slice(MARK.length) });
    printed = '';
  }
  return steps;
}

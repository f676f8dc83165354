import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { playDemo } from '../src/demo/play-demo';
import { type People, playPayouts } from '../src/demo/play-payouts';
import { playTiers } from '../src/demo/play-tiers';
import { readOptions } from '../src/options';
import { startServices } from '../src/services';
import { type Running, Standalone } from '../src/standalone';

// A whole first start, on a machine that may have other things to do.
jest.setTimeout(600_000);

const README = join(__dirname, '..', '..', '..', 'README.md');
const BLOCK = /```bash tour\n([\s\S]*?)```/g;
const ADDRESS = 'http://127.0.0.1:4000';
const EXPECTED = '# → ';
const MARK = '--- expected: ';

describe('following the tour of the README', () => {
  let folder: string;
  let program: Standalone;
  let running: Running | undefined;
  let address: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tributary-tour-'));
    const options = readOptions(['--data-dir', join(folder, '.data'), '--port', '0'], process.env);
    program = new Standalone(options, () => undefined);
    running = await program.start(startServices);
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
          ? `printf '\\n%s\\n' ${quoted(MARK + line.slice(EXPECTED.length))}`
          : line,
      )
      .join('\n');
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: folder,
      // Whoever runs the tests may have asked for colours, which are no part of an answer.
      env: { ...process.env, FORCE_COLOR: '0' },
    });

    const steps = stepsOf(stdout);
    expect(steps.length).toBeGreaterThan(8);
    for (const { printed, expected } of steps) expect(printed).toContain(expected);
  });

  describe('asking the demo programme', () => {
    it('tells who is credited with the sale that the start proposes, and why', async () => {
      const { sale, customer } = demo();
      const { lines } = await until(`sales/${sale}`, (body) => lastOf(body).includes('southwind'));
      expect(lines.map(({ steps }: Answer) => steps.at(-1).value)).toMatchObject([
        { net: '135000', parts: [{ partner: 'northwind', basis: '135000' }] },
        { net: '44910', parts: [{ partner: 'northwind', basis: '44910' }] },
      ]);
      expect((await ask(`customers/${customer}`)).current).toMatchObject([
        {
          rung: 'touches',
          winners: [{ partner: 'northwind' }],
          influenced: ['southwind'],
          discardedCounts: { after_conversion: 1 },
        },
      ]);
    });

    it('shows a conflict, revenue by usage behind a coupon, and trainings', async () => {
      expect(await until('conflicts', ({ items }) => items.length > 0)).toMatchObject({
        items: [{ state: 'open' }],
      });
      const revenue = await until('partners/southwind/revenue', ({ items }) => items.length > 1);
      expect(revenue.items).toMatchObject([
        { month: '2026-02', sourced: '0', influenced: '179910' },
        { month: '2026-04', sourced: '1234567', influenced: '0' },
      ]);
      expect(await ask('partners/northwind/measures')).toMatchObject({
        measures: [{ count: '3', amount: '840' }],
      });
    });

    it('explains what a line has earned, and has the amount again from that alone', async () => {
      const { sale, earned } = demo();
      const lines = await until(
        'lines?partner=northwind',
        ({ totals: [sum] }) => sum?.posted === '44978',
      );
      // 25% of 1,350.00 and of 449.10, rounded line by line.
      expect(lines.items.map(({ posted }: Answer) => posted).sort()).toEqual(['11228', '33750']);
      const explained = await ask(earned.replace('/v1/', ''));
      expect(explained).toMatchObject({ recomputed: true, differences: [] });
      expect(JSON.stringify(explained)).toContain(sale);
      expect(await ask('ledger/trial-balance')).toMatchObject({ totals: [{ difference: '0' }] });
    });

    it('has paid one partner, and owes the other again what came back and was paid anew', async () => {
      const register = await ask(`reports/payouts?run=${demo().paid?.run}`);
      expect(register.items).toMatchObject([
        { partner: 'northwind', net: '44978', state: 'settled', returnedOn: null },
        { partner: 'southwind', net: '304012', state: 'settled', returnedOn: expect.any(String) },
      ]);
      const returned = await ask('reports/returns');
      expect(returned.items).toMatchObject([
        { partner: 'southwind', net: '304012', reason: 'AC03', reissuedAs: expect.any(String) },
      ]);
    });

    it('has promoted a third in the middle of March, which made two of four payments worth more', async () => {
      const { tiers } = demo();
      const card = await ask(tiers.scorecard.replace('/v1/', ''));
      expect(card).toMatchObject({
        entitled: 'preferred',
        value: { applied: 'preferred' },
        history: [
          { from: '2026-01-22T15:00:00.000Z', tier: 'certified' },
          { from: '2026-03-17T17:00:00.000Z', tier: 'preferred' },
        ],
        progress: { tier: 'strategic', steps: [{ text: 'ARR R$54,000 of R$200,000' }, {}, {}] },
      });
      const { items, totals } = await ask(tiers.earned.replace('/v1/', ''));
      const posted = items.map((line: Answer) => line.posted).sort();
      expect(posted).toEqual(['19500', '20000', '30864', '46913']);
      expect(totals).toMatchObject([{ posted: '117277', released: '0' }]);
    });

    it('hears the same when it is told again', async () => {
      const { sale, customer, earned, paid, tiers } = demo();
      const file = join(folder, '.data', 'demo-keys.json');
      const keys = JSON.parse(await readFile(file, 'utf8')) as People;
      const paths = ['sales', 'customers', 'conflicts', `sales/${sale}/history`, 'lines', 'plans'];
      paths.push(
        'accounts',
        'payout-runs',
        'payees',
        'paying-accounts/itau/bank-lines',
        'sandbox-bank',
        'standings',
        'partners/westwind/standings/commercial/scorecards',
      );
      const before = await Promise.all(paths.map(standing));
      expect(await playDemo(address, keys)).toEqual({ sale, customer, earned });
      expect(await playPayouts(address, keys)).toEqual(paid);
      expect(await playTiers(address, keys)).toEqual(tiers);
      expect(await Promise.all(paths.map(standing))).toEqual(before);
    });

    function demo() {
      if (!running?.demo) throw new Error('The first start tells the demo.');
      return running.demo;
    }

    async function ask(path: string): Promise<Answer> {
      const headers = { authorization: `Bearer ${demo().keys.auditor}` };
      return (await fetch(`${address}/v1/${path}`, { headers })).json();
    }

    /** The last word about a thing may come a moment after the first. */
    async function until(path: string, isSo: (body: Answer) => boolean): Promise<Answer> {
      for (let attempt = 0; attempt < 300; attempt++) {
        const body = await ask(path);
        if (isSo(body)) return body;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return await ask(path);
    }

    async function standing(path: string): Promise<Answer> {
      const { position: _position, ...rest } = await ask(path);
      return rest;
    }
  });
});

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers of many routes, each looked at by a matcher.
type Answer = any;

const lastOf = ({ lines }: Answer): string =>
  JSON.stringify(lines.map(({ steps }: Answer) => steps.at(-1)));

/** As one word of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

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

import { join } from 'node:path';

import { tributary } from './tributary';

describe('asking the program', () => {
  it.each([
    [['--help'], 0, 'tributary <command> --help'],
    [[], 2, 'npx tributary doctor, then: npx tributary start'],
    [['dance'], 2, 'There is no command "dance".'],
    [['doctor', '--help'], 0, 'Exit codes:'],
    [['start', '--help'], 0, 'tributary start [options]'],
    [['verify', '-h'], 0, 'DATABASE_URL'],
    [['replay', '--help'], 0, '--compare <url>'],
    [['pack', '--help'], 0, 'manifest.json'],
    [['witness', '--help'], 0, 'tributary verify --since'],
    [['explain', '--help'], 0, 'tributary explain <line id>'],
    [['bench', '--help'], 0, '--check'],
    [['doctor', '--verbose'], 2, 'Try: tributary doctor --help'],
    [['replay', '--from', '1'], 2, 'Try: tributary replay --help'],
    [['replay'], 2, '--archive names the file to read.'],
    [['pack', '--tenant', 'demo'], 2, '--period takes a month'],
    [['witness'], 2, '--log names the log to witness.'],
    [['explain'], 2, 'Name the line by its id'],
    [['verify', '--pack', 'a', '--archive', 'b'], 2, 'give one'],
    [['tick', '--key', 'k', '--as-of', 'yesterday'], 2, '--as-of takes a moment'],
    [['verify', '--archive', 'nowhere'], 3, 'nowhere cannot be read'],
    [['verify', '--archive', 'nowhere', '--up-to', 'L3'], 3, 'nowhere cannot be read'],
    [['verify', '--pack', 'nowhere'], 3, 'There is no folder'],
    [['replay', '--archive', 'nowhere'], 3, 'nowhere cannot be read'],
    [['witness', '--log', __dirname], 3, 'src cannot be read'],
    [['witness', '--ask', 'http://127.0.0.1:1', '--witness', __dirname], 3, 'src cannot be read'],
  ])('answers %j with exit code %i and something useful', async (args, expected, text) => {
    const { code, printed } = await asked(args);
    expect(code).toBe(expected);
    expect(printed).toContain(text);
  });

  it('says what it could not do in the form that was asked for', async () => {
    const { code, printed } = await asked([
      'verify',
      '--json',
      '--data-dir',
      join(__dirname, 'nowhere'),
    ]);
    expect(code).toBe(3);
    expect(JSON.parse(printed)).toMatchObject({ error: 'database_url_missing' });
  });
});

async function asked(args: readonly string[]): Promise<{ code: number; printed: string }> {
  const lines: string[] = [];
  const code = await tributary(args, { variables: {}, out: (line) => lines.push(line) });
  return { code, printed: lines.join('\n') };
}

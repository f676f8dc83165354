import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { tributary } from './tributary';

describe('keeping a sandbox bank on a laptop', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tributary-bank-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function asked(...args: string[]): Promise<{ code: number; said: string }> {
    const lines: string[] = [];
    const variables = { TRIBUTARY_DATA_DIR: folder };
    const code = await tributary(['bank', ...args], { variables, out: (line) => lines.push(line) });
    return { code, said: lines.join('\n') };
  }
  const facts = async (...args: string[]) => {
    const { code, said } = await asked(...args, '--json');
    expect({ code, said: code === 0 ? '' : said }).toEqual({ code: 0, said: '' });
    return JSON.parse(said) as Record<string, unknown>;
  };
  const wrote = (name: string, content: string) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const opened = () => facts('open', '--balance', '500.00', '--on', '2026-04-15');

  it('pays a file, answers it, and shows it on a statement', async () => {
    await opened();
    const file = wrote('pay.rem', PAYMENT);
    expect(await facts('receive', file)).toEqual({
      outcome: 'taken',
      sequence: 1,
      payments: 1,
      totalMinor: '10000',
    });
    expect(await facts('advance', '--days', '2')).toMatchObject({
      day: '2026-04-17',
      balanceMinor: '40000',
    });
    const { files } = (await facts('return')) as { files: { path: string; sequence: number }[] };
    expect(
      files.map(({ path }) => readFileSync(path, 'latin1').split('\r\n')[2]?.slice(230, 232)),
    ).toEqual(['BD', '00']);
    expect(await facts('return')).toEqual({ files: [] });
    for (const format of ['camt053', 'ofx']) {
      const { path } = await facts('statement', '--format', format);
      expect(readFileSync(String(path), 'utf8')).toContain('ITEMONE');
    }
  });

  it('ends with 1 and all reasons where a file is refused', async () => {
    await opened();
    const { code, said } = await asked(
      'receive',
      wrote('bad.rem', PAYMENT.replace('REA', 'USD').replace('341000', '237000')),
    );
    expect(code).toBe(1);
    expect(said).toContain('line 1, 1-3: Bank is "237", not 341 (unknown_bank)');
    expect(said).toContain('line 3, 102-104: Currency');
    expect((await asked('receive', join(folder, 'pay.rem'))).code).toBe(3);
  });

  it('follows a scenario, and takes money in by hand', async () => {
    await opened();
    const rules = [{ when: { item: 'ITEMONE' }, then: { kind: 'rejected', codes: ['AN'] } }];
    await facts('follow', wrote('scenario.json', JSON.stringify({ rules })));
    await facts('receive', wrote('pay.rem', PAYMENT));
    expect(await facts('enter', '--credit', '12.50', '--text', 'deposito')).toMatchObject({
      balanceMinor: '51250',
    });
    expect((await asked('show')).said).toContain('512.50 BRL');
  });

  it('is not replaced unless asked to be', async () => {
    await opened();
    const again = ['open', '--balance', '1.00', '--on', '2026-05-01'];
    expect(await asked(...again)).toMatchObject({ code: 3 });
    expect(await asked(...again, '--again')).toMatchObject({ code: 0 });
    expect(await facts('show')).toMatchObject({ balanceMinor: '100' });
  });

  it.each<[string[], number, string]>([
    [['--help'], 0, 'tributary bank receive payments.rem'],
    [[], 2, 'What is the bank to do?'],
    [['rob'], 2, 'The bank cannot "rob".'],
    [['toString'], 2, 'The bank cannot "toString".'],
    [['receive'], 2, 'Which file?'],
    [['show', '--on', '2026-01-01'], 2, 'Try: tributary bank --help'],
    [['open'], 2, '--on takes the day'],
    [['open', '--on', '2026-01-01', '--account', '341-1'], 2, '--account takes'],
    [['open', '--on', '2026-01-01', '--balance', '12'], 2, 'such as 12.50'],
    [['show'], 3, 'There is no sandbox bank'],
  ])('answers %j with exit code %i', async (args, code, text) => {
    const { code: ended, said } = await asked(...args);
    expect(ended).toBe(code);
    expect(said).toContain(text);
  });
});

/** One TED of 100.00, as a file: columns from 1, both ends included, each line of 240. */
const line = (...columns: readonly (readonly [number, string])[]): string => {
  let text = ' '.repeat(240);
  for (const [from, word] of columns)
    text = text.slice(0, from - 1) + word + text.slice(from - 1 + word.length);
  return `${text}\r\n`;
};
const PAYER = [18, '212ABC34501DE35'] as const;
const ACCOUNT = [53, '01234 000000056789 0'] as const;
const PAYMENT = [
  line(
    [1, '34100000'],
    [15, '080'],
    PAYER,
    ACCOUNT,
    [143, '115042026103000000001'],
    [164, '00000000'],
  ),
  line([1, '34100011C2041040'], PAYER, ACCOUNT),
  line(
    [1, '3410001300001A00001823704321 000000012345 6'],
    [44, 'MARIA DA SILVA'],
    [74, 'ITEMONE'],
    [94, '15042026REA'],
    [115, '00000000000000010000'],
    [155, '0'.repeat(23)],
    [198, '00000000052998224725'],
  ),
  line([1, '34100015'], [18, '000003000000000000010000']),
  line([1, '34199999'], [18, '000001000005']),
].join('');

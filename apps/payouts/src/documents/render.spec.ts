import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { StatementContent } from '../domain/statement/content';
import { type DocumentHash, LANGUAGES } from '../domain/statement/events';
import { contentOfMarch } from '../domain/statement/statement.fixture';
import { numberOf } from './amounts';
import { printable } from './pdf-canvas';
import { documentsOf, rendered } from './render';
import { pagesOf, textOf } from './pdf-text.fixture';

const content = contentOfMarch();

/**
 * What renderer 1 makes of this statement, for ever. If this fails, statements that were issued can no longer be downloaded: keep
 * the renderer (and the version of pdfkit) as it was, and add the next one.
 */
const GOLDEN: readonly DocumentHash[] = [
  {
    format: 'pdf',
    language: 'pt-BR',
    sha256: 'e9d5e9bc14164caf5b6ef50006a8476175400f97300cfa37610d9e151d39194c',
  },
  {
    format: 'pdf',
    language: 'es',
    sha256: '6bdc2e02cf7e016e93ebf48ae77477031465ec197f388925d3c05dcad537a3b8',
  },
  {
    format: 'pdf',
    language: 'en',
    sha256: 'aca39771ca0d43a6564d5789e59695a5028be142d19e0e2493d5b434f5cddb69',
  },
  {
    format: 'csv',
    language: 'pt-BR',
    sha256: '9cc0491bb2094bc1409ec0bc367a9734384035d47672655aa3bc931cd3c90929',
  },
  {
    format: 'csv',
    language: 'es',
    sha256: 'a81f6477d7fc7e1f1f026c2ba72cc03053f1da3ed6c5290c6b0e5faf574b0200',
  },
  {
    format: 'csv',
    language: 'en',
    sha256: 'ba732bdf292b5b3d1f971f2790a8e069fc7e7fe4cfbac5be73e3e211219116fd',
  },
];

describe('rendering a statement', () => {
  it('makes the bytes that it has always made', async () => {
    expect(await documentsOf(content)).toEqual(GOLDEN);
  });

  it('makes the same bytes in other processes, zones and languages', async () => {
    const hook = join(__dirname, '../../../../libs/testing/register-typescript.cjs');
    const program = join(__dirname, 'renders.fixture.ts');
    const made = await Promise.all(
      [
        { TZ: 'Pacific/Kiritimati', LC_ALL: 'ar_EG.UTF-8', LANG: 'ar_EG.UTF-8' },
        { TZ: 'America/St_Johns', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' },
      ].map(async (env) => {
        const options = { env: { ...process.env, ...env } };
        const { stdout } = await promisify(execFile)(
          process.execPath,
          ['-r', hook, program],
          options,
        );
        return JSON.parse(stdout) as { zone: number; documents: readonly DocumentHash[] };
      }),
    );
    expect(new Set(made.map(({ zone }) => zone)).size).toBe(2);
    for (const { documents } of made) expect(documents).toEqual(GOLDEN);
  });

  it.each(LANGUAGES)('says in %s what the statement says', async (language) => {
    const text = textOf(await rendered(content, 'pdf', language));
    for (const { amount } of content.lines)
      expect(text).toContain(numberOf(BigInt(amount), 'BRL/2', language));
    for (const word of ['p1.main.brl.202603', 'Agência Ação & Coração Ltda.', 'IRRF', 'AC06'])
      expect(text).toContain(word);
    expect(text).toContain(printable('E60701190202603151530A1B2C3D4E5F'));
  });

  it('goes on over as many pages as it needs, and loses no line', async () => {
    const lines = Array.from({ length: 150 }, (_, i) => ({
      ...(content.lines[0] as StatementContent['lines'][number]),
      amount: String(1_000_000 + i),
    }));
    const pdf = await rendered({ ...content, lines }, 'pdf', 'en');
    const text = textOf(pdf);
    for (const { amount } of lines) expect(text).toContain(numberOf(BigInt(amount), 'BRL/2', 'en'));
    expect(pagesOf(pdf)).toBe(7);
    expect(text).toContain('Page 7 of 7');
  });

  it('is made anew by the renderer that made it, or not at all', async () => {
    const head = { ...content.head, renderer: 99 };
    await expect(rendered({ ...content, head }, 'pdf', 'en')).rejects.toMatchObject({
      code: 'renderer_unknown',
    });
  });

  it.each([
    ['Łódź – São Paulo', '?ódz – São Paulo'],
    ['Škoda Čapek', 'Škoda Capek'],
    ['株式会社', '????'],
    ['a\u0007b', 'a?b'],
  ])('writes %s with what the fonts of every reader have', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });
});

describe('reading a statement as CSV again', () => {
  it.each(LANGUAGES)('finds in %s every figure, and they add up', async (language) => {
    const text = Buffer.from(await rendered(content, 'csv', language)).toString('utf8');
    const [head, ...rows] = text
      .split('\r\n')
      .filter((row) => row !== '')
      .map((row) => row.match(/(?<=^|,)(?:"(?:[^"]|"")*"|[^,]*)/g) ?? []);
    expect(head).toHaveLength(14);
    const minorOf = (section: string, kind?: string): bigint =>
      rows
        .filter((row) => row[0] === section && (kind === undefined || row[1] === kind))
        .reduce((sum, row) => sum + BigInt(row[12] ?? '0'), 0n);
    const { figures, lines } = content;
    expect(minorOf('summary', 'closing')).toBe(BigInt(figures.closing));
    expect(minorOf('summary', 'opening') + minorOf('entry')).toBe(BigInt(figures.closing));
    expect(minorOf('standing')).toBe(BigInt(figures.closing));
    expect(rows.filter(([section]) => section === 'entry')).toHaveLength(lines.length);
  });
});

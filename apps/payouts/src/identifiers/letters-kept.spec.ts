import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A CNPJ may have letters. Whoever takes out what is no digit, asks for fourteen digits or makes a number of it turns one company
 * into another, and a check digit does not always notice. So nobody does in this service, but where nothing except amounts is read.
 */
const FORBIDDEN: readonly (readonly [RegExp, planted: string, lawful: string])[] = [
  [/\\D/, String.raw`text.replace(/\D/g, '')`, String.raw`text.replaceAll(/[\s./-]/g, '')`],
  [
    /\[\^(?:0-9|\\d)[^\]A-Za-z]*\]/,
    "text.replace(/[^0-9]/g, '')",
    "text.replace(/[^0-9A-Z]/g, '')",
  ],
  [/(?:\\d|\[0-9\])\{14\}/, '/^[0-9]{14}$/.test(cnpj)', '/^[0-9A-Z]{12}[0-9]{2}$/.test(cnpj)'],
  [
    /(?:Number|parseInt|BigInt)\((?:\w+\.)*(?:cnpj|document|taxId)\b/i,
    'Number(payee.document)',
    'BigInt(payee.amount)',
  ],
];

const SERVICE = join(__dirname, '..');
const AMOUNTS_ONLY: ReadonlySet<string> = new Set(['bank-files/amounts.ts']);

describe('keeping the letters of a document', () => {
  it.each(FORBIDDEN)('finds what %s stands for, and nothing else', (pattern, planted, lawful) => {
    expect(pattern.test(planted)).toBe(true);
    expect(pattern.test(lawful)).toBe(false);
  });

  it('strips no letters anywhere in the service', () => {
    const sources = readdirSync(SERVICE, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && !name.endsWith('.spec.ts') && !AMOUNTS_ONLY.has(name),
    );
    expect(sources.length).toBeGreaterThan(20);
    const found = sources.flatMap((name) => {
      const text = readFileSync(join(SERVICE, name), 'utf8');
      return FORBIDDEN.filter(([pattern]) => pattern.test(text)).map(([pattern]) => [
        name,
        String(pattern),
      ]);
    });
    expect(found).toEqual([]);
  });
});

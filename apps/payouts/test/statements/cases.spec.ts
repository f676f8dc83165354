import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { validateXML } from 'xmllint-wasm';

import { CASES } from './cases.fixture';

const SCHEMA = join(__dirname, '../../../../libs/sandbox-bank/schemas/camt.053.001.08.xsd');
const TIERS = ['T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7'];
/** B18 is about tax and touches no bank. */
const BREAKS = Array.from({ length: 17 }, (_, i) => `B${String(i + 1).padStart(2, '0')}`);

const EXPECTED = 'expected.json';

// The files are committed, so that they can be read and kept; UPDATE_STATEMENTS=1 and Prettier write them anew.
if (process.env['UPDATE_STATEMENTS'] !== undefined)
  for (const one of CASES) {
    mkdirSync(join(__dirname, one.name), { recursive: true });
    for (const [name, bytes] of Object.entries(one.content))
      writeFileSync(join(__dirname, one.name, name), bytes);
    writeFileSync(join(__dirname, one.name, EXPECTED), JSON.stringify(one.expected));
  }

describe('keeping one statement for each way in which money is recognised, and each in which it is not', () => {
  it('has one for each tier and each type of break', () => {
    expect(CASES.map(({ name }) => name)).toEqual([...TIERS, ...BREAKS]);
  });

  it.each(CASES.map((one) => [one.name, one] as const))(
    '%s is as the sandbox bank writes it',
    (name, one) => {
      const { content, expected } = one;
      expect(readdirSync(join(__dirname, name)).sort()).toEqual(
        [...Object.keys(content), EXPECTED].sort(),
      );
      const committed = readFileSync(join(__dirname, name, EXPECTED), 'utf8');
      expect(JSON.parse(committed)).toEqual(expected);
      for (const [file, bytes] of Object.entries(content))
        expect(readFileSync(join(__dirname, name, file)).equals(bytes)).toBe(true);
    },
  );

  it('has statements that are valid under the schema of ISO 20022', async () => {
    const xml = CASES.flatMap(({ name, content }) =>
      Object.entries(content)
        .filter(([file]) => file.endsWith('.xml'))
        .map(([file, contents]) => ({ fileName: `${name}-${file}`, contents })),
    );
    const { errors } = await validateXML({
      xml,
      schema: { fileName: 'camt.xsd', contents: readFileSync(SCHEMA, 'utf8') },
    });
    expect(errors).toEqual([]);
  });
});

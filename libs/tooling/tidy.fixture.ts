/** What no committed text may contain, each with a line that must be found and one that must not. */
export interface Untidy {
  readonly name: string;
  /** Files that are looked at, by the end of their name. */
  readonly files: RegExp;
  readonly pattern: RegExp;
  readonly planted: string;
  readonly lawful: string;
}

const CODE = /\.(ts|tsx|mjs|cjs|js)$/;
const ANY = /./;
/** Put together here, so that this file does not contain what it looks for. */
const folders = ['work', 'root', 'farm', 'home', 'Users'].join('|');
const mark = ['TO', 'DO'].join('');

export const UNTIDY: readonly Untidy[] = [
  {
    name: 'a test that runs alone',
    files: CODE,
    pattern: /\b(?:it|test|describe)\.only\b|\bf(?:it|describe)\(/,
    planted: `${'it'}.only('x', f)`,
    lawful: "it('is the only one', f)",
  },
  {
    name: 'a test that never runs',
    files: CODE,
    pattern: /\b(?:it|test)\.todo\b|\bx(?:it|describe)\(/,
    planted: `${'x'}it('x', f)`,
    lawful: 'exit(1)',
  },
  {
    name: 'a skip without a reason',
    files: CODE,
    // The reason stands in the title of what is skipped, on the same line or just below.
    pattern:
      /\b(?:it|test|describe)\.skip\b(?![^\n]*(?:\n[^\n]*){0,3}(?:reason|skipped|because|without|needs|why))/i,
    planted: `describe.${'skip'}('a broker', f)`,
    lawful: `describe.${'skip'}('a broker (skipped: no Java)', f)`,
  },
  {
    name: 'an unfinished mark',
    files: CODE,
    pattern: new RegExp(`\\b(?:${mark}|${['FIX', 'ME'].join('')})\\b`),
    planted: `// ${mark} later`,
    lawful: '// To do this twice would be wrong.',
  },
  {
    name: 'types switched off',
    files: CODE,
    pattern: /@ts-(?:ignore|nocheck)/,
    planted: `// @ts-${'ignore'}`,
    lawful: '// @ts-expect-error -- the type says so',
  },
  {
    name: 'a lint rule switched off without a reason',
    files: CODE,
    pattern: /eslint-disable(?![^\n]* -- \S)/,
    planted: `// eslint-${'disable'}-next-line complexity`,
    lawful: `// eslint-${'disable'}-next-line complexity -- a ladder of guards`,
  },
  {
    name: 'a path of one machine',
    files: ANY,
    pattern: new RegExp(`(?<![\\w.~-])/(?:${folders})/[\\w.]`),
    planted: `cd /${'root'}/x`,
    lawful: 'docs/work/x and https://example.com/a/b',
  },
  {
    name: 'the host of a registry',
    files: ANY,
    pattern: /\bregistry\.[a-z0-9-]+\.[a-z]{2,}|_authToken|"resolved": "http/,
    planted: `https://${'registry'}.example.org/x`,
    lawful: 'the registry of partners',
  },
];

import tseslint from 'typescript-eslint';
import restrictions from './restrictions.cjs';

const { UNSHIPPED, PURE, IMPORTS, PURE_IMPORTS, PURE_GLOBALS, PURE_PROPERTIES } = restrictions;
const { EXCEPTIONS, NO_CLOCK_READING, SYNTAX } = restrictions;

/** Judgements about code itself. Each has a planted case in boundaries.spec.ts. */
export const QUALITY = {
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'no-empty': 'error',
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: true },
  ],
  // Files with decorators are left alone by the rule itself: there an import gives the constructor its metadata.
  '@typescript-eslint/consistent-type-imports': 'error',
  // What was caught may be thrown on as it is.
  '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true }],
  '@typescript-eslint/no-unused-vars': [
    'error',
    { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'all' },
  ],
};

export const BUDGETS = {
  'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
  // Guard ladders are the house style, and each optional chain counts as a branch.
  complexity: ['error', 15],
  'max-depth': ['error', 3],
  'max-params': ['error', 5],
};

const TEST_BUDGETS = {
  'max-lines': ['error', { max: 600, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': 'off',
  'max-params': 'off',
};

const refusal = ({ name, why }) => `${name}: ${why}`;
const asPattern = (restriction) => ({ regex: restriction.regex, message: refusal(restriction) });
const asSyntax = (restriction) => ({
  selector: restriction.selector,
  message: refusal(restriction),
});

/** ESLint keeps only the last options of a rule, so that every zone states its whole list. */
const importsRefused = (patterns) => ({
  'no-restricted-imports': ['error', { patterns: patterns.map(asPattern) }],
});

/** Where a client may be used, everything but that client stays refused. */
const clientZones = [...new Set(IMPORTS.flatMap(({ only }) => only))].map((glob) => ({
  files: [glob],
  rules: importsRefused(IMPORTS.filter(({ only }) => !only.includes(glob))),
}));

const pureGlobals = (allowed = []) => ({
  'no-restricted-globals': [
    'error',
    ...PURE_GLOBALS.filter((name) => !allowed.includes(name)).map((name) => ({
      name,
      message: 'Pure code is handed time, randomness and I/O.',
    })),
  ],
});

const pureZones = [
  {
    files: PURE,
    ignores: UNSHIPPED,
    rules: { ...pureGlobals(), 'no-restricted-properties': ['error', ...PURE_PROPERTIES] },
  },
  ...PURE.map((zone) => ({
    files: [zone],
    ignores: UNSHIPPED,
    rules: importsRefused([
      ...IMPORTS,
      ...PURE_IMPORTS.filter(({ files }) => files.includes(zone)),
    ]),
  })),
  ...EXCEPTIONS.map(({ file, imports, globals }) => ({
    files: [file],
    rules: {
      ...pureGlobals(globals),
      'no-restricted-syntax': ['error', ...[...SYNTAX, ...NO_CLOCK_READING].map(asSyntax)],
      ...importsRefused([
        ...IMPORTS,
        ...PURE_IMPORTS.filter(({ files }) => files.includes('libs/kernel/src/**')).map(
          (restriction) => ({
            ...restriction,
            regex: imports.reduce(
              (regex, allowed) => regex.replace('^(?!', `^(?!${allowed}$|`),
              restriction.regex,
            ),
          }),
        ),
      ]),
    },
  })),
];

/** The configuration of the workspace at `root`; the boundary spec applies it to a tree with planted violations. */
export const tributary = (root) =>
  tseslint.config(
    { ignores: ['**/node_modules/', '**/dist/', '.nx/', '.data/', '.bench/', 'coverage/'] },
    { linterOptions: { reportUnusedDisableDirectives: 'error' } },
    {
      files: ['**/*.ts', '**/*.mjs', '**/*.cjs'],
      rules: {
        eqeqeq: ['error', 'always', { null: 'ignore' }],
        'no-control-regex': 'error',
        'no-empty': 'error',
        'no-unused-vars': 'error',
        ...BUDGETS,
        'no-restricted-syntax': ['error', ...SYNTAX.map(asSyntax)],
        ...importsRefused(IMPORTS),
      },
    },
    {
      files: ['**/*.ts'],
      extends: [tseslint.configs.recommendedTypeChecked],
      languageOptions: { parserOptions: { project: ['tsconfig.json'], tsconfigRootDir: root } },
      rules: {
        ...QUALITY,
        'no-unused-vars': 'off',
        // A walk over linked nodes starts at this one.
        '@typescript-eslint/no-this-alias': 'off',
        // A port is asynchronous for the adapter that needs it.
        '@typescript-eslint/require-await': 'off',
        '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      },
    },
    ...clientZones,
    ...pureZones,
    {
      files: UNSHIPPED,
      rules: {
        ...TEST_BUDGETS,
        // Answers from a wire are looked at in tests, not trusted.
        '@typescript-eslint/no-unsafe-assignment': 'off',
        '@typescript-eslint/no-unsafe-argument': 'off',
        '@typescript-eslint/no-unsafe-member-access': 'off',
        '@typescript-eslint/no-unsafe-call': 'off',
        '@typescript-eslint/no-unsafe-return': 'off',
        '@typescript-eslint/unbound-method': 'off',
      },
    },
    {
      // Scripts that run before anything is built are required by specs, because Jest cannot import ES modules.
      files: ['libs/tooling/**'],
      rules: { '@typescript-eslint/no-require-imports': 'off' },
    },
  );

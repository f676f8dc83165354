const { relative, resolve } = require('node:path');

// `jest --rootDir <project>`: one configuration for every project. Packages that are ESM only are transformed with the rest.
const rootArgument = process.argv.indexOf('--rootDir');
const project = rootArgument < 0 ? __dirname : resolve(process.argv[rootArgument + 1]);
const ESM_ONLY = [
  '@nestjs',
  'file-type',
  'strtok3',
  'token-types',
  'uint8array-extras',
  '@tokenizer',
  '@borewit',
];

module.exports = {
  rootDir: project,
  testEnvironment: 'node',
  testMatch: ['<rootDir>/**/*.spec.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    '/dist/',
    ...(process.env.CRASH ? [] : ['\\.crash\\.spec\\.ts$']),
  ],
  modulePathIgnorePatterns: ['/dist/'],
  moduleNameMapper: {
    '^@tributary/(attribution|commission|payouts|tier-evaluation|partners|ledger|standalone|cli)$': `${__dirname}/apps/$1/src/$1.module.ts`,
    '^@tributary/([^/]+)$': `${__dirname}/libs/$1/src/index.ts`,
    '^@tributary/([^/]+)/([^/]+)$': `${__dirname}/libs/$1/src/$2.ts`,
  },
  transform: {
    '\\.[jt]s$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          keepClassNames: true,
        },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${ESM_ONLY.join('|')})/)`],
  maxWorkers: 1,
  passWithNoTests: true,
  testTimeout: 60_000,
  reporters: [
    'default',
    [`${__dirname}/libs/tooling/jest-summary.cjs`, { project: relative(__dirname, project) }],
  ],
};

const { relative, resolve } = require('node:path');

// `jest --rootDir <project>`: one configuration for every project.
const rootArgument = process.argv.indexOf('--rootDir');
const project = rootArgument < 0 ? __dirname : resolve(process.argv[rootArgument + 1]);
module.exports = {
  rootDir: project,
  testEnvironment: `${__dirname}/libs/tooling/jest-environment.cjs`,
  runtime: `${__dirname}/libs/tooling/jest-runtime.cjs`,
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
    '\\.ts$': [
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
  // Projects run beside one another. This one takes as long as several others and comes last, when a core is free.
  maxWorkers: project.endsWith('standalone') && !process.env.CRASH ? 2 : 1,
  passWithNoTests: true,
  testTimeout: 60_000,
  reporters: [
    'default',
    [`${__dirname}/libs/tooling/jest-summary.cjs`, { project: relative(__dirname, project) }],
  ],
};

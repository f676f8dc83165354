/**
 * Which way imports may point: service -> platform -> adapter -> pure. Each rule has a planted violation in
 * libs/tooling/boundaries.spec.ts; a rule without one fails that spec.
 */
const UNSHIPPED =
  '(\\.(spec|fixture)\\.ts$|/test/|/bench/|/contract/|/testing\\.ts$|^libs/(testing|tooling)/)';
const PURE = '^libs/(kernel|contracts)/';
const ADAPTER = '^libs/(event-log|feeds|postgres|privacy)/';
const NEST = '(^|/)@nestjs/';

const rule = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to });

module.exports = {
  forbidden: [
    rule(
      'no-cycles',
      'Two files that need each other are one file, or need a third.',
      {},
      { circular: true },
    ),
    rule(
      'no-unresolvable',
      'What cannot be found cannot be judged by the other rules.',
      {},
      { couldNotResolve: true },
    ),
    rule(
      'no-undeclared-package',
      'A package that no manifest names is there by accident.',
      {},
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    ),
    rule(
      'no-dev-package-in-production',
      'What ships must not need what only tests install; types vanish when compiled.',
      { path: '^(apps|libs)/', pathNot: UNSHIPPED },
      {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: 'node_modules/@types/',
      },
    ),

    rule(
      'kernel-imports-nothing',
      'Everything stands on the kernel.',
      { path: '^libs/kernel/', pathNot: UNSHIPPED },
      {
        // hash.ts takes SHA-256 from the platform; ESLint keeps every other file away from it.
        pathNot: ['^libs/kernel/', '^(node:)?crypto$'],
      },
    ),
    rule(
      'contracts-import-the-kernel',
      'Contracts are shapes.',
      { path: '^libs/contracts/', pathNot: UNSHIPPED },
      { pathNot: PURE },
    ),
    rule(
      'outsider-imports-kernel',
      'What an auditor checks with, and a bank that we test against, must not stand on what they judge.',
      { path: '^libs/(proofs|sandbox-bank)/', pathNot: UNSHIPPED },
      { path: '^(apps|libs)/', pathNot: ['^libs/$1/', '^libs/kernel/src/index\\.ts$'] },
    ),
    rule(
      'adapter-knows-no-framework',
      'An adapter works without Nest, so that tools and tests can use it as it is.',
      { path: ADAPTER },
      { path: NEST },
    ),
    rule(
      'adapter-imports-pure-or-adapter',
      'Arrows never turn back.',
      { path: ADAPTER, pathNot: UNSHIPPED },
      {
        path: '^(apps|libs)/',
        pathNot: [PURE, ADAPTER],
      },
    ),
    rule(
      'lib-never-imports-app',
      'A lib is told, it does not look up.',
      { path: '^libs/', pathNot: '^libs/(tooling|bench)/' },
      { path: '^apps/' },
    ),
    rule(
      'test-servers-only-in-tests',
      'libs/testing holds servers that misbehave on demand.',
      { path: '^(apps|libs)/', pathNot: UNSHIPPED },
      { path: '^libs/testing/' },
    ),
    rule(
      'test-doors-only-in-tests',
      'A testing door shows what production must not use.',
      { path: '^(apps|libs)/', pathNot: UNSHIPPED },
      { path: '^libs/[^/]+/src/testing\\.ts$' },
    ),
    rule(
      'doors-only',
      'A project is entered by its index, its testing door or its module.',
      { path: '^((?:apps|libs)/[^/]+)/' },
      {
        path: '^(apps|libs)/[^/]+/',
        pathNot: [
          '^$1/',
          // No capturing group here: the patterns are joined, and the one below counts its groups.
          '^libs/[^/]+/src/(?:index|testing)\\.ts$',
          '^apps/([^/]+)/src/\\1\\.module\\.ts$',
        ],
      },
    ),

    rule(
      'service-never-imports-app',
      'Services meet in contracts.',
      { path: '^apps/([^/]+)/', pathNot: '^apps/(standalone|cli)/' },
      { path: '^apps/', pathNot: '^apps/$1/' },
    ),
    rule(
      'standalone-composes-services',
      'The one program that sees several services.',
      { path: '^apps/standalone/' },
      { path: '^apps/cli/' },
    ),
    rule(
      'cli-knows-standalone-only',
      'The command line starts the program.',
      { path: '^apps/cli/' },
      {
        path: '^apps/',
        pathNot: '^apps/(cli|standalone)/',
      },
    ),

    rule(
      'domain-imports-domain',
      'The domain is asked; it does not ask.',
      { path: '^apps/([^/]+)/src/domain/', pathNot: UNSHIPPED },
      {
        pathNot: ['^apps/$1/(src/domain|engines)/', '^libs/(kernel|contracts)/src/index\\.ts$'],
      },
    ),
    rule(
      'engine-imports-kernel',
      'A plan version names its engine for ever.',
      { path: '^apps/[^/]+/engines/', pathNot: UNSHIPPED },
      {
        pathNot: ['^apps/[^/]+/engines/', '^libs/kernel/src/index\\.ts$'],
      },
    ),
    rule(
      'read-model-answers-only',
      'Read models are derived from facts alone.',
      { path: '^apps/[^/]+/src/read-model/' },
      {
        path: '/src/(application|http)/',
      },
    ),
    rule(
      'application-knows-no-http',
      'The same command comes from a route, an inbox or a test.',
      { path: '^apps/[^/]+/src/application/' },
      {
        path: '/src/http/',
      },
    ),
  ],
  options: {
    // Built output is seen when something imports it, so that `doors-only` can refuse it, but not judged itself.
    doNotFollow: { path: ['node_modules', '(^|/)dist/'] },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['require', 'node', 'default', 'import', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.d.ts', '.json'],
    },
  },
};

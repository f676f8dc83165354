/**
 * What ESLint refuses inside one file, as data: the configuration builds its rules from it, and boundaries.spec.ts walks it and
 * plants a violation of each. The name stands in front of the message, so that a finding says which boundary was crossed.
 */

/** Files that are not shipped: what tests and measurements need is allowed there. */
const UNSHIPPED = [
  '**/*.spec.ts',
  '**/*.fixture.ts',
  '**/test/**',
  '**/contract/**',
  '**/testing.ts',
  '**/bench/**',
];

const PURE = [
  'libs/kernel/src/**',
  'libs/contracts/src/**',
  'apps/*/src/domain/**',
  'apps/commission/engines/**',
];

/** Imports refused everywhere but in `only`. */
const IMPORTS = [
  {
    name: 'one-kafka-client',
    regex: '^kafkajs(/|$)',
    only: ['libs/feeds/src/kafka/**', 'libs/testing/**', '**/bench/**'],
    why: 'kafkajs is known in one folder only; everything else uses the ports of libs/feeds.',
  },
  {
    name: 'one-eventstore-client',
    regex: '^@eventstore/',
    only: ['libs/event-log/src/eventstoredb/**', 'libs/testing/**'],
    why: 'The EventStoreDB client is known in one folder only; everything else uses the EventLog port.',
  },
  {
    name: 'peers-only-in-the-bench',
    regex: '^(@event-driven-io/|autocannon$)',
    only: ['**/bench/**'],
    why: 'Peers that we measure ourselves against never become a dependency.',
  },
  {
    name: 'no-way-around-a-door',
    regex: '^@tributary/[^/]+/(src|dist)(/|$)',
    only: [],
    why: 'A project is entered by its index or its testing door.',
  },
];

/** Imports refused in the pure folders, in addition. */
const PURE_IMPORTS = [
  {
    name: 'pure-imports-only-pure',
    regex: '^(?!\\.{1,2}(/|$)|@tributary/(kernel|contracts)(/|$)).',
    files: PURE,
    why: 'Pure code knows no framework, no driver and no platform module.',
  },
  {
    name: 'domain-knows-no-outer-folder',
    regex: '^\\.\\..*/(application|read-model|http)(/|$)',
    files: ['apps/*/src/domain/**'],
    why: 'The domain is asked; it does not ask.',
  },
  {
    name: 'engines-stand-alone',
    regex: '(/src(/|$)|^@tributary/contracts)',
    files: ['apps/commission/engines/**'],
    why: 'A published plan names its engine for ever, so an engine depends on the kernel only.',
  },
];

/** Clocks, randomness, I/O and what differs by machine: pure code is handed these. */
const PURE_GLOBALS = [
  'Date',
  'process',
  'crypto',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'performance',
  'Intl',
];

const PURE_PROPERTIES = [
  { object: 'Math', property: 'random', message: 'Randomness is handed in.' },
  { property: 'localeCompare', message: 'Order by code unit; a locale differs by machine.' },
  { property: 'toLocaleString', message: 'Format at the edge; a locale differs by machine.' },
];

/** The narrow exceptions, each for one file and one thing. */
const EXCEPTIONS = [
  // Hashing is arithmetic; only its implementation comes from the platform.
  { file: 'libs/kernel/src/hash.ts', imports: ['node:crypto'], globals: [] },
  // Reading and writing RFC 3339 is done by Date; the current time is still out of reach of a decision.
  { file: 'libs/kernel/src/instant.ts', imports: [], globals: ['Date'] },
  // The zone rules come from Intl once, when a period is made; its bounds are stored as data from then on.
  { file: 'libs/kernel/src/period.ts', imports: [], globals: ['Date', 'Intl'] },
];

const NO_CLOCK_READING = [
  {
    name: 'no-clock-reading',
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    why: 'Time is handed in.',
  },
  {
    name: 'no-clock-reading',
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    why: 'Time is handed in.',
  },
];

const SYNTAX = [
  {
    name: 'no-empty-catch',
    selector: 'CatchClause > BlockStatement[body.length=0]',
    why: 'An error is handled, passed on or parked.',
  },
  {
    name: 'no-dropped-rejection',
    selector:
      "CallExpression[callee.property.name='catch'] > ArrowFunctionExpression > BlockStatement[body.length=0]",
    why: 'A rejection is handled, passed on or parked.',
  },
  {
    name: 'no-silenced-rejection',
    selector:
      "CallExpression[callee.property.name='catch'] > ArrowFunctionExpression > :matches(Identifier[name='undefined'], Literal[raw='null'])",
    why: 'A rejection is handled, passed on or parked.',
  },
  {
    name: 'no-forward-ref',
    selector: "ImportSpecifier[imported.name='forwardRef']",
    why: 'Two providers that need each other are one provider, or need a third.',
  },
  {
    name: 'no-in-process-event-bus',
    selector: "ImportSpecifier[imported.name='EventBus']",
    why: 'It is neither durable nor ordered and swallows errors; facts travel by the log.',
  },
];

module.exports = {
  UNSHIPPED,
  PURE,
  IMPORTS,
  PURE_IMPORTS,
  PURE_GLOBALS,
  PURE_PROPERTIES,
  EXCEPTIONS,
  NO_CLOCK_READING,
  SYNTAX,
};

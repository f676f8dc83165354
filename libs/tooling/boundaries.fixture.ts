/** A file of the planted tree, and the rules that must name it. */
export interface Planted {
  readonly rule: string;
  readonly file: string;
  readonly text: string;
}

const use = (what: string): string => `import { x } from '${what}';\nexport const y = x;\n`;
const plant = (rule: string, file: string, text: string): Planted => ({ rule, file, text });

/** Lawful files: what the violations import, and proof that a rule does not fire on everything. */
export const LAWFUL: readonly (readonly [string, string])[] = [
  ...['kernel', 'contracts', 'event-log', 'feeds', 'postgres', 'platform', 'testing'].flatMap(
    (lib) =>
      [
        [`libs/${lib}/src/index.ts`, 'export const x = 1;\n'],
        [`libs/${lib}/src/testing.ts`, 'export const x = 1;\n'],
        [`libs/${lib}/src/inner.ts`, 'export const x = 1;\n'],
      ] as const,
  ),
  ...['commission', 'ledger', 'standalone', 'cli'].map(
    (app) => [`apps/${app}/src/${app}.module.ts`, 'export const x = 1;\n'] as const,
  ),
  ['apps/commission/src/application/inner.ts', use('../domain/lawful')],
  ['apps/commission/src/http/inner.ts', use('../application/inner')],
  ['apps/commission/src/domain/lawful.ts', use('@tributary/kernel')],
  ['apps/commission/src/domain/lawful.spec.ts', use('@tributary/kernel/testing')],
  ['apps/commission/src/lawful.spec.ts', use('@tributary/testing')],
  ['apps/standalone/src/lawful.ts', use('@tributary/commission')],
  ['apps/commission/engines/v1/lawful.ts', use('@tributary/kernel')],
  ['libs/feeds/src/kafka/lawful.ts', use('kafkajs')],
  ['libs/event-log/src/eventstoredb/lawful.ts', use('@eventstore/db-client')],
  ['libs/kernel/src/hash.ts', `import { hash } from 'node:crypto';\nexport const x = hash;\n`],
  ['libs/kernel/src/instant.ts', 'export const x = (ms: number): Date => new Date(ms);\n'],
];

/** Packages that the planted files import, as far as the resolver looks at them. */
export const PACKAGES = {
  dependencies: ['@nestjs/common', 'kafkajs', '@eventstore/db-client', 'pg'],
  devDependencies: ['jest-like'],
  undeclared: ['stowaway'],
};

/** What dependency-cruiser must see: one case per rule of `.dependency-cruiser.cjs`. */
export const IMPORT_DIRECTIONS: readonly Planted[] = [
  plant('no-cycles', 'libs/postgres/src/cycle-a.ts', use('./cycle-b')),
  plant('no-unresolvable', 'libs/postgres/src/lost.ts', use('./nowhere')),
  plant('no-undeclared-package', 'libs/postgres/src/undeclared.ts', use('stowaway')),
  plant('no-dev-package-in-production', 'libs/postgres/src/dev.ts', use('jest-like')),
  plant('kernel-imports-nothing', 'libs/kernel/src/needy.ts', use('@tributary/contracts')),
  plant('contracts-import-the-kernel', 'libs/contracts/src/needy.ts', use('@tributary/postgres')),
  plant('outsider-imports-kernel', 'libs/proofs/src/needy.ts', use('@tributary/contracts')),
  plant('adapter-knows-no-framework', 'libs/feeds/src/framework.ts', use('@nestjs/common')),
  plant('adapter-imports-pure-or-adapter', 'libs/feeds/src/upward.ts', use('@tributary/platform')),
  plant('lib-never-imports-app', 'libs/platform/src/upward.ts', use('@tributary/ledger')),
  plant('test-servers-only-in-tests', 'apps/ledger/src/test-server.ts', use('@tributary/testing')),
  plant('test-doors-only-in-tests', 'apps/ledger/src/door.ts', use('@tributary/kernel/testing')),
  plant('doors-only', 'apps/ledger/src/window.ts', use('../../../libs/kernel/src/inner')),
  plant('service-never-imports-app', 'apps/ledger/src/sideways.ts', use('@tributary/commission')),
  plant(
    'standalone-composes-services',
    'apps/standalone/src/back.ts',
    use('../../cli/src/cli.module'),
  ),
  plant('cli-knows-standalone-only', 'apps/cli/src/service.ts', use('@tributary/ledger')),
  plant('domain-imports-domain', 'apps/commission/src/domain/out.ts', use('../application/inner')),
  plant(
    'engine-imports-kernel',
    'apps/commission/engines/v1/out.ts',
    use('../../src/domain/lawful'),
  ),
  plant('read-model-answers-only', 'apps/commission/src/read-model/up.ts', use('../http/inner')),
  plant('application-knows-no-http', 'apps/commission/src/application/up.ts', use('../http/inner')),
];

/** The other half of the planted cycle. */
export const CYCLE_BACK: readonly [string, string] = [
  'libs/postgres/src/cycle-b.ts',
  `import { y } from './cycle-a';\nexport const x: number = y;\n`,
];

const EXPORTED_CASES = 'type T = "a" | "b";\nexport function f(t: T): number {\n';

/** What ESLint must see in a file, by the name that stands first in its message. */
export const RESTRICTIONS: readonly Planted[] = [
  plant('one-kafka-client', 'libs/platform/src/kafka.ts', use('kafkajs')),
  plant('one-eventstore-client', 'libs/feeds/src/kafka/store.ts', use('@eventstore/db-client')),
  plant('peers-only-in-the-bench', 'libs/feeds/src/peer.ts', use('@event-driven-io/emmett')),
  plant('no-way-around-a-door', 'libs/feeds/src/around.ts', use('@tributary/kernel/src/inner')),
  plant('pure-imports-only-pure', 'apps/ledger/src/domain/driver.ts', use('pg')),
  plant(
    'domain-knows-no-outer-folder',
    'apps/commission/src/domain/run/out.ts',
    use('../../http/inner'),
  ),
  plant('engines-stand-alone', 'apps/commission/engines/v2/out.ts', use('@tributary/contracts')),
  plant(
    'no-clock-reading',
    'libs/kernel/src/period.ts',
    'export const x = (): number => Date.now();\n',
  ),
  plant('no-empty-catch', 'libs/feeds/src/swallow.ts', 'try {\n  JSON.parse("");\n} catch {}\n'),
  plant(
    'no-dropped-rejection',
    'libs/feeds/src/drop.ts',
    'export const f = (p: Promise<void>): Promise<void> => p.catch(() => {});\n',
  ),
  plant(
    'no-silenced-rejection',
    'libs/feeds/src/silence.ts',
    'export const f = (p: Promise<void>): Promise<void> => p.catch(() => undefined);\n',
  ),
  plant(
    'no-forward-ref',
    'apps/ledger/src/knot.ts',
    `import { forwardRef } from '@nestjs/common';\nexport const x: unknown = forwardRef;\n`,
  ),
  plant(
    'no-in-process-event-bus',
    'apps/ledger/src/bus.ts',
    `import { EventBus } from '@nestjs/cqrs';\nexport const x: unknown = EventBus;\n`,
  ),
];

/** What pure code must not touch, in each of the pure folders. */
export const pureViolation = (folder: string, expression: string): Planted =>
  plant(
    expression,
    `${folder}/uses-${expression.toLowerCase().replace(/\W/g, '-')}.ts`,
    `export const x: unknown = ${expression};\n`,
  );

/** The rules about code itself, by ESLint's own names. */
export const QUALITY_CASES: readonly Planted[] = [
  plant(
    'eqeqeq',
    'libs/feeds/src/q1.ts',
    'export const f = (a: number, b: number): boolean => a == b;\n',
  ),
  plant(
    'no-empty',
    'libs/feeds/src/q2.ts',
    'export const f = (a: boolean): void => {\n  if (a) {\n  }\n};\n',
  ),
  plant(
    '@typescript-eslint/no-explicit-any',
    'libs/feeds/src/q3.ts',
    'export const f = (a: any): unknown => a;\n',
  ),
  plant(
    '@typescript-eslint/no-floating-promises',
    'libs/feeds/src/q4.ts',
    'export const f = (a: Promise<void>): void => {\n  a;\n};\n',
  ),
  plant(
    '@typescript-eslint/no-misused-promises',
    'libs/feeds/src/q5.ts',
    'export const f = (a: Promise<boolean>): number => (a ? 1 : 2);\n',
  ),
  plant(
    '@typescript-eslint/switch-exhaustiveness-check',
    'libs/feeds/src/q6.ts',
    `${EXPORTED_CASES}  switch (t) {\n    case 'a':\n      return 1;\n  }\n  return 2;\n}\n`,
  ),
  plant(
    '@typescript-eslint/consistent-type-imports',
    'libs/feeds/src/q7.ts',
    `import { Z } from './q7-type';\nexport const f = (z: Z): Z => z;\n`,
  ),
  plant(
    '@typescript-eslint/only-throw-error',
    'libs/feeds/src/q8.ts',
    'export const f = (): never => {\n  throw "text";\n};\n',
  ),
  plant('@typescript-eslint/no-unused-vars', 'libs/feeds/src/q9.ts', 'const unused = 1;\n'),
  plant('max-lines', 'libs/feeds/src/b1.ts', 'export {};\n'.repeat(301)),
  plant(
    'max-lines-per-function',
    'libs/feeds/src/b2.ts',
    `export function f(): void {\n${'  JSON.parse("1");\n'.repeat(61)}}\n`,
  ),
  plant(
    'complexity',
    'libs/feeds/src/b3.ts',
    `export function f(a: number): void {\n${'  if (a > 1) a++;\n'.repeat(16)}}\n`,
  ),
  plant(
    'max-depth',
    'libs/feeds/src/b4.ts',
    'export function f(a: boolean): void {\n  if (a) if (a) if (a) if (a) JSON.parse("1");\n}\n',
  ),
  plant(
    'max-params',
    'libs/feeds/src/b5.ts',
    'export const f = (a: number, b: number, c: number, d: number, e: number, g: number): number => a + b + c + d + e + g;\n',
  ),
];

export const QUALITY_HELPERS: readonly (readonly [string, string])[] = [
  ['libs/feeds/src/q7-type.ts', 'export class Z {\n  z = 1;\n}\n'],
];

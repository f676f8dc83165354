import { inspect } from 'node:util';
import { CodedError } from '@tributary/kernel';
import type { Setting } from './kinds';

export type Declaration = Readonly<Record<string, Setting<unknown>>>;
export type Settings<D extends Declaration> = {
  readonly [K in keyof D]: D[K] extends Setting<infer T> ? T : never;
};
export interface SettingProblem {
  readonly variable: string;
  readonly wrong: string;
  readonly example: string;
}
/** A rule over several variables; it runs only when each of them is readable by itself. */
export type Rule<D extends Declaration> = (
  settings: Settings<D>,
) => Omit<SettingProblem, 'example'> | undefined;

/** Variables declared as data: what they mean, what they may be, and how they are read. */
export interface Environment<D extends Declaration> {
  /** Throws one `invalid_configuration` that lists every problem. */
  read(source: Readonly<Record<string, string | undefined>>): Settings<D>;
  /** A Markdown table for the documentation. */
  describe(): string;
  extend<M extends Declaration>(more: M, rules?: readonly Rule<D & M>[]): Environment<D & M>;
}

export function env<const D extends Declaration>(
  declaration: D,
  rules: readonly Rule<D>[] = [],
): Environment<D> {
  return {
    read: (source) => read(declaration, rules, source),
    describe: () => describe(declaration),
    extend: (more, moreRules = []) =>
      env({ ...declaration, ...more }, [...rules, ...moreRules] as never),
  };
}

function read<D extends Declaration>(
  declaration: D,
  rules: readonly Rule<D>[],
  source: Readonly<Record<string, string | undefined>>,
): Settings<D> {
  const values: Record<string, unknown> = {};
  const problems: SettingProblem[] = [];
  for (const [variable, setting] of Object.entries(declaration)) {
    const read = readOne(setting, source[variable]);
    if ('wrong' in read) problems.push({ variable, wrong: read.wrong, example: setting.example });
    else values[variable] = read.value;
  }
  const settings = veiled(declaration, values) as Settings<D>;
  if (problems.length === 0) {
    for (const rule of rules) {
      const broken = rule(settings);
      if (broken)
        problems.push({ ...broken, example: declaration[broken.variable]?.example ?? '' });
    }
  }
  if (problems.length > 0) throw invalid(problems);
  return settings;
}

function readOne(
  setting: Setting<unknown>,
  given: string | undefined,
): { value: unknown } | { wrong: string } {
  // An empty variable counts as left out: that is what an unset line of a compose file or a shell gives.
  if (given === undefined || given.trim() === '')
    return setting.fallback ?? { wrong: 'is not set' };
  const read = setting.parse(given.trim());
  if ('value' in read || setting.secret) return read;
  return { wrong: `${read.wrong} (it is "${given.trim()}")` };
}

function invalid(problems: readonly SettingProblem[]): CodedError {
  const lines = problems.map(
    ({ variable, wrong, example }) => `  ${variable}: ${wrong}. Example: ${variable}=${example}`,
  );
  const message = ['The configuration does not work:', ...lines].join('\n');
  return new CodedError('invalid_configuration', message, { problems });
}

/** Settings get logged by accident sooner or later; what prints or serialises them finds no secret. */
function veiled(declaration: Declaration, values: Record<string, unknown>): object {
  const shown = () => {
    const hide = ([name, value]: [string, unknown]) =>
      declaration[name]?.secret && value !== undefined ? [name, '<secret>'] : [name, value];
    return Object.fromEntries(Object.entries(values).map(hide)) as Record<string, unknown>;
  };
  const hidden = { enumerable: false, value: shown };
  return Object.freeze(
    Object.defineProperties(values, { toJSON: hidden, [inspect.custom]: hidden }),
  );
}

function describe(declaration: Declaration): string {
  const rows = Object.entries(declaration).map(([variable, setting]) => {
    const cells = [
      `\`${variable}\``,
      setting.allowed.replaceAll('|', '\\|'),
      fallbackOf(setting),
      setting.about,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return ['| Variable | Value | Default | Meaning |', '| --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}

function fallbackOf({ fallback }: Setting<unknown>): string {
  if (!fallback) return 'required';
  return fallback.value === undefined
    ? ''
    : `\`${JSON.stringify(fallback.value).replaceAll('"', '')}\``;
}

import { parseArgs, type ParseArgsConfig } from 'node:util';

import { CodedError } from '@tributary/kernel';

/** 0 all is well; 1 it was looked at and something is wrong; 2 asked in a way that makes no sense; 3 could not look; 4 well as far as could be looked. */
export const EXIT = { fine: 0, wrong: 1, usage: 2, failed: 3, open: 4 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface Surroundings {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly out: (line: string) => void;
  /** What is told meanwhile, and is no part of the answer. */
  readonly note?: (line: string) => void;
}

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly help: string;
  run(args: readonly string[], surroundings: Surroundings): Promise<ExitCode>;
}

type Values<T extends NonNullable<ParseArgsConfig['options']>> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T }>
>['values'];

/** Options of a command; anything unknown is refused with a pointer to its help. */
export function parseOptions<T extends NonNullable<ParseArgsConfig['options']>>(
  command: string,
  args: readonly string[],
  options: T,
): Values<T> {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const message = `${(error as Error).message}\nTry: tributary ${command} --help`;
    throw new CodedError('invalid_option', message, {}, { cause: error });
  }
}

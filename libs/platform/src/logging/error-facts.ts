import { chainOf } from '../errors/error-chain';

export interface ErrorFacts {
  readonly name: string;
  readonly code?: string;
  readonly message?: string;
  readonly frames?: readonly string[];
}

const MOST_FRAMES = 12;
/** The text of an invariant is a rule that stands in the code. */
const WRITTEN_BY_US = /^Broken invariant: /;

/**
 * What a log may say of an error. Messages of drivers and of the language quote the input ("invalid input syntax: …"), and
 * input may be personal; so a message is kept only when it cannot, or when the operator asked for it. Code and frames name the line.
 */
export function errorFacts(error: unknown, withMessages: boolean): readonly ErrorFacts[] {
  const chain = chainOf(error);
  if (chain.length === 0) return [{ name: typeof error }];
  return chain.map((link) => {
    const { name, code, message, stack } = link as Partial<Error> & { code?: unknown };
    const keepsMessage =
      typeof message === 'string' && (withMessages || WRITTEN_BY_US.test(message));
    const frames = typeof stack === 'string' ? framesOf(stack) : [];
    return {
      name: name ?? 'Error',
      ...(typeof code === 'string' && { code }),
      ...(keepsMessage && { message }),
      ...(frames.length > 0 && { frames }),
    };
  });
}

function framesOf(stack: string): string[] {
  const frames = stack.split('\n').filter((line) => /^\s+at .*\d+:\d+\)?$/.test(line));
  return frames.slice(0, MOST_FRAMES).map((line) => line.trim());
}

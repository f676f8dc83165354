import type { Refused } from './refusals';

/** One thing that is wrong: in the body (a JSON pointer) or in a named path, query or header parameter. */
export interface FieldError {
  readonly pointer?: string;
  readonly parameter?: string;
  readonly code: string;
  readonly detail: string;
}

/** RFC 9457. `code` is what programs read; it never changes its meaning. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  /** The correlation id, by which the logs of every service tell the rest. */
  readonly instance: string;
  readonly errors?: readonly FieldError[];
  readonly facts?: Readonly<Record<string, unknown>>;
}

export const PROBLEM_JSON = 'application/problem+json';

interface More {
  readonly errors?: readonly FieldError[];
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A "no" on its way to the caller. Everything in it is shown, so it holds nothing that the caller may not see. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail?: string,
    readonly more: More = {},
  ) {
    super(detail ?? code);
    this.name = 'Refusal';
  }
}

/** What a decider refused, with its facts. */
export class RejectedHttp extends Refusal {
  constructor([status, detail]: Refused, { code, ...facts }: { readonly code: string }) {
    super(status, code, detail, Object.keys(facts).length > 0 ? { facts } : {});
  }
}

export function problemOf(refusal: Refusal, instance: string): Problem {
  const { status, code, detail, more } = refusal;
  return {
    type: `urn:tributary:problem:${code}`,
    title: titleOf(code),
    status,
    code,
    ...(detail !== undefined && { detail }),
    instance,
    ...(more.errors && { errors: more.errors }),
    ...(more.facts && { facts: more.facts }),
  };
}

const titleOf = (code: string): string =>
  code.charAt(0).toUpperCase() + code.slice(1).replaceAll('_', ' ');

/** RFC 6901. */
export const pointerOf = (path: readonly (number | string)[]): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

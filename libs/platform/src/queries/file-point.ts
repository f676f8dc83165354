import type { LogPoint } from '../service/log-clock';

/** Where all pages of one file stand: the first one finds it out, and those behind it are told. */
export class FilePoint {
  /** Whether the route has asked for it; those that never do answer as of now alone. */
  wasAsked = false;
  /** As soon as it is known: from the question or, as of now, from what the first page says. */
  point: LogPoint | undefined;
}

/** No caller can name it: what comes in a query is text. */
const FILE = Symbol('FilePoint');

type Query = Readonly<Record<string | symbol, unknown>>;

export const withFilePoint = (query: Query, file: FilePoint): Query => ({ ...query, [FILE]: file });

export const filePointOf = (query: object): FilePoint | undefined =>
  (query as { readonly [FILE]?: FilePoint })[FILE];

/** Checking a query makes another object of it. */
export function keepFilePoint(from: unknown, checked: unknown): unknown {
  if (typeof from !== 'object' || from === null || !(FILE in from)) return checked;
  return Object.assign(checked as object, { [FILE]: from[FILE] });
}

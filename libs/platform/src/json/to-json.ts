const digits = (_key: string, part: unknown): unknown =>
  typeof part === 'bigint' ? part.toString() : part;

/**
 * The one JSON rule for `bigint`: its decimal digits as a string, because a JSON number cannot carry every one of them.
 * Not a `toJSON` on the prototype, so that no other code of the process changes its meaning.
 */
export function toJson(value: unknown): string {
  try {
    // Several times faster than with a replacer, and most answers hold no bigint.
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return JSON.stringify(value, digits);
  }
}

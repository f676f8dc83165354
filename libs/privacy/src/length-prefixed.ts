/** Each part with its length in front, so that no two lists of parts give the same text. */
export const lengthPrefixed = (...parts: readonly string[]): string =>
  parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join('');

/** The largest first. */
export const bySizeOf = (
  counts: ReadonlyMap<string, number>,
): readonly (readonly [string, number])[] =>
  [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));

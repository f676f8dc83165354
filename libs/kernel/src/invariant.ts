/** A rule that our own code must keep. A breach is a defect, so it is thrown and never caught to continue. */
export function invariant(holds: unknown, rule: string): asserts holds {
  if (!holds) throw new Error(`Broken invariant: ${rule}`);
}

/** Closes a `switch`: a member of the union that nobody handles becomes a compile error. */
export function unreachable(value: never): never {
  // What was not foreseen may hold money, which JSON cannot write.
  const shown = JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'bigint' ? `${each}n` : each,
  );
  throw new Error(`Unreachable: ${shown}`);
}

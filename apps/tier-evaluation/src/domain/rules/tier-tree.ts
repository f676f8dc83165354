/** Which tier of the integration track to aim at, by two questions. */
export function whichTier({
  selfServe,
  marquee,
}: {
  /** Whether the partner can build and run it by itself. */
  readonly selfServe: boolean;
  /** Whether it is one that both sides want to be seen with. */
  readonly marquee: boolean;
}): 'joint' | 'self-serve' | 'strategic' {
  if (selfServe) return 'self-serve';
  return marquee ? 'strategic' : 'joint';
}

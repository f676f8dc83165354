/** With one more behind it. Spread into a literal, a list keeps room for sixteen others, which counts where many are held. */
export const appended = <T>(list: readonly T[], one: T): readonly T[] => list.concat([one]);

const MOST_SHOWN = 4;

/** Enough to tell two apart, too little to pay or to guess by: at most four characters at the end, and never more than a third. */
export function masked(text: string): string {
  const characters = [...text];
  const shown = Math.min(MOST_SHOWN, Math.floor(characters.length / 3));
  return `${'*'.repeat(characters.length - shown)}${characters.slice(characters.length - shown).join('')}`;
}

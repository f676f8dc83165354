import { resolve } from 'node:path';

/** The program is nobody's library; a bench runs what was built, in its own process. */
const BUILT = resolve(__dirname, '../../../apps/cli/dist/tributary.js');

type Program = (
  args: readonly string[],
  surroundings: {
    readonly variables: Readonly<Record<string, string>>;
    readonly out: (line: string) => void;
  },
) => Promise<number>;

export interface Ended {
  readonly code: number;
  readonly answer: unknown;
}

/** A command as somebody would type it. */
export async function tributary(...args: readonly string[]): Promise<Ended> {
  const { tributary: program } = (await import(BUILT)) as { readonly tributary: Program };
  const lines: string[] = [];
  const out = (line: string): void => void lines.push(line);
  const code = await program([...args, '--json'], { variables: {}, out });
  return { code, answer: JSON.parse(lines.join('\n')) as unknown };
}

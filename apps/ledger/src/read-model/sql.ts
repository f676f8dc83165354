/** Hands out the numbers of parameters. */
export class Parameters {
  readonly values: unknown[] = [];

  bind(value: unknown, type = 'text'): string {
    return `$${this.values.push(value)}::${type}`;
  }
}

export const instantText = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

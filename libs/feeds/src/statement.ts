import type { Queryable } from '@tributary/postgres';
import type { QueryResultRow } from 'pg';
import { prepared } from './prepared';
import { arrayLiteral, separatedText, TAKEN_APART_BY } from './projections/arrays';
import { type Kind, SQL_TYPES, textOf } from './projections/kinds';

/** Several writes as one statement, and therefore as one transaction without a round trip of its own. */
export class Statement {
  private readonly parts: string[] = [];
  private readonly parameters: unknown[] = [];
  private searching = false;

  get isEmpty(): boolean {
    return this.parts.length === 0;
  }

  bind(value: unknown): string {
    this.parameters.push(value);
    return `$${this.parameters.length}`;
  }

  bindArray(kind: Kind, values: readonly unknown[]): string {
    const type = `${SQL_TYPES[kind]}[]`;
    const separated = separatedText(kind, values);
    if (separated === undefined) return `${this.bind(arrayLiteral(kind, values))}::${type}`;
    return `string_to_array(${this.bind(separated)}, ${TAKEN_APART_BY})::${type}`;
  }

  /** One value that is said of many rows; which it is differs from batch to batch, and with it the form of the statement. */
  bindOne(kind: Kind, value: unknown): string {
    this.searching = true;
    return `${this.bind(textOf(kind, value))}::${SQL_TYPES[kind]}`;
  }

  with(name: string, sql: string): this {
    this.parts.push(`${name} as (${sql})`);
    return this;
  }

  /** It looks for rows other than by inserting them, so it is planned each time, by what the table has come to be. */
  searches(): this {
    this.searching = true;
    return this;
  }

  async run<R extends QueryResultRow>(on: Queryable, select: string): Promise<R[]> {
    const text = `with ${this.parts.join(',\n')}\n${select}`;
    const { rows } = this.searching
      ? await on.query<R>(text, this.parameters)
      : await on.query<R>(prepared(text, this.parameters));
    return rows;
  }
}

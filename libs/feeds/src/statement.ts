import type { Queryable } from '@tributary/postgres';
import type { QueryResultRow } from 'pg';
import { arrayLiteral } from './projections/arrays';
import { type Kind, SQL_TYPES } from './projections/kinds';

/** Several writes as one statement, and therefore as one transaction without a round trip of its own. */
export class Statement {
  private readonly parts: string[] = [];
  private readonly parameters: unknown[] = [];

  get isEmpty(): boolean {
    return this.parts.length === 0;
  }

  bind(value: unknown): string {
    this.parameters.push(value);
    return `$${this.parameters.length}`;
  }

  bindArray(kind: Kind, values: readonly unknown[]): string {
    return `${this.bind(arrayLiteral(kind, values))}::${SQL_TYPES[kind]}[]`;
  }

  with(name: string, sql: string): this {
    this.parts.push(`${name} as (${sql})`);
    return this;
  }

  async run<R extends QueryResultRow>(on: Queryable, select: string): Promise<R[]> {
    const { rows } = await on.query<R>(
      `with ${this.parts.join(',\n')}\n${select}`,
      this.parameters,
    );
    return rows;
  }
}

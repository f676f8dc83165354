import { sqlStateOf } from '@tributary/postgres';
import type { Projection } from './projection';

/** A table, and a column, that is not there. */
const UNDEFINED = ['42P01', '42703'];

/**
 * Versions that are filled beside the ones that readers still see. Until they are swapped in, a table or a column that only the new
 * one has is not there, though nothing is wrong with who asks for it.
 */
export class BeingBuilt {
  private readonly projections = new Set<Projection>();

  begin(projection: Projection): void {
    this.projections.add(projection);
  }

  end(projection: Projection): void {
    this.projections.delete(projection);
  }

  /** Whether a statement has failed because it asked for something that will be there once all are swapped in. */
  explains(error: unknown): boolean {
    if (this.projections.size === 0 || !UNDEFINED.includes(sqlStateOf(error) ?? '')) return false;
    const missing = new Set((error as Error).message.match(/\w+/g));
    return [...this.projections].some(({ tables }) =>
      Object.entries(tables).some(
        ([table, { columns }]) =>
          missing.has(table) || columns.some(({ name }) => missing.has(name)),
      ),
    );
  }
}

import { FIELDS } from '../../../../engines/v1/fields';
import { MATRIX_FIELDS } from './pay-schema';
import { PLAN_SCHEMA } from './plan-schema';
import type { Schema } from './shapes';
import { WHEN_DEFINITION } from './when-schema';

describe('the schema of a plan version', () => {
  it('lets conditions ask for what the engine knows, and for nothing else', () => {
    const combining = ['all', 'any', 'not'];
    expect(Object.keys(WHEN_DEFINITION.properties ?? {})).toEqual([...combining, ...FIELDS.keys()]);
    expect(WHEN_DEFINITION).toMatchObject({ additionalProperties: false });
    expect(MATRIX_FIELDS.every((field) => FIELDS.has(field))).toBe(true);
  });

  it('explains every field to whoever writes one', () => {
    const fields = fieldsIn(PLAN_SCHEMA, '');
    expect(fields.length).toBeGreaterThan(100);
    expect(fields.filter(({ schema }) => !schema.description).map(({ path }) => path)).toEqual([]);
  });

  it('closes every object, so that no misspelt field goes unnoticed', () => {
    expect(PLAN_SCHEMA).toMatchObject({ $id: 'plan/1', additionalProperties: false });
  });
});

interface Placed {
  readonly path: string;
  readonly schema: Schema;
}

/** Everything with a name, wherever it stands; the tests of a condition are told by their names. */
function fieldsIn(schema: unknown, path: string): Placed[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([keyword, child]): Placed[] => {
    const at = `${path}/${keyword}`;
    if (keyword === 'if' || keyword === 'examples' || keyword === 'enum') return [];
    if (keyword !== 'properties') return fieldsIn(child, at);
    return Object.entries(child as Record<string, Schema>).flatMap(([name, field]) =>
      path.endsWith('/then') && name === 'eq'
        ? []
        : [{ path: `${at}/${name}`, schema: field }, ...fieldsIn(field, `${at}/${name}`)],
    );
  });
}

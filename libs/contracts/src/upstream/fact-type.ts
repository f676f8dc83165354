import type { UpstreamEvent } from './envelope';
import { FORBIDDEN } from './forbidden';
import { type Choice, type Fields, type Schema, record } from './schema';

/** What is wrong with data whose shape fits. */
export interface Fault {
  readonly path: readonly (number | string)[];
  readonly code: string;
  readonly detail: string;
}

/** A type of fact: what it is called, what its data look like, what else must hold, and a worked example. */
export interface FactType<T extends string = string, D extends object = object> {
  readonly type: T;
  readonly schema: Schema;
  readonly example: UpstreamEvent<T, D>;
  faultsOf(data: D): readonly Fault[];
}

interface Described<T extends string, D extends object> {
  readonly type: T;
  readonly title: string;
  readonly fields: Fields<D>;
  readonly choices?: readonly Choice[];
  readonly marks?: Schema;
  readonly faultsOf?: (data: D) => readonly Fault[];
  readonly example: Pick<UpstreamEvent<T, D>, 'data' | 'id' | 'source' | 'subject' | 'time'>;
}

export const PREFIX = 'tributary.';

export function factType<T extends string, D extends object>(
  described: Described<T, D>,
): FactType<T, D> {
  const { type, title, fields, choices, marks, faultsOf = noFaults, example } = described;
  const $id = `/v1/schemas/${type.slice(PREFIX.length)}`;
  return {
    type,
    schema: {
      $id,
      title,
      ...record(fields, choices, { 'x-forbidden': FORBIDDEN, ...marks }),
    },
    faultsOf,
    example: {
      specversion: '1.0',
      type,
      datacontenttype: 'application/json',
      dataschema: $id,
      ...example,
    },
  };
}

const noFaults = (): readonly Fault[] => [];

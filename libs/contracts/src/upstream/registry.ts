import type { UpstreamEvent } from './envelope';
import {
  TRAINING_COMPLETED,
  TRAINING_COMPLETED_EXAMPLE,
  TRAINING_COMPLETED_SCHEMA,
} from './training-completed';

interface UpstreamType {
  /** JSON Schema of `data`. */
  readonly schema: object;
  /** A worked example that a test sends. */
  readonly example: UpstreamEvent<string, object>;
}

/** Every type of fact that we take. What is not here is refused by name. */
export const UPSTREAM_TYPES: ReadonlyMap<string, UpstreamType> = new Map([
  [TRAINING_COMPLETED, { schema: TRAINING_COMPLETED_SCHEMA, example: TRAINING_COMPLETED_EXAMPLE }],
]);

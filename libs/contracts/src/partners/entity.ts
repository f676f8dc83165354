import type { Asset, Step } from '@tributary/kernel';
import type { Published } from '../published';

export const ENTITY = 'partners.entity.v1';

/** The entity of whoever has created none. */
export const MAIN_ENTITY = 'main';

/** Currency and zone never change: the months of an entity's books are cut by them. */
export interface EntityValue {
  readonly name: string;
  readonly currency: Asset;
  readonly zone: string;
}

export interface EntityData {
  readonly entity: string;
  readonly steps: readonly Step<EntityValue>[];
}

export type EntityTold = Published<typeof ENTITY, EntityData>;

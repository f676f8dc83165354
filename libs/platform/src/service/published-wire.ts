import type { Published } from '@tributary/contracts';

/** A published event as JSON carries it between services. */
export type PublishedWire = Omit<Published, 'position' | 'previous' | 'revision'> & {
  readonly position: string;
  readonly previous: string | null;
  readonly revision: string;
};

export const publishedFromWire = (wire: PublishedWire): Published => ({
  ...wire,
  position: BigInt(wire.position),
  previous: wire.previous === null ? null : BigInt(wire.previous),
  revision: BigInt(wire.revision),
});

import type { Instant } from '@tributary/kernel';

/**
 * Legs are added up by the day of UTC that they happened on and by the stretch of the log that they stand in. What a point in time
 * cuts through is read leg by leg: at most the legs of one day and of one stretch.
 */
const POSITIONS_PER_BLOCK = 32_768n;

export const blockOf = (position: bigint): bigint => position / POSITIONS_PER_BLOCK;

/** The first position of a stretch. */
export const startOfBlock = (block: bigint): bigint => block * POSITIONS_PER_BLOCK;

export const dayKeyOf = (at: Instant): string => at.slice(0, 'YYYY-MM-DD'.length);

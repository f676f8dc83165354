import type { Instant } from '@tributary/kernel';

/** After everything that is known, also of what is dated ahead. */
export const END_OF_TIME = '9999-12-31T23:59:59.999Z' as Instant;

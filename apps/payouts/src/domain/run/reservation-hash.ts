import { type Json, canonicalJson, sha256Hex } from '@tributary/kernel';
import type { ReservedItem } from '../account/terms';

/** Over everything that was promised: lines, taxes, and where the money goes. */
export const reservationHash = (reserved: ReservedItem): string =>
  sha256Hex(canonicalJson(reserved as unknown as Json));

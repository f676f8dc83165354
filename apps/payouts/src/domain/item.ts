import { type StreamName, type Uuid, uuidV5 } from '@tributary/kernel';

/**
 * What names one payment to one partner, for ever, in every format: fifteen characters that the narrowest of them carries. The
 * same run and account give the same item, so whoever asks twice cannot make two.
 */
export type ItemId = string;

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 15;

export function itemOf(run: Uuid, account: StreamName): ItemId {
  let bits = BigInt(`0x${uuidV5('item', run, account).replaceAll('-', '')}`);
  let item = '';
  while (item.length < LENGTH) {
    item += ALPHABET[Number(bits & 31n)] ?? '';
    bits >>= 5n;
  }
  return item;
}

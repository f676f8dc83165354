import { entropy, sha256Hex } from '@tributary/kernel';
import { ROLES, type Role } from './principal';

const KEY = new RegExp(`^tb_(?:${ROLES.join('|')})_([0-9a-f]{32})_[0-9a-f]{64}$`);

/** `tb_<role>_<id>_<secret>`: the prefix lets a scanner recognise a leaked key, the id finds its row. */
export const newKeyText = (role: Role, id: string): string =>
  `tb_${role}_${id}_${Buffer.from(entropy(32)).toString('hex')}`;

export const keyIdOf = (text: string): string | undefined => KEY.exec(text)?.[1];

/** 256 bits of entropy need no slow hash; there is nothing to guess. */
export const keyHash = (text: string): string => sha256Hex(text);

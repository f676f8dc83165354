import type { Role } from '@tributary/platform';

/** Who gets a key of this machine. Two of finance, because what concerns money takes two persons. */
export const PEOPLE = {
  admin: 'admin',
  finance: 'finance',
  treasurer: 'finance',
  programme: 'programme',
  auditor: 'auditor',
  upstream: 'upstream',
  partner: 'partner',
} as const satisfies Readonly<Record<string, Role>>;

export type Person = keyof typeof PEOPLE;
export const PERSONS = Object.keys(PEOPLE) as readonly Person[];

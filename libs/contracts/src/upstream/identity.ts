import { type Fault, factType } from './fact-type';
import { oneOfWords, valueOf, word } from './fields';
import { type ExchangeKind, record } from './schema';

export const IDENTITY_LINKED = 'tributary.identity.linked.v1';
export const IDENTITY_UNLINKED = 'tributary.identity.unlinked.v1';

export const IDENTIFIER_TYPES = [
  'visitor',
  'click',
  'email',
  'lead',
  'account',
  'customer',
  'company',
  'order',
  'deal',
] as const;
export type IdentifierType = (typeof IDENTIFIER_TYPES)[number];

export interface Identifier {
  readonly type: IdentifierType;
  /** Of an e-mail address its hash, of a company its domain. */
  readonly value: string;
}

/** Two identifiers are one person or company, or are no longer taken to be. */
export interface IdentityLinkData {
  readonly from: Identifier;
  readonly to: Identifier;
  /** Why the sender thinks so: `login`, `checkout`, `crm_merge`. */
  readonly basis: string;
}

/** Which identifiers may lead to a person. The others are kept as they are. */
export const PERSONAL_IDENTIFIERS: Readonly<Record<IdentifierType, ExchangeKind | undefined>> = {
  visitor: 'visitor',
  click: undefined,
  email: 'email',
  lead: 'lead',
  account: undefined,
  customer: 'customer',
  company: undefined,
  order: undefined,
  deal: undefined,
};

const identifier = record<Identifier>({
  type: oneOfWords(IDENTIFIER_TYPES, 'What the value is.'),
  value: valueOf('type', 'Of an e-mail address its hash as in emailHash, of a company its domain.'),
});

const link = <T extends string>(type: T, title: string, example: { id: string; time: string }) =>
  factType<T, IdentityLinkData>({
    type,
    title,
    fields: {
      from: identifier,
      to: identifier,
      basis: word('Why you think so, like `login`, `checkout` or `crm_merge`.'),
    },
    faultsOf,
    example: {
      ...example,
      source: 'https://crm.example/production',
      subject: 'cus-4711',
      data: {
        from: { type: 'visitor', value: 'v-5f1c2a' },
        to: { type: 'customer', value: 'cus-4711' },
        basis: 'login',
      },
    },
  });

export const identityLinked = link(IDENTITY_LINKED, 'Two identifiers belong to one', {
  id: 'link-2201',
  time: '2026-02-10T11:31:00-03:00',
});
export const identityUnlinked = link(IDENTITY_UNLINKED, 'Two identifiers do not belong together', {
  id: 'unlink-2201',
  time: '2026-02-11T08:00:00-03:00',
});

const EMAIL_HASH = /^[0-9a-f]{64}$/;

function faultsOf({ from, to }: IdentityLinkData): Fault[] {
  const faults: Fault[] = [];
  for (const [name, { type, value }] of Object.entries({ from, to })) {
    if (type === 'email' && !EMAIL_HASH.test(value)) {
      const detail =
        'An e-mail address is named by its SHA-256 (trimmed, lower case), as 64 hexadecimal digits.';
      faults.push({ path: [name, 'value'], code: 'forbidden_field', detail });
    }
  }
  if (from.type === to.type && from.value === to.value)
    faults.push({ path: ['to'], code: 'same_identifier', detail: 'It is the same as `from`.' });
  return faults;
}

export const ROLES = ['admin', 'finance', 'programme', 'auditor', 'upstream', 'partner'] as const;
export type Role = (typeof ROLES)[number];

/** Who calls, as the credential alone says it. */
export interface Principal {
  readonly tenant: string;
  readonly role: Role;
  /** Stands in the events that this caller causes; names a key or an account, never a person. */
  readonly actor: string;
  readonly partnerId?: string;
}

export interface NotAuthenticated {
  readonly refused: 'credential_missing' | 'credential_invalid';
}

/** The port: API keys today, OIDC beside them later. */
export abstract class Authenticator {
  /**
   * Takes the `Authorization` header as it came. Throws only when it cannot tell, which answers 503. At once, where it knows
   * already: nearly every request comes with a key that has just been seen.
   */
  abstract authenticate(
    authorization: string | undefined,
  ): NotAuthenticated | Principal | Promise<NotAuthenticated | Principal>;
}

const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]{1,4096})$/i;

export function bearerOf(
  authorization: string | undefined,
): NotAuthenticated | { readonly token: string } {
  if (authorization === undefined || authorization === '') return { refused: 'credential_missing' };
  const token = BEARER.exec(authorization)?.[1];
  return token === undefined ? { refused: 'credential_invalid' } : { token };
}

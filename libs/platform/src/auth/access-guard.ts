import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Refusal } from '../errors/problem';
import { accessOf, setPrincipal } from './access';
import type { Authenticator, NotAuthenticated, Principal, Role } from './principal';

const READING = new Set(['GET', 'HEAD']);

/** Denies every route that does not say who may call it; an auditor reads, whatever a route says. */
export class AccessGuard implements CanActivate {
  constructor(private readonly authenticator: Authenticator) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const access = accessOf(context.getClass(), context.getHandler());
    if (access === undefined) {
      throw new Refusal(
        403,
        'route_not_declared',
        'This route does not declare who may call it, so nobody may.',
      );
    }
    if (access === 'public') return true;

    const found = this.authenticator.authenticate(request.headers.authorization);
    return found instanceof Promise
      ? found.then((principal) => admit(principal, request, access))
      : admit(found, request, access);
  }
}

function admit(
  principal: NotAuthenticated | Principal,
  request: FastifyRequest,
  access: readonly Role[],
): boolean {
  if ('refused' in principal) throw unauthenticated(principal);
  const allowed = READING.has(request.method)
    ? access
    : access.filter((role) => role !== 'auditor');
  if (!allowed.includes(principal.role)) throw notAllowed(principal.role, allowed);
  assertOwnPartner(principal, request.params as Readonly<Record<string, string>>);

  setPrincipal(request, principal);
  return true;
}

/** On a route with `:partner` in its path, a key of a partner reaches that partner alone. No controller has to remember it. */
function assertOwnPartner(
  { role, partnerId }: Principal,
  { partner }: Readonly<Record<string, string>>,
): void {
  if (role !== 'partner' || partner === undefined || partner === partnerId) return;
  throw new Refusal(403, 'not_your_partner', 'A key of a partner reaches that partner alone.');
}

function unauthenticated({ refused }: NotAuthenticated): Refusal {
  const missing = refused === 'credential_missing';
  const detail = missing
    ? 'Send a key: "Authorization: Bearer <key>".'
    : 'The key is unknown, malformed or revoked.';
  const challenge = missing
    ? 'Bearer realm="tributary"'
    : 'Bearer realm="tributary", error="invalid_token"';
  return new Refusal(401, refused, detail, { headers: { 'www-authenticate': challenge } });
}

function notAllowed(role: Role, allowed: readonly Role[]): Refusal {
  const who = allowed.length > 0 ? allowed.join(', ') : 'nobody';
  return new Refusal(
    403,
    'role_not_allowed',
    `A key of role ${role} may not do this; allowed: ${who}.`,
    {
      facts: { role, allowed },
    },
  );
}

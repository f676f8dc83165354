import type { FastifyRequest } from 'fastify';
import { knownCallerOf } from '../auth/access';

/** What every line about a request carries; the caller once it is known. */
export function requestFacts(request: FastifyRequest): Readonly<Record<string, string>> {
  const caller = knownCallerOf(request);
  const { id: correlationId } = request;
  return { correlationId, ...(caller && { tenant: caller.tenant, actor: caller.actor }) };
}

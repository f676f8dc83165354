import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Lifecycle } from '../http/lifecycle';
import { methodsAt } from '../http/routes';
import { toJson } from '../json/to-json';
import { requestFacts } from '../logging/request-facts';
import type { StructuredLogger } from '../logging/structured-logger';
import { PROBLEM_JSON, Refusal, problemOf } from './problem';
import { readModelBuilding, refusalOf } from './refusal-of';

/** Every error of a request ends here and leaves as a problem document. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly logger: StructuredLogger,
    private readonly lifecycle: Lifecycle,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const refusal =
      unknownRoute(request) ??
      (this.lifecycle.isStillMade(error) ? readModelBuilding() : refusalOf(error));
    // Behind a 5xx stands something that somebody has to look at, so the cause is logged; a refusal is the caller's business.
    if (refusal.status >= 500) {
      const route = request.routeOptions.url ?? 'unmatched';
      this.logger.failure('request failed', error, {
        ...requestFacts(request),
        code: refusal.code,
        method: request.method,
        route,
      });
    }
    if (reply.sent || reply.raw.headersSent) return void reply.raw.destroy();
    sendProblem(reply, refusal, request.id);
  }
}

function unknownRoute(request: FastifyRequest): Refusal | undefined {
  if (!request.is404) return undefined;
  const methods = methodsAt(request.server, request.url.split('?', 1)[0] ?? '').join(', ');
  if (methods === '')
    return new Refusal(404, 'route_not_found', 'There is nothing at this address.');
  return new Refusal(405, 'method_not_allowed', `This address takes ${methods}.`, {
    headers: { allow: methods },
  });
}

export function sendProblem(reply: FastifyReply, refusal: Refusal, correlationId: string): void {
  const problem = toJson(problemOf(refusal, correlationId));
  void reply
    .code(refusal.status)
    .headers({ ...refusal.more.headers })
    .type(PROBLEM_JSON)
    .send(problem);
}

import { type ExecutionContext, createParamDecorator } from '@nestjs/common';
import { type Instant, invariant } from '@tributary/kernel';
import type { FastifyRequest } from 'fastify';

/** What every event of one request shares. Handed from hand to hand: following promises would cost every request a quarter of its time. */
export interface RequestContext {
  readonly correlationId: string;
  readonly traceParent: string | null;
  readonly receivedAt: Instant;
}

const contexts = new WeakMap<FastifyRequest, RequestContext>();

export const setContext = (request: FastifyRequest, context: RequestContext): void => {
  contexts.set(request, context);
};

export function contextOf(request: FastifyRequest): RequestContext {
  const context = contexts.get(request);
  invariant(context, 'every request has a context');
  return context;
}

const ofCall = (context: ExecutionContext): RequestContext =>
  contextOf(context.switchToHttp().getRequest<FastifyRequest>());

/** For a file that is sent without a key; commands have it in their `CommandContext`. */
export const CameWith = createParamDecorator<undefined>((_: undefined, context) => ofCall(context));

/** Our clock when a question came in, for questions that name no moment. */
export const AskedAt = createParamDecorator<undefined>(
  (_: undefined, context) => ofCall(context).receivedAt,
);

import {
  type ExecutionContext,
  SetMetadata,
  type Type,
  applyDecorators,
  createParamDecorator,
} from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { invariant } from '@tributary/kernel';
import type { FastifyRequest } from 'fastify';
import type { Principal, Role } from './principal';

export type Access = 'public' | readonly Role[];

const ACCESS = 'tributary:access';

/** Who may call a route, or every route of a controller that declares nothing itself. */
export const Allow = (...roles: readonly [Role, ...Role[]]): ClassDecorator & MethodDecorator =>
  applyDecorators(SetMetadata(ACCESS, roles), ApiBearerAuth());

/** Anybody may call it; for health and documentation, never for data. */
export const Public = (): ClassDecorator & MethodDecorator =>
  SetMetadata(ACCESS, 'public' satisfies Access);

export function accessOf(controller: Type | object, handler: object): Access | undefined {
  const own: unknown =
    Reflect.getMetadata(ACCESS, handler) ?? Reflect.getMetadata(ACCESS, controller);
  return own as Access | undefined;
}

const principals = new WeakMap<FastifyRequest, Principal>();

export const setPrincipal = (request: FastifyRequest, principal: Principal): void => {
  principals.set(request, principal);
};

export const knownCallerOf = (request: FastifyRequest): Principal | undefined =>
  principals.get(request);

export function principalOf(request: FastifyRequest): Principal {
  const principal = knownCallerOf(request);
  invariant(principal, 'a public route has no caller');
  return principal;
}

/** The caller, and with it the only source of the tenant. */
export const Caller = createParamDecorator<undefined>((_: undefined, context: ExecutionContext) =>
  principalOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants';
import { ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';

export function controllersOf(app: NestFastifyApplication): Type[] {
  const modules = [...app.get(ModulesContainer).values()];
  const types = modules.flatMap((module) =>
    [...module.controllers.values()].map(({ metatype }) => metatype as Type),
  );
  return [...new Set(types)];
}

export function handlersOf(controller: Type): NamedHandler[] {
  const handlers: NamedHandler[] = [];
  for (
    let layer = controller.prototype as object;
    layer !== Object.prototype;
    layer = Object.getPrototypeOf(layer) as object
  ) {
    for (const name of Object.getOwnPropertyNames(layer)) {
      const value: unknown = Object.getOwnPropertyDescriptor(layer, name)?.value;
      if (typeof value !== 'function') continue;
      const method = Reflect.getMetadata(METHOD_METADATA, value) as RequestMethod | undefined;
      if (method !== undefined)
        handlers.push({ name, method: RequestMethod[method], handler: value });
    }
  }
  return handlers;
}

export interface NamedHandler {
  readonly name: string;
  readonly method: string;
  readonly handler: object;
}

export interface ServedRoute {
  readonly method: string;
  readonly path: string;
  /** `Controller.method` of Nest; empty for what was registered on Fastify itself. */
  readonly handler: string;
}

const served = new WeakMap<object, ServedRoute[]>();

/** Called before the first route exists. */
export function recordRoutes(server: FastifyInstance): void {
  const routes: ServedRoute[] = [];
  served.set(server, routes);
  server.addHook('onRoute', ({ method, url, handler }) => {
    for (const one of [method].flat())
      routes.push({ method: one, path: url, handler: handler.name });
  });
}

export const servedRoutes = (app: NestFastifyApplication): readonly ServedRoute[] =>
  served.get(app.getHttpAdapter().getInstance()) ?? [];

/** The methods that an address takes, for the answer to a request that used another one. */
export function methodsAt(server: FastifyInstance, path: string): string[] {
  const steps = path.split('/');
  const fits = (pattern: string) => {
    const wanted = pattern.split('/');
    return (
      wanted.length === steps.length &&
      wanted.every((step, i) => step === steps[i] || step.startsWith(':'))
    );
  };
  const methods = (served.get(server) ?? [])
    .filter((route) => fits(route.path))
    .map(({ method }) => method);
  return [...new Set(methods)].sort();
}

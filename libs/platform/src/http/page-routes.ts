import { UseInterceptors } from '@nestjs/common';
import { INTERCEPTORS_METADATA } from '@nestjs/common/constants';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { invariant } from '@tributary/kernel';
import { getMetadataStorage } from 'class-validator';
import { Paging, ROWS_AT_ONCE } from '../queries/paging';
import { controllersOf, handlersOf } from './routes';

const paging = new Paging();

/** Of every route that is turned page by page, and of no other: an interceptor of all would cost a command a fifth of its time here. */
export function bindPages(app: NestFastifyApplication): void {
  for (const controller of controllersOf(app)) {
    const prototype = controller.prototype as object;
    for (const { name, method, handler } of handlersOf(controller)) {
      const types = Reflect.getMetadata('design:paramtypes', prototype, name) as unknown;
      if (method !== 'GET' || !Array.isArray(types) || !types.some(takesCursor)) continue;
      invariant(
        types.every(takesEnough),
        `${controller.name}.${name} takes pages of ${String(ROWS_AT_ONCE)}`,
      );
      // The classes outlive an application, and what was said of them with them.
      const bound = (Reflect.getMetadata(INTERCEPTORS_METADATA, handler) ?? []) as unknown[];
      if (!bound.includes(paging)) UseInterceptors(paging)(prototype, name, { value: handler });
    }
  }
}

const takesCursor = (type: unknown): boolean =>
  rulesOf(type).some(({ propertyName }) => propertyName === 'after');

const takesEnough = (type: unknown): boolean =>
  rulesOf(type).every(
    ({ propertyName, name, constraints }) =>
      propertyName !== 'limit' || name !== 'max' || Number(constraints[0]) >= ROWS_AT_ONCE,
  );

const rulesOf = (type: unknown) =>
  typeof type === 'function'
    ? getMetadataStorage().getTargetValidationMetadatas(type, '', false, false)
    : [];

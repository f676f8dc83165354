import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Level, type Logger, pino } from 'pino';
import { errorFacts } from './error-facts';

export interface LoggerOptions {
  readonly service: string;
  readonly level: Level | 'silent';
  /** Standard output unless given. */
  readonly destination?: DestinationStream;
}

/** Where Nest tells how it wires itself up; of interest to whoever debugs that. */
const WIRING = new Set([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
]);

/**
 * JSON lines; `requestFacts` names the request that one belongs to. Facts are handed in one by one; bodies, query strings and headers
 * have no way in, and errors come in through `errorFacts` alone.
 */
export class StructuredLogger implements LoggerService {
  private readonly pino: Logger;

  constructor({ service, level, destination = pino.destination(1) }: LoggerOptions) {
    this.pino = pino(
      {
        level,
        base: null,
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
        // Not in `base`, where a fact of the same name would be written beside it and not in its place: of several services in one
        // process, the line names the one that speaks.
        mixin: () => ({ service }),
      },
      destination,
    );
  }

  /** For whoever would put together facts that nobody reads. */
  writes(level: Level): boolean {
    return this.pino.isLevelEnabled(level);
  }

  event(
    level: Level,
    message: string,
    facts: Readonly<Record<string, boolean | number | string | readonly string[] | null>> = {},
  ): void {
    this.pino[level](facts, message);
  }

  failure(
    message: string,
    error: unknown,
    facts: Readonly<Record<string, number | string>> = {},
  ): void {
    this.pino.error(
      { ...facts, error: errorFacts(error, this.pino.isLevelEnabled('debug')) },
      message,
    );
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write(WIRING.has(String(rest.at(-1))) ? 'debug' : 'info', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  /** Nest hands over a text, its context last, and sometimes an error or a stack in between. */
  private write(level: Level, message: unknown, rest: readonly unknown[]): void {
    const context = typeof rest.at(-1) === 'string' ? { context: rest.at(-1) } : {};
    if (typeof message === 'string') return this.pino[level](context, message);
    const error = errorFacts(message, this.pino.isLevelEnabled('debug'));
    this.pino[level]({ ...context, error }, 'error');
  }
}

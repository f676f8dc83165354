import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { instantOfMs } from '@tributary/kernel';
import type { FastifyInstance } from 'fastify';
import { Refusal, PROBLEM_JSON, problemOf } from '../errors/problem';
import { unavailableRefusal } from '../errors/refusal-of';
import { sendProblem } from '../errors/problem-filter';
import { toJson } from '../json/to-json';
import { requestFacts } from '../logging/request-facts';
import type { StructuredLogger } from '../logging/structured-logger';
import type { Metrics } from './metrics';
import type { Lifecycle } from './lifecycle';
import { DOCS_POLICY, isDocs } from './openapi';
import { setContext } from './request-context';
import { traceParentOf } from './trace-context';

interface Hooks {
  readonly now: () => number;
  readonly logger: StructuredLogger;
  readonly metrics: Metrics;
  readonly lifecycle: Lifecycle;
  /** Of every answer. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What happens around every request, whichever route it meets. `request.id` is the correlation id already. */
export function addRequestHooks(
  server: FastifyInstance,
  { now, logger, metrics, lifecycle, headers }: Hooks,
): void {
  const headersOfDocs = { ...headers, 'content-security-policy': DOCS_POLICY };
  server.addHook('onRequest', (request, reply, done) => {
    setContext(request, {
      correlationId: request.id,
      traceParent: traceParentOf(request.headers['traceparent']),
      receivedAt: instantOfMs(now()),
    });
    reply.headers(isDocs(request.url) ? headersOfDocs : headers);
    reply.header('x-correlation-id', request.id);
    if (lifecycle.isDraining && !isProbe(request.routeOptions.url)) {
      sendProblem(
        reply,
        unavailableRefusal('This process is stopping; another one will answer.'),
        request.id,
      );
      return;
    }
    // No name and no text of ours holds it, and PostgreSQL takes it in no text at all.
    if (request.url.includes('%00')) {
      const detail = 'The address holds U+0000 (%00), which nothing here can be named by.';
      sendProblem(reply, new Refusal(400, 'malformed_url', detail), request.id);
      return;
    }
    done();
  });
  // A connection that is kept alive would keep the server open long after its last request.
  server.addHook('onSend', (_request, reply, _payload, done) => {
    if (lifecycle.isDraining) reply.header('connection', 'close');
    done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions } = request;
    // The template, never the address itself: path and query may hold what is personal.
    const route = request.is404 ? 'unmatched' : (routeOptions.url ?? 'unmatched');
    const { statusCode: status, elapsedTime: elapsedMs } = reply;
    metrics.request(method, route, status, elapsedMs);
    const level = isWatching(route) ? 'debug' : 'info';
    if (logger.writes(level)) {
      const facts = { method, route, status, elapsedMs: Math.round(elapsedMs) };
      logger.event(level, 'request', { ...requestFacts(request), ...facts });
    }
    done();
  });
}

const isProbe = (route: string | undefined): boolean => route?.startsWith('/health/') ?? false;

/** Probes and scrapes come every few seconds and would drown what people do. */
const isWatching = (route: string): boolean => isProbe(route) || route === '/metrics';

const CLIENT_ERRORS: Readonly<Record<string, readonly [number, string, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'request_timeout', 'The request took too long to arrive.'],
  HPE_HEADER_OVERFLOW: [
    431,
    'headers_too_large',
    'The headers are larger than this service takes.',
  ],
};

/** Of an answer that has begun nothing of another kind can be a part; cut off, it does not look whole. */
const isAnswering = (socket: Socket): boolean =>
  (socket as { readonly _httpMessage?: ServerResponse | null })._httpMessage?.headersSent === true;

export const answerTooSlow = (socket: Socket, correlationId: string): void =>
  answerMalformed(
    Object.assign(new Error('Too slow.'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }),
    socket,
    correlationId,
  );

/** What could not even be parsed as HTTP has no reply to answer with, so the document goes to the socket. */
export function answerMalformed(
  error: Error & { code?: string },
  socket: Socket,
  correlationId: string,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable || isAnswering(socket))
    return void socket.destroy();
  const known = CLIENT_ERRORS[error.code ?? ''];
  const [status, code, detail] = known ?? [400, 'malformed_request', 'This is not HTTP/1.1.'];
  const body = toJson(problemOf(new Refusal(status, code, detail), correlationId));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    `content-type: ${PROBLEM_JSON}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  // Who goes on sending on a connection that is over is not waited for.
  socket.end([...head, '', body].join('\r\n'), () => socket.destroy());
}

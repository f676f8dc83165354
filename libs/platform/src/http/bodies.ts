import type { FastifyInstance } from 'fastify';

const JSON_TYPES = ['application/cloudevents+json', 'application/cloudevents-batch+json'];
/** One event per line; the route splits and parses, so that one bad line does not refuse its neighbours. */
const LINES = 'application/x-ndjson';

/** What a body may be. Everything else is answered with 415. */
export function acceptBodies(server: FastifyInstance): void {
  // Keys like `__proto__` are refused, not dropped: what is accepted is hashed as it was sent.
  const parseJson = server.getDefaultJsonParser('error', 'error');
  server.removeContentTypeParser('text/plain');
  server.addContentTypeParser(JSON_TYPES, { parseAs: 'string' }, parseJson);
  // Handed on as the stream it is: a backfill is as long as it is, and takes the memory of one batch.
  server.addContentTypeParser(LINES, (_request, payload, done) => done(null, payload));
}

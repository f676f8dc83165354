import { isUtf8 } from 'node:buffer';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyBodyParser, FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../errors/problem';
import { assertUniqueKeys, readItems } from '../json/read-json';
import { answerTooSlow } from './request-hooks';

const JSON_TYPES = [
  'application/json',
  'application/cloudevents+json',
  'application/cloudevents-batch+json',
];
/** One event per line; the route splits and parses, so that one bad line does not refuse its neighbours. */
const LINES = 'application/x-ndjson';

/** For a route whose body may be lines: it is handed the stream itself. */
export const TakesLines = (): MethodDecorator => RouteConfig({ takesLines: true });

/** Files of banks come under any of these, and what they are is found out by reading them. */
const FILES = [
  'application/octet-stream',
  'application/vnd.ofx',
  'application/x-ofx',
  'application/xml',
  'text/csv',
  'text/plain',
  'text/xml',
];

/** For a route whose body is a file, as it is: it is handed the stream itself and reads it with `readFile`. */
export const TakesFile = (): MethodDecorator => RouteConfig({ takesFile: true });

/** After the guards, so that nobody without a key can make us hold a large file. */
export async function readFile(body: unknown, mostBytes: number): Promise<Buffer> {
  if (!(body instanceof Readable))
    throw new Refusal(415, 'unsupported_media_type', 'This address takes a file, not JSON.');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes)
      throw new Refusal(413, 'file_too_large', `A file has at most ${mostBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What a body may be, and for how long it may be on its way. Everything else is answered with 415. */
export function acceptBodies(server: FastifyInstance, timeMs: number): void {
  server.removeContentTypeParser(['text/plain', 'application/json']);
  server.addContentTypeParser(JSON_TYPES, { parseAs: 'buffer' }, jsonParser(server));
  // Handed on as the stream it is: a backfill is as long as it is, and takes the memory of one batch. Never to a route that did
  // not ask for it: copying a socket field by field, as the pipe of a command body would, aborts the process.
  server.addContentTypeParser(LINES, (request, payload, done) => {
    if (takesLines(request)) return done(null, payload);
    done(new Refusal(415, 'unsupported_media_type', 'This address takes JSON, not lines of it.'));
  });
  server.addContentTypeParser(FILES, (request, payload, done) => {
    if (configOf(request).takesFile === true) return done(null, payload);
    done(new Refusal(415, 'unsupported_media_type', 'This address takes JSON, not a file.'));
  });
  server.addHook('preParsing', (request, _reply, payload, done) => {
    limitTime(request, timeMs);
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (encoding.toLowerCase() === 'identity') return done(null, payload);
    done(new Refusal(415, 'unsupported_encoding', 'Send the body as it is, not compressed.'));
  });
}

/** What is read as a whole has to arrive in time; a stream takes as long as it is. */
function limitTime(request: FastifyRequest, timeMs: number): void {
  const { raw, id, headers } = request;
  const hasBody = 'content-length' in headers || 'transfer-encoding' in headers;
  // What a test injects comes over no socket, and never ends.
  if (!hasBody || takesStream(request) || !(raw.socket instanceof Socket)) return;
  const late = setTimeout(() => {
    if (!raw.complete) answerTooSlow(raw.socket, id);
  }, timeMs).unref();
  raw.once('close', () => clearTimeout(late));
}

/** What is accepted is hashed as it was sent, so whatever a parser would drop or guess is refused. */
function jsonParser(server: FastifyInstance): FastifyBodyParser<Buffer> {
  // Keys like `__proto__` are refused, not dropped.
  const parse = server.getDefaultJsonParser('error', 'error');
  return (request, body, done) => {
    if (!isUtf8(body)) return done(new Refusal(400, 'malformed_json', 'The body is not UTF-8.'));
    const text = body.toString();
    // Where lines are taken, a list is taken item by item too: whoever checks its items refuses such a key in one of them alone, and
    // finds a refusal in the place of an item with a key that stands twice.
    if (takesLines(request) && isList(text)) {
      try {
        done(null, readItems(text));
      } catch (refusal) {
        done(refusal as Refusal);
      }
      return;
    }
    void parse(request, text, (error, value: unknown) => {
      if (error) return done(error);
      try {
        assertUniqueKeys(text, value);
      } catch (refusal) {
        return done(refusal as Refusal);
      }
      done(null, value);
    });
  };
}

const isList = (text: string): boolean => /^\s*\[/.test(text);

interface TakesConfig {
  readonly takesFile?: boolean;
  readonly takesLines?: boolean;
}

const configOf = ({ routeOptions }: FastifyRequest): TakesConfig =>
  (routeOptions.config as TakesConfig | undefined) ?? {};
const takesLines = (request: FastifyRequest): boolean => configOf(request).takesLines === true;
const takesStream = (request: FastifyRequest): boolean =>
  configOf(request).takesFile === true ||
  (takesLines(request) &&
    request.headers['content-type']?.toLowerCase().startsWith(LINES) === true);

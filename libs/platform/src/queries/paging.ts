import { Readable } from 'node:stream';
import {
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  StreamableFile,
} from '@nestjs/common';
import { sha256Hex } from '@tributary/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Observable, firstValueFrom, mergeMap } from 'rxjs';
import { standingAt } from './as-of';
import { NEXT, POSITION_OF_ROWS, isRows } from './csv';
import { FilePoint, withFilePoint } from './file-point';
import { invalidCursor, isCursor } from './keyset';

type Query = Readonly<Record<string, unknown>>;
type Request = FastifyRequest<{ Querystring: Query }>;

interface Page {
  readonly position?: unknown;
  readonly next?: unknown;
}

/** A cursor as it is handed out: the route that it is of, the position that it was asked with (none: as of now), and itself. */
const BOUND = /^([0-9a-f]{8})\.(\d*)(\..+)$/;

/** Every route of pages takes as many at once; `bindPages` sees to that. */
export const ROWS_AT_ONCE = 200;

/**
 * What no route of pages does by itself (`bindPages`). A cursor leads on only where it came from: to the same question, cut at the same place of the log. And
 * who asks for CSV without a `limit` gets every row: the question is asked again, page by page, while the file is sent, at the point of the first page.
 */
export class Paging implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const cursor = boundIn(request);
    if (cursor) request.query = { ...request.query, after: cursor.text };
    const file = new FilePoint();
    if (isWhole(request)) request.query = withFilePoint(request.query, file);
    const reply = http.getResponse<FastifyReply>();
    const before = Object.keys(reply.getHeaders());
    return next.handle().pipe(
      mergeMap(async (answer: unknown) => {
        if (!isRows(answer, reply))
          return isPage(answer) ? bindPage(answer, cursor, request) : answer;
        try {
          assertSamePoint(cursor, request, reply.getHeader(POSITION_OF_ROWS));
          return await rowsOf(answer, file, { request, reply, next });
        } catch (error) {
          // What the page said of itself says nothing of a refusal.
          for (const name of Object.keys(reply.getHeaders()))
            if (!before.includes(name)) reply.removeHeader(name);
          throw error;
        }
      }),
    );
  }
}

interface Bound {
  readonly point: string;
  readonly text: string;
}

/** What is no cursor of ours is left to the route, which refuses it or knows it as its own. */
function boundIn({ query, routeOptions }: Request): Bound | undefined {
  const { after, known, position } = query;
  if (typeof after !== 'string') return undefined;
  if (isCursor(after)) throw invalidCursor();
  const [, kind, point = '', text = ''] = BOUND.exec(after) ?? [];
  if (kind === undefined) return undefined;
  if (kind !== kindOf(routeOptions.url)) throw invalidCursor();
  // A page of now may be followed as of the position that it named.
  if (point !== '' && known === undefined && position !== point) throw invalidCursor();
  return { point, text };
}

/** Which position a `known` stands for is only known by the answer. */
function assertSamePoint(cursor: Bound | undefined, { query }: Request, position: unknown): void {
  if (cursor === undefined || cursor.point === '' || query['known'] === undefined) return;
  if (textOf(position) !== cursor.point) throw invalidCursor();
}

function bindPage(page: Page, cursor: Bound | undefined, request: Request): Page {
  assertSamePoint(cursor, request, page.position);
  return isCursor(page.next) ? { ...page, next: bound(page.next, request, page.position) } : page;
}

const bound = (text: string, { query, routeOptions }: Request, position: unknown): string =>
  `${kindOf(routeOptions.url)}.${isAtPoint(query) ? textOf(position) : ''}${text}`;

const textOf = (position: unknown): string =>
  typeof position === 'bigint' || typeof position === 'string' ? String(position) : '';

const isAtPoint = ({ known, position }: Query): boolean =>
  known !== undefined || position !== undefined;

const kindOf = (route: string | undefined): string => sha256Hex(route ?? '').slice(0, 8);

const isPage = (answer: unknown): answer is Page =>
  typeof answer === 'object' && answer !== null && 'next' in answer;

interface Exchange {
  readonly request: Request;
  readonly reply: FastifyReply;
  readonly next: CallHandler;
}

/** Who names no number of rows asks for all of them. */
const isWhole = ({ query }: Request): boolean => query['limit'] === undefined;

interface Rows {
  readonly rows: string;
  /** Whether more follow, and from where. */
  readonly after: unknown;
}

async function rowsOf(
  rows: string,
  file: FilePoint,
  exchange: Exchange,
): Promise<StreamableFile | string> {
  const { request, reply } = exchange;
  let page: Rows = { rows, after: reply.getHeader(NEXT) };
  if (!isCursor(page.after)) return rows;
  const position = textOf(reply.getHeader(POSITION_OF_ROWS));
  if (!isWhole(request)) {
    void reply.header(NEXT, bound(page.after, request, position));
    return rows;
  }
  reply.removeHeader(NEXT);
  // Of now, each page would hold what came since the one before. So all are read where the first one stood, and that one once more: as of
  // now and as of then its rows may come in another order.
  if (file.wasAsked && !file.point) {
    file.point = standingAt(undefined, BigInt(position));
    page = await nextPage(exchange);
  }
  return new StreamableFile(Readable.from(pagesFrom(page, exchange), { objectMode: false }));
}

/** Should one of them fail, the connection is cut: what was sent by then does not look whole. */
async function* pagesFrom(first: Rows, exchange: Exchange): AsyncGenerator<string> {
  const { request } = exchange;
  yield first.rows;
  for (let { after } = first; isCursor(after);) {
    request.query = { ...request.query, after, limit: String(ROWS_AT_ONCE) };
    const page = await nextPage(exchange);
    yield page.rows.slice(page.rows.indexOf('\r\n') + 2);
    ({ after } = page);
  }
}

async function nextPage({ reply, next }: Exchange): Promise<Rows> {
  const rows = (await firstValueFrom(next.handle())) as string;
  const after: unknown = reply.getHeader(NEXT);
  reply.removeHeader(NEXT);
  return { rows, after };
}

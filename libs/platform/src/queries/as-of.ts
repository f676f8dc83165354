import { ApiPropertyOptional } from '@nestjs/swagger';
import { type Instant, instant } from '@tributary/kernel';
import { IsOptional, Length, Matches } from 'class-validator';
import type { FastifyReply } from 'fastify';
import type { LogPoint } from '../service/log-clock';
import type { ServiceRuntime } from '../service/service-runtime';
import { IsInstant } from '../validation/fields';
import { filePointOf } from './file-point';
import { PageSize, WaitingQuery } from './page-query';
import { notYetVisible, untilVisible } from './visible';

/** The time that a question names, or that at which it came in. */
export const momentOf = (named: string | undefined, askedAt: Instant): Instant =>
  named === undefined ? askedAt : instant(named);

/** A place in the log as text; also a revision, or whatever else counts from 0. */
export const POSITION = /^(?:0|[1-9][0-9]{0,17})$/;

/** Of a question that can be asked about an earlier time of our clock; `effective` and `on`, on the world's, are the route's own. */
export class AsOfQuery extends WaitingQuery {
  @ApiPropertyOptional({
    description:
      'On our clock: what we knew then. The answer names the position of the log that this comes to, the same in every service. ' +
      'Left out, everything that we know.',
  })
  @IsOptional()
  @IsInstant()
  known?: string;

  @ApiPropertyOptional({
    description:
      'Nothing that stands in the log after this position, as another answer named it. With `known`, whichever comes first.',
  })
  @IsOptional()
  @Matches(POSITION)
  position?: string;
}

/** Page by page: only the position holds an answer fast while it is turned. */
export class AsOfPageQuery extends AsOfQuery {
  @ApiPropertyOptional({
    description:
      '`next` of the page before. Of an earlier point, asked with its `position`; elsewhere it is refused.',
  })
  @IsOptional()
  @Length(1, 400)
  after?: string;

  @PageSize()
  limit = 100;
}

type PointQuery = Pick<AsOfQuery, 'known' | 'position' | 'timeoutMs' | 'token'>;

/**
 * Where the log is cut for this question, once these projections show as much. Undefined where it names no point: then it is answered
 * as of now, and nobody has to be asked. The pages of one file stand at one point, which is asked for once.
 */
export async function pointAsked(
  runtime: ServiceRuntime,
  projections: readonly string[],
  query: PointQuery,
): Promise<LogPoint | undefined> {
  await untilVisible(runtime, projections, query);
  const file = filePointOf(query);
  if (file) file.wasAsked = true;
  const point = file?.point ?? (await pointNamed(runtime, query));
  if (point === undefined) return undefined;
  if (!(await runtime.feeds.waitUntil(projections, point.position, query.timeoutMs)))
    throw notYetVisible(parameterOf(query));
  if (file) file.point = point;
  return point;
}

async function pointNamed(
  runtime: ServiceRuntime,
  query: PointQuery,
): Promise<LogPoint | undefined> {
  const { known, position, timeoutMs } = query;
  if (known === undefined && position === undefined) return undefined;
  const point = await runtime.logClock({
    known: known === undefined ? undefined : instant(known),
    position: position === undefined ? undefined : BigInt(position),
    timeoutMs,
  });
  if (point === undefined) throw notYetVisible(parameterOf(query));
  return point;
}

function parameterOf({ known, position }: PointQuery): 'known' | 'position' | 'timeoutMs' {
  if (position !== undefined) return 'position';
  return known === undefined ? 'timeoutMs' : 'known';
}

/** Where an answer stands: at the point that was asked for or, as of now, at what was read. */
export const standingAt = (point: LogPoint | undefined, position: bigint): LogPoint =>
  point ?? { known: null, position, leaf: null, checkpoint: null };

/** Of a stream, or of anything else in the order of the log: what stands there up to a point; all of it where none was asked for. */
export async function* upTo<E extends { readonly position: bigint }>(
  events: AsyncIterable<E>,
  point: Pick<LogPoint, 'position'> | undefined,
): AsyncGenerator<E> {
  for await (const event of events) {
    if (point && event.position > point.position) return;
    yield event;
  }
}

/** What a file cannot say of itself: where it stands on our clock, and what that rests on. */
export function headersOfPoint(
  { known, position, leaf, checkpoint }: LogPoint,
  reply: FastifyReply,
  prefix = 'x',
): void {
  void reply
    .header(`${prefix}-known`, known ?? '')
    .header(`${prefix}-position`, String(position))
    .header(`${prefix}-leaf`, leaf ?? '')
    .header(`${prefix}-checkpoint`, checkpoint ? `${checkpoint.size} ${checkpoint.root}` : '');
}

import { Refusal } from '../errors/problem';
import { positionOf } from '../idempotency/answer';
import type { ServiceRuntime } from '../service/service-runtime';

interface Waiting {
  readonly token?: string | undefined;
  readonly timeoutMs: number;
}

/** Until the caller's own write shows. Without this, an answer from before it would look like one from after it. */
export async function untilVisible(
  runtime: ServiceRuntime,
  projections: readonly string[],
  { token, timeoutMs }: Waiting,
): Promise<void> {
  if (token === undefined) return;
  const position = positionOf(token, runtime.name);
  if (!(await runtime.feeds.waitUntil(projections, position, timeoutMs))) throw notYetVisible();
}

export function notYetVisible(
  parameter: 'known' | 'position' | 'timeoutMs' | 'token' = 'token',
): Refusal {
  const detail = 'What this stands for is not visible yet; ask again, or raise timeoutMs.';
  const errors = [{ parameter, code: 'not_yet_visible', detail }];
  return new Refusal(503, 'not_yet_visible', detail, { errors, headers: { 'retry-after': '1' } });
}

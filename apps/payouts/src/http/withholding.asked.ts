import {
  Refusal,
  type ServiceRuntime,
  cursorOf,
  pointAsked,
  standingAt,
} from '@tributary/platform';
import { RunTerms } from '../application/runs-terms';
import { WITHHOLDING } from '../domain/account/money';
import type { RegisterAsked } from '../read-model/withholding.queries';
import type { RegisterQuery } from './withholding.dto';

interface Found {
  readonly position: bigint;
  readonly next: readonly string[] | null;
}

interface Reading<F extends Found> {
  readonly tenant: string;
  readonly query: RegisterQuery;
  /** Null: all of them. */
  readonly limit: number | null;
  /** The projections that the answer is read from. */
  readonly shown: readonly string[];
  readonly readAfter: (cursor: string) => readonly string[];
  readonly page: (asked: RegisterAsked) => Promise<F>;
}

/** A page about withheld tax in some months, with what it stands on. */
export async function readMonths<F extends Found>(
  runtime: ServiceRuntime,
  { tenant, query, limit, shown, readAfter, page }: Reading<F>,
) {
  const { entity, partner, tax, from, to } = query;
  assertInOrder(query);
  const point = await pointAsked(runtime, shown, query);
  const after = query.after === undefined ? null : readAfter(query.after);
  const terms = new RunTerms(runtime.log, runtime.database);
  const zone = query.zone ?? (await terms.zoneOf({ tenant, entity }));
  const upTo = point?.position;
  const found = await page({ tenant, entity, partner, tax, from, to, zone, upTo, after, limit });
  const next = found.next && cursorOf(...found.next);
  const standing = standingAt(point, found.position);
  return { ...found, ...standing, entity, from, to, zone, account: WITHHOLDING, next };
}

function assertInOrder({ from, to }: Pick<RegisterQuery, 'from' | 'to'>): void {
  if (from <= to) return;
  const detail = 'The first month comes after the last.';
  throw new Refusal(422, 'invalid_period', detail, {
    errors: [{ parameter: 'to', code: 'invalid_period', detail }],
  });
}

import { Injectable } from '@nestjs/common';
import type { CommissionHold, CommissionKey } from '@tributary/contracts';
import { type Instant, type Json, invariant } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import { LINES_NOW, linesIn, linesThen } from './lines-then';

export const LINE_STATES = ['frozen', 'held', 'nothing', 'released'] as const;
export type LineState = (typeof LINE_STATES)[number];

export interface LinesFilter {
  readonly partner?: string | undefined;
  readonly plan?: string | undefined;
  readonly window?: string | undefined;
  /** Something was posted in it, and not all of it taken back. */
  readonly month?: string | undefined;
  readonly reason?: string | undefined;
  readonly state?: LineState | undefined;
}

export interface LinesAsked extends LinesFilter {
  readonly tenant: string;
  /** Nothing that stands behind it in the log; undefined: as of now. */
  readonly upTo: bigint | undefined;
  readonly after: readonly [paidAt: Instant, line: string] | null;
  readonly limit: number;
}

export interface LineRow {
  readonly line: string;
  readonly partner: string;
  readonly plan: string;
  readonly window: string;
  readonly key: CommissionKey;
  readonly programme: string | null;
  readonly entity: string | null;
  readonly asset: string | null;
  readonly paidAt: Instant;
  /** Minor units. held + released. */
  readonly posted: string;
  readonly held: string;
  readonly released: string;
  readonly frozen: string;
  /** What it is worth; null while its window is behind, because then nobody has said so yet. */
  readonly due: string | null;
  /** Why it is worth nothing. */
  readonly reason: string | null;
  readonly version: Json;
  readonly months: readonly { readonly month: string; readonly amount: string }[];
  readonly heldUntil: readonly { readonly until: Instant; readonly amount: string }[];
  readonly holds: readonly CommissionHold[];
}

/** Of all lines that were asked for, not of one page: what the accounts of commission hold for them. */
export interface LinesTotal {
  readonly entity: string;
  readonly asset: string;
  readonly lines: number;
  readonly posted: string;
  readonly held: string;
  readonly released: string;
}

export interface LinesPage {
  readonly position: bigint;
  readonly items: readonly LineRow[];
  /** With the first page alone. */
  readonly totals: readonly LinesTotal[] | null;
  readonly next: readonly [line: string, paidAt: Instant] | null;
}

const NOW = linesIn(LINES_NOW);
const THEN = linesIn(linesThen('$12'));

type Found = LineRow & { readonly paid_at: string };

@Injectable()
export class Lines {
  constructor(private readonly runtime: ServiceRuntime) {}

  async page(asked: LinesAsked): Promise<LinesPage> {
    const { tenant, partner, plan, window, month, reason, state, upTo, after, limit } = asked;
    const filters = [partner, plan, window, reason, month, state].map((each) => each ?? null);
    const beyond = after ?? ['-infinity', ''];
    const { rows } = await this.runtime.database.query<{
      position: string;
      items: readonly Found[];
      totals: readonly LinesTotal[] | null;
    }>(upTo === undefined ? NOW : THEN, [
      ...[tenant, ...filters, ...beyond, limit + 1, after === null],
      ...(upTo === undefined ? [] : [upTo]),
    ]);
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    const items = row.items.slice(0, limit).map(({ paid_at: _order, ...line }) => line);
    const last = row.items.length > limit ? items.at(-1) : undefined;
    const next = last ? ([last.line, last.paidAt] as const) : null;
    return { position: BigInt(row.position), items, totals: row.totals, next };
  }
}

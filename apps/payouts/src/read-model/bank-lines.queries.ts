import { Injectable } from '@nestjs/common';
import { type Json, hasCode, invariant } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import { type PersonalData, Privacy, type Sealed } from '@tributary/privacy';
import { WORDING } from '../domain/rail/wording';
import { railStreamOf } from '../domain/rail/events';
import type { MatchingRules, ProposedRules } from '../domain/rail/match-events';
import { STANDARD_RULES } from '../domain/rail/matching-rules';
import { bankLines } from './bank-lines.projection';
import { positionOf, utc } from './reading';

export const LINE_STATES = ['all', 'matched', 'proposed', 'unmatched'] as const;
export type LineState = (typeof LINE_STATES)[number];

export interface BankStatementShown {
  readonly statement: string;
  readonly id: string;
  readonly sequence: number | null;
  readonly state: 'dismissed' | 'imported' | 'importing' | 'quarantined' | 'waits';
  readonly from: string | null;
  readonly until: string | null;
  readonly opening: string | null;
  readonly closing: string | null;
  readonly lines: number;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly unreadable: Json;
  readonly warnings: Json;
  readonly file: string;
  readonly readBy: string;
  readonly readAt: string;
}

interface FoundLine {
  readonly line: string;
  readonly statement: string;
  readonly chunk: number;
  readonly n: number;
  readonly bookedOn: string;
  readonly valueOn: string | null;
  readonly side: 'credit' | 'debit';
  readonly amount: string;
  readonly references: Json;
  readonly code: string | null;
  readonly returnReason: string | null;
  readonly match: Json;
  readonly proposal: Json;
  readonly items: readonly { readonly item: string; readonly partner: string }[];
  readonly texts: Json;
}
/** `text` is the bank's wording; null where it was erased. */
export type BankLineShown = Omit<FoundLine, 'chunk' | 'n' | 'texts'> & {
  readonly text: string | null;
};

export interface LinesPage<T> {
  readonly position: bigint;
  readonly items: readonly T[];
  /** What its order goes on after. */
  readonly next: readonly [string, string] | null;
}

const STATEMENTS = `select ${positionOf(bankLines)} as position, coalesce(json_agg(r order by coalesce(r."from", ''), r.statement), '[]') as items
from (select statement, head ->> 'id' as id, (head ->> 'sequence')::bigint as sequence, state, from_day as "from", until_day as until,
    opening::text, closing::text, (totals ->> 'count')::int as lines, reason, detail, unreadable, warnings, file,
    by as "readBy", ${utc('at')} as "readAt"
  from bank_statement where tenant = $1 and rail = $2 and (coalesce(from_day, ''), statement) > ($3, $4)
  order by coalesce(from_day, ''), statement limit $5) r`;

// A line counts as soon as one of the statements that brought it does.
const LINES = `select ${positionOf(bankLines)} as position, coalesce(json_agg(r order by r."bookedOn", r.line), '[]') as items
from (select l.line, l.statement, l.chunk, l.n, l.booked_on as "bookedOn", l.value_on as "valueOn", l.side, l.amount::text,
    l.names as "references", l.code, l.return_reason as "returnReason", l.match, l.proposal, w.texts,
    (select coalesce(json_agg(json_build_object('item', i.item, 'partner', i.partner) order by i.item), '[]') from (
      select item, partner from bank_line_item i
      where i.tenant = l.tenant and i.rail = l.rail and i.line = l.line order by item limit 100) i) as items
  from bank_line l
  left join bank_wording w on w.tenant = l.tenant and w.rail = l.rail and w.statement = l.statement and w.chunk = l.chunk
  where l.tenant = $1 and l.rail = $2 and (l.booked_on, l.line) > ($3, $4) and ($5::text is null or l.booked_on >= $5)
    and ($6::text is null or l.booked_on <= $6)
    and case $7::text when 'matched' then l.match is not null when 'unmatched' then l.match is null
      when 'proposed' then l.proposal is not null else true end
    and exists (select 1 from bank_line_statement s join bank_statement b using (tenant, rail, statement)
      where s.tenant = l.tenant and s.rail = l.rail and s.line = l.line and b.state = 'imported')
  order by l.booked_on, l.line limit $8) r`;

const RULES = `select ${positionOf(bankLines)} as position,
  m.rules, m.proposed from (select) one left join matching_rules m on m.tenant = $1 and m.rail = $2`;

export interface RulesShown {
  readonly position: bigint;
  readonly rules: MatchingRules;
  /** Waits for a second person who says the same. */
  readonly proposed: ProposedRules | null;
}

interface RulesFound {
  readonly rules: MatchingRules | null;
}

export interface LinesAsked {
  readonly tenant: string;
  readonly rail: string;
  readonly state: LineState;
  readonly from: string | null;
  readonly until: string | null;
  readonly after: readonly [bookedOn: string, line: string];
  readonly limit: number;
}

@Injectable()
export class BankLinesRead {
  constructor(
    private readonly runtime: ServiceRuntime,
    private readonly privacy: Privacy,
  ) {}

  async statements(
    tenant: string,
    rail: string,
    after: readonly [from: string, statement: string],
    limit: number,
  ): Promise<LinesPage<BankStatementShown>> {
    const values = [tenant, rail, ...after, limit + 1];
    const { items, position } = await this.one<{ items: BankStatementShown[] }>(STATEMENTS, values);
    const shown = items.slice(0, limit);
    const last = items.length > limit ? shown.at(-1) : undefined;
    return { position, items: shown, next: last ? [last.from ?? '', last.statement] : null };
  }

  async lines(asked: LinesAsked): Promise<LinesPage<BankLineShown>> {
    const { tenant, rail, state, from, until, after, limit } = asked;
    const values = [tenant, rail, ...after, from, until, state, limit + 1];
    const { items, position } = await this.one<{ items: FoundLine[] }>(LINES, values);
    const shown = items.slice(0, limit);
    const last = items.length > limit ? shown.at(-1) : undefined;
    const wording = new Wording(await this.privacy.of(tenant), rail);
    const lines: BankLineShown[] = [];
    for (const { chunk, n, texts, ...line } of shown)
      lines.push({ ...line, text: await wording.of(line.statement, chunk, n, texts) });
    return { position, items: lines, next: last ? [last.bookedOn, last.line] : null };
  }

  async rules(tenant: string, rail: string): Promise<RulesShown> {
    const { rules, ...shown } = await this.one<Omit<RulesShown, 'rules'> & RulesFound>(RULES, [
      tenant,
      rail,
    ]);
    return { ...shown, rules: rules ?? STANDARD_RULES };
  }

  private async one<T extends object>(
    statement: string,
    values: readonly unknown[],
  ): Promise<T & { readonly position: bigint }> {
    const { rows } = await this.runtime.database.query<T & { position: string }>(statement, [
      ...values,
    ]);
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    return { ...row, position: BigInt(row.position) };
  }
}

/** Opens each chunk of wording once. */
class Wording {
  private readonly opened = new Map<string, readonly string[] | null>();

  constructor(
    private readonly personal: PersonalData,
    private readonly rail: string,
  ) {}

  async of(statement: string, chunk: number, n: number, texts: Json): Promise<string | null> {
    const name = `${statement} ${String(chunk)}`;
    if (!this.opened.has(name)) this.opened.set(name, await this.open(texts));
    return this.opened.get(name)?.[n] ?? null;
  }

  private async open(texts: Json): Promise<readonly string[] | null> {
    if (texts === null) return null;
    const place = { stream: railStreamOf(this.personal.tenant, this.rail), ...WORDING };
    try {
      return (await this.personal.open(texts as unknown as Sealed, place)) as readonly string[];
    } catch (error) {
      if (hasCode(error, 'erased')) return null;
      throw error;
    }
  }
}

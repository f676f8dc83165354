import { Injectable } from '@nestjs/common';
import { CodedError, type Instant, invariant, sha256Hex } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import { rendered } from '../documents/render';
import { type StatementContent, contentOf } from '../domain/statement/content';
import {
  type DocumentHash,
  type Format,
  type Language,
  type StatementEvent,
  statementStreamOf,
} from '../domain/statement/events';
import type { Standing } from '../domain/statement/movement';
import type { Totals } from '../domain/statement/statement-of';
import { positionOf, utc } from './reading';
import { statements } from './statements.projection';

export interface IssuedStatement {
  readonly statement: string;
  readonly partner: string;
  readonly entity: string;
  readonly asset: string;
  readonly month: string;
  readonly opening: string;
  readonly totals: Totals;
  readonly closing: string;
  readonly standing: Standing;
  readonly lines: number;
  readonly issuedAt: Instant;
  readonly documents: readonly DocumentHash[];
}

export interface StatementsAsked {
  readonly tenant: string;
  readonly partner: string | undefined;
  readonly entity: string | undefined;
  readonly month: string | undefined;
  readonly after: readonly [month: string, statement: string] | null;
  readonly limit: number;
}

const LIST = `
select ${positionOf(statements)} as position, (select coalesce(json_agg(r order by r.month, r.statement), '[]') from (
  select statement, partner, entity, asset, month, opening::text, totals, closing::text, standing, line_count as lines,
    ${utc('issued_at')} as "issuedAt", documents
  from partner_statement where tenant = $1 and ($2::text is null or partner = $2) and ($3::text is null or entity = $3)
    and ($4::text is null or month = $4) and (month, statement) > ($5, $6)
  order by month, statement limit $7) r) as items`;

@Injectable()
export class Statements {
  constructor(private readonly runtime: ServiceRuntime) {}

  async page({ tenant, partner, entity, month, after, limit }: StatementsAsked): Promise<{
    readonly position: bigint;
    readonly items: readonly IssuedStatement[];
    readonly next: readonly [string, string] | null;
  }> {
    const filter = [partner ?? null, entity ?? null, month ?? null];
    const { rows } = await this.runtime.database.query<{
      position: string;
      items: readonly IssuedStatement[];
    }>(LIST, [tenant, ...filter, ...(after ?? ['', '']), limit + 1]);
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    const items = row.items.slice(0, limit);
    const last = row.items.length > limit ? items.at(-1) : undefined;
    return {
      position: BigInt(row.position),
      items,
      next: last ? [last.month, last.statement] : null,
    };
  }

  /** From its own stream: what was issued, and nothing that became known since. */
  async content(
    tenant: string,
    statement: string,
  ): Promise<{ readonly content: StatementContent; readonly position: bigint } | undefined> {
    const events: StatementEvent[] = [];
    let position = 0n;
    for await (const event of this.runtime.log.read(statementStreamOf(tenant, statement))) {
      events.push(event as unknown as StatementEvent);
      position = event.position;
    }
    const content = contentOf(events);
    return content && { content, position };
  }

  /** Made anew of its events. What does not hash to what was issued is not handed out. */
  async document(
    content: StatementContent,
    format: Format,
    language: Language,
  ): Promise<{ readonly bytes: Uint8Array; readonly sha256: string }> {
    const { statement } = content.head;
    const bytes = await rendered(content, format, language);
    const sha256 = sha256Hex(bytes);
    const issued = content.figures.documents.find(
      (document) => document.format === format && document.language === language,
    );
    if (issued?.sha256 === sha256) return { bytes, sha256 };
    throw new CodedError('document_differs', `Statement ${statement} does not render as issued.`, {
      statement,
      format,
      language,
      issued: issued?.sha256 ?? null,
      rendered: sha256,
    });
  }
}

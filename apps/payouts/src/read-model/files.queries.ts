import { Injectable } from '@nestjs/common';
import { subscriptionOf } from '@tributary/feeds';
import { type Instant, type Json, type JsonObject, invariant } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import type { AfterVoid, BankAnswer, PayingAccountSettings } from '../domain/rail/file-events';
import { paymentFiles } from './files.projection';

export interface PayingAccountShown {
  readonly id: string;
  readonly settings: PayingAccountSettings;
  readonly opening: string;
  readonly openedOn: string;
  readonly registeredBy: string;
  readonly registeredAt: Instant;
}

export interface PaymentFileShown {
  readonly payingAccount: string;
  readonly sequence: number;
  readonly run: string;
  readonly kind: string;
  /** `numbered`: being written. Only an exported one can be downloaded. */
  readonly state: 'exported' | 'numbered' | 'voided';
  readonly madeAt: Instant;
  readonly payOn: string;
  readonly count: number;
  readonly total: string;
  readonly asset: string;
  readonly sha256: string | null;
  readonly bytes: number | null;
  readonly exportedAt: Instant | null;
  /** The number of the voided file whose items these are. */
  readonly replaces: number | null;
  readonly void: (JsonObject & { readonly then: AfterVoid; readonly proposedBy: string }) | null;
}

export interface FileItemShown {
  readonly item: string;
  readonly partner: string;
  readonly amount: string;
  readonly answer: BankAnswer | null;
  readonly codes: readonly string[];
  readonly bankReference: string | null;
  readonly answeredAt: Instant | null;
  /** Proposed or declared by people, with who and why; a proposal only until the bank says more. */
  readonly unpaid: Json;
}

export interface ReturnFileShown {
  readonly sha256: string;
  readonly sequence: number | null;
  readonly fileRefused: readonly string[];
  readonly items: number;
  /** Of them, answers that changed something, and references that are not ours. */
  readonly answered: number;
  readonly strangers: number;
  readonly warnings: readonly string[];
  readonly readBy: string;
  readonly readAt: Instant;
}

export interface FilesPage<T> {
  readonly items: readonly T[];
  readonly next: string | null;
  readonly position: bigint;
}

// In the statement that reads the rows, so that an answer never claims more than it shows.
const POSITION = `(select coalesce(max(position), 0) from subscription where name = '${subscriptionOf(paymentFiles)}')`;

const utc = (column: string): string =>
  `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const listOf = (select: string, order: string): string =>
  `select ${POSITION} as position, coalesce(json_agg(r order by ${order}), '[]') as items from (${select}) r`;

const ACCOUNTS = listOf(
  `select rail as id, settings, opening, opened_on as "openedOn", registered_by as "registeredBy",
    ${utc('registered_at')} as "registeredAt"
  from paying_account where tenant = $1 and ($2::text is null or rail = $2) and rail > $3 order by rail limit $4`,
  'r.id',
);

const FILES = listOf(
  `select f.rail as "payingAccount", f.sequence, replace(f.run, '-', '') as run, f.kind, f.state, ${utc('f.made_at')} as "madeAt",
    f.pay_on as "payOn", f.item_count as count, f.total::text as total, a.settings->>'asset' as asset,
    f.sha256, f.bytes, ${utc('f.exported_at')} as "exportedAt", f.replaces, f.void
  from payment_file f join paying_account a using (tenant, rail)
  where f.tenant = $1 and ($2::text is null or f.rail = $2) and ($3::text is null or f.run = $3)
    and ($4::int is null or f.sequence = $4) and (f.rail, f.sequence) > ($5, $6::int)
  order by f.rail, f.sequence limit $7`,
  'r."payingAccount", r.sequence',
);

const ITEMS = listOf(
  `select item, partner, amount::text as amount, answer, coalesce(codes, '[]') as codes,
    bank_reference as "bankReference", ${utc('answered_at')} as "answeredAt",
    coalesce(unpaid_proposal, unpaid) as unpaid
  from payment_file_item where tenant = $1 and rail = $2 and sequence = $3 and item > $4 order by item limit $5`,
  'r.item',
);

const RETURNS = listOf(
  `select sha256, sequence, coalesce(file_refused, '[]') as "fileRefused", item_count as items, answered, strangers,
    warnings, read_by as "readBy", ${utc('read_at')} as "readAt"
  from return_file where tenant = $1 and rail = $2 and sha256 > $3 order by sha256 limit $4`,
  'r.sha256',
);

const PLACE = `select file, numbered_at_revision::text as revision from payment_file
  where tenant = $1 and rail = $2 and sequence = $3`;

export interface FilesAsked {
  readonly tenant: string;
  readonly rail: string | null;
  readonly run: string | null;
  readonly after: readonly [rail: string, sequence: number];
  readonly limit: number;
}

/** Paying accounts and their files, as they stand at a position of our log. */
@Injectable()
export class PaymentFilesShown {
  constructor(private readonly runtime: ServiceRuntime) {}

  accounts(tenant: string, after: string, limit: number): Promise<FilesPage<PayingAccountShown>> {
    return this.page(ACCOUNTS, [tenant, null, after], limit, ({ id }) => id);
  }

  async account(tenant: string, id: string) {
    return one(await this.page<PayingAccountShown>(ACCOUNTS, [tenant, id, ''], 1, String));
  }

  files({ tenant, rail, run, after, limit }: FilesAsked): Promise<FilesPage<PaymentFileShown>> {
    return this.page(
      FILES,
      [tenant, rail, run, null, ...after],
      limit,
      ({ payingAccount, sequence }) => `${payingAccount}.${String(sequence)}`,
    );
  }

  async file(tenant: string, rail: string, sequence: number) {
    const values = [tenant, rail, null, sequence, '', 0];
    return one(await this.page<PaymentFileShown>(FILES, values, 1, String));
  }

  items(
    { tenant, rail, sequence }: { tenant: string; rail: string; sequence: number },
    after: string,
    limit: number,
  ): Promise<FilesPage<FileItemShown>> {
    return this.page(ITEMS, [tenant, rail, sequence, after], limit, ({ item }) => item);
  }

  returns(
    tenant: string,
    rail: string,
    after: string,
    limit: number,
  ): Promise<FilesPage<ReturnFileShown>> {
    return this.page(RETURNS, [tenant, rail, after], limit, ({ sha256 }) => sha256);
  }

  /** Where in its stream a file begins. */
  async placeOf(
    tenant: string,
    rail: string,
    sequence: number,
  ): Promise<{ readonly file: string; readonly from: bigint } | undefined> {
    const { rows } = await this.runtime.database.query<{ file: string; revision: string }>(PLACE, [
      tenant,
      rail,
      sequence,
    ]);
    const [row] = rows;
    return row && { file: row.file, from: BigInt(row.revision) };
  }

  private async page<T>(
    statement: string,
    values: readonly unknown[],
    limit: number,
    cursor: (last: T) => string,
  ): Promise<FilesPage<T>> {
    const { rows } = await this.runtime.database.query<{ position: string; items: T[] }>(
      statement,
      [...values, limit + 1],
    );
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    const items = row.items.slice(0, limit);
    const last = items.at(-1);
    const next = row.items.length > limit && last !== undefined ? cursor(last) : null;
    return { items, next, position: BigInt(row.position) };
  }
}

const one = <T>({ items, position }: FilesPage<T>) => ({ found: items[0] ?? null, position });

import type { PeriodKey } from '@tributary/kernel';
import type { Database } from '@tributary/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { instantText } from '../read-model/sql';
import type { Figures } from './period-figures';

export interface OfMonth {
  readonly tenant: string;
  readonly entity: string;
  readonly month: PeriodKey;
}

/** What is known of a month that stands in no event: why the ledger could not go on, and how the last recomputation came out. */
export interface PeriodCheck {
  readonly failure: {
    readonly code: string;
    readonly detail: string;
    readonly at: string;
  } | null;
  readonly checked: {
    readonly at: string;
    readonly isSame: boolean;
    readonly digest: string;
    readonly position: string;
  } | null;
}

export class CreatePeriodCheck1790000008100 implements MigrationInterface {
  readonly name = 'CreatePeriodCheck1790000008100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table period_check (
      tenant text not null, entity text not null, month text not null,
      failure_code text, failure_detail text, failed_at timestamptz,
      checked_at timestamptz, checked_position bigint, is_same boolean, digest text,
      primary key (tenant, entity, month))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table period_check');
  }
}

const KEY = 'tenant, entity, month';

export class PeriodChecks {
  constructor(private readonly database: Database) {}

  async of({ tenant, entity, month }: OfMonth): Promise<PeriodCheck> {
    const { rows } = await this.database.query<{
      code: string | null;
      detail: string;
      failedAt: string;
      isSame: boolean | null;
      checkedAt: string;
      digest: string;
      position: string;
    }>(
      `select failure_code as code, failure_detail as detail, ${instantText('failed_at')} as "failedAt", digest,
         is_same as "isSame", ${instantText('checked_at')} as "checkedAt", checked_position as position
       from period_check where tenant = $1 and entity = $2 and month = $3`,
      [tenant, entity, month],
    );
    const [row] = rows;
    if (!row) return { failure: null, checked: null };
    const { code, detail, failedAt, isSame, checkedAt, digest, position } = row;
    return {
      failure: code === null ? null : { code, detail, at: failedAt },
      checked: isSame === null ? null : { at: checkedAt, isSame, digest, position },
    };
  }

  async failed({ tenant, entity, month }: OfMonth, code: string, detail: string): Promise<void> {
    await this.database.query(
      `insert into period_check (${KEY}, failure_code, failure_detail, failed_at) values ($1, $2, $3, $4, $5, now())
       on conflict (${KEY}) do update set failure_code = $4, failure_detail = $5, failed_at = now()`,
      [tenant, entity, month, code, detail],
    );
  }

  async wentOn({ tenant, entity, month }: OfMonth): Promise<void> {
    await this.database.query(
      `update period_check set failure_code = null, failure_detail = null, failed_at = null
       where tenant = $1 and entity = $2 and month = $3 and failure_code is not null`,
      [tenant, entity, month],
    );
  }

  async checked(
    { tenant, entity, month }: OfMonth,
    { digest }: Figures,
    { isSame, position }: { readonly isSame: boolean; readonly position: bigint },
  ): Promise<void> {
    await this.database.query(
      `insert into period_check (${KEY}, checked_at, checked_position, is_same, digest) values ($1, $2, $3, now(), $4, $5, $6)
       on conflict (${KEY}) do update set checked_at = now(), checked_position = $4, is_same = $5, digest = $6`,
      [tenant, entity, month, String(position), isSame, digest],
    );
  }
}

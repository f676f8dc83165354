import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Privacy1700000000400 implements MigrationInterface {
  readonly name = 'Privacy1700000000400';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table tenant_key (
        tenant text primary key check (tenant ~ '^[a-z0-9]{1,32}$'),
        wrapped bytea not null,
        wrapped_by text not null,
        -- Counts what was forgotten and destroyed, so that every process notices that it remembers too much.
        erasures bigint not null default 0
      )`);
    await runner.query(`
      create table identifier (
        tenant text not null,
        mac bytea not null check (octet_length(mac) = 32),
        pseudonym uuid not null,
        primary key (tenant, mac)
      )`);
    await runner.query(
      `create unique index identifier_pseudonym on identifier (tenant, pseudonym)`,
    );
    await runner.query(`
      create table subject_key (
        tenant text not null,
        subject text not null check (subject ~ '^[a-z0-9]{1,32}$'),
        purpose text not null,
        id uuid not null,
        -- Null once it is destroyed: what it sealed can then be told from what nobody ever sealed.
        wrapped bytea,
        primary key (tenant, subject, purpose)
      )`);
    await runner.query(`create unique index subject_key_id on subject_key (tenant, id)`);
    await runner.query(`
      create table erased_subject (
        tenant text not null,
        subject text not null,
        erased_at timestamptz not null default now(),
        primary key (tenant, subject)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table erased_subject, subject_key, identifier, tenant_key');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ApiKeys1767225600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table api_key (
        id text primary key check (id ~ '^[0-9a-f]{32}$'),
        tenant text not null check (tenant ~ '^[a-z0-9]{1,32}$'),
        role text not null check (role in ('admin', 'finance', 'programme', 'auditor', 'upstream', 'partner')),
        hash text not null unique check (hash ~ '^[0-9a-f]{64}$'),
        label text not null,
        partner_id text check (partner_id ~ '^[a-z0-9]{1,32}$'),
        created_at timestamptz not null,
        revoked_at timestamptz,
        check ((role = 'partner') = (partner_id is not null))
      )`);
    await runner.query(`create index api_key_tenant on api_key (tenant, created_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table api_key`);
  }
}

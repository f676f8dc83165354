import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = `
create table subscription (
  name text primary key,
  position bigint not null default 0,
  owner text,
  epoch bigint not null default 0,
  lease_until timestamptz,
  -- Counts what others than the owner have changed about the parked streams, so that the owner looks again.
  parkings bigint not null default 0,
  moved_at timestamptz not null default clock_timestamp()
);

create table projection (
  name text primary key,
  live_version int not null,
  declaration text not null
);

create table parked (
  id bigint generated always as identity primary key,
  subscription text not null,
  stream text not null,
  position bigint not null,
  revision bigint not null,
  event_id uuid not null,
  event_type text not null,
  tenant text not null,
  correlation_id text not null,
  code text not null,
  reason text not null,
  facts jsonb not null,
  queued bigint not null default 0,
  parked_at timestamptz not null default clock_timestamp(),
  status text not null default 'parked' check (status in ('parked', 'resumed', 'discarded', 'rebuilt')),
  closed_at timestamptz,
  closed_by text,
  closed_reason text
);
create unique index on parked (subscription, stream) where status = 'parked';
create index on parked (correlation_id) where status = 'parked';
create index on parked (subscription, position) where status = 'discarded';

create table waiting (
  reason text not null,
  key text not null,
  subject text not null,
  facts jsonb not null,
  since timestamptz not null default clock_timestamp(),
  released_by uuid,
  released_at timestamptz,
  primary key (key, reason, subject)
);
create index on waiting (reason, since) where released_by is null;

create table inbox (
  position bigint primary key,
  owner text not null,
  id uuid not null,
  type text not null,
  stream text not null,
  revision bigint not null,
  tenant text not null,
  occurred_at text not null,
  recorded_at text not null,
  correlation_id text not null,
  causation_id uuid,
  trace_parent text,
  data jsonb not null,
  unique (stream, revision)
);
create table inbox_head (singleton boolean primary key default true check (singleton), position bigint not null);
insert into inbox_head (position) values (0);
create table inbox_stream (stream text primary key, revision bigint not null);
create table inbox_offset (owner text not null, channel text not null, next bigint not null, primary key (owner, channel));
create table inbox_gap (
  stream text primary key,
  owner text not null,
  after bigint,
  arrived bigint,
  since timestamptz not null default clock_timestamp(),
  attempts int not null default 0,
  last_error text
);
create table inbox_aside (stream text not null, revision bigint not null, event jsonb not null, primary key (stream, revision));

create table dead_letter (
  owner text not null,
  channel text not null,
  "offset" bigint not null,
  key text not null,
  reason text not null,
  raw text not null,
  arrived_at timestamptz not null default clock_timestamp(),
  closed_at timestamptz,
  closed_by text,
  closed_reason text,
  primary key (owner, channel, "offset")
);
`;

/** Everything that feeds keep besides the tables of the projections themselves. */
export class CreateFeeds1790000000000 implements MigrationInterface {
  readonly name = 'CreateFeeds1790000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'drop table subscription, projection, parked, waiting, inbox, inbox_head, inbox_stream, inbox_offset, inbox_gap, inbox_aside, dead_letter',
    );
  }
}

/** Who follows which topic, and what was last told under it. */
export class CreateTopics1790000000100 implements MigrationInterface {
  readonly name = 'CreateTopics1790000000100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table follower (tenant text, topic text, stream text, primary key (tenant, topic, stream));
      create table told (tenant text, topic text, key text, revision bigint not null, data jsonb not null,
        primary key (tenant, topic, key))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table follower, told');
  }
}

/** Whose message it was, and why it was refused, so that the people of a tenant see theirs and nobody else's. */
export class CreateDeadLettersOfTenants1790000000200 implements MigrationInterface {
  readonly name = 'CreateDeadLettersOfTenants1790000000200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table dead_letter add tenant text, add code text not null default 'unreadable_message',
        add facts jsonb not null default '{}';
      create index on dead_letter (tenant, channel, "offset") where closed_at is null`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table dead_letter drop tenant, drop code, drop facts');
  }
}

/** Where in the log an event of the inbox stands. What came before this was kept counts as known from the beginning. */
export class PlaceInboxInLog1790000000300 implements MigrationInterface {
  readonly name = 'PlaceInboxInLog1790000000300';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table inbox add log_position bigint not null default 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table inbox drop log_position');
  }
}

/** Given to `Database.open` of every service, besides its own. */
export const feedMigrations = [
  CreateFeeds1790000000000,
  CreateTopics1790000000100,
  CreateDeadLettersOfTenants1790000000200,
  PlaceInboxInLog1790000000300,
];

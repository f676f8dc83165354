import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Separates texts that travel as one: it cannot stand raw inside JSON, and `assertStorable` keeps it out of the rest. */
export const SEPARATOR = '\u001e';

/**
 * One head row, whose lock is held to the commit, so that positions are dense and in commit order. Moments are milliseconds
 * since 1970, which come back as exactly the text that went in. Three indexes, each a fence; more would cost every append.
 */
const TABLES = `
  create table log_head (
    one boolean primary key default true check (one),
    position bigint not null
  ) with (fillfactor = 10);
  insert into log_head (position) values (0);

  create table event (
    position bigint primary key,
    revision bigint not null,
    occurred_at bigint not null,
    recorded_at bigint not null,
    schema_version integer not null,
    command_index integer not null,
    id uuid not null unique,
    command_id uuid not null,
    causation_id uuid,
    content_hash bytea not null,
    stream text collate "C" not null,
    type text collate "C" not null,
    fingerprint text collate "C" not null,
    actor text collate "C" not null,
    correlation_id text collate "C" not null,
    trace_parent text collate "C",
    data jsonb not null,
    unique (stream, revision)
  );`;

/**
 * After the lock each statement sees everything that was committed before it, so the check holds across processes. The arrays are
 * taken apart side by side in a list of results; in a `from` each would first be put down as a table of its own.
 */
const APPEND_BATCH = `
  create or replace function append_batch(
    streams text, nexts bigint[],
    e_stream text, e_revision bigint[], e_id uuid[], e_type text, e_schema_version integer[],
    e_occurred_at bigint[], e_recorded_at bigint[], e_command_id uuid[], e_command_index integer[],
    e_fingerprint text, e_actor text, e_causation_id uuid[], e_correlation_id text, e_trace_parent text,
    e_content_hash text, e_data text,
    out base bigint, out bad integer[]
  ) language plpgsql as $$
  begin
    select h.position into strict base from log_head h for update;
    select array_agg(s.place::integer) into bad
      from unnest(string_to_array(streams, E'\\x1e'), nexts) with ordinality s (stream, next, place)
     where s.next <> coalesce(
       (select e.revision + 1 from event e where e.stream = s.stream order by e.revision desc limit 1), 0);
    if bad is not null then return; end if;
    insert into event (
      position, revision, occurred_at, recorded_at, schema_version, command_index, id, command_id, causation_id,
      content_hash, stream, type, fingerprint, actor, correlation_id, trace_parent, data)
    select base + n, revision, occurred_at, recorded_at, schema_version, command_index, id, command_id, causation_id,
           decode(content_hash, 'hex'), stream, type, fingerprint, actor, correlation_id,
           nullif(trace_parent, ''), data::jsonb
      from (select
        generate_series(1, cardinality(e_revision)) as n,
        unnest(e_revision) as revision,
        unnest(e_occurred_at) as occurred_at,
        unnest(e_recorded_at) as recorded_at,
        unnest(e_schema_version) as schema_version,
        unnest(e_command_index) as command_index,
        unnest(e_id) as id,
        unnest(e_command_id) as command_id,
        unnest(e_causation_id) as causation_id,
        unnest(string_to_array(e_content_hash, E'\\x1e')) as content_hash,
        unnest(string_to_array(e_stream, E'\\x1e')) as stream,
        unnest(string_to_array(e_type, E'\\x1e')) as type,
        unnest(string_to_array(e_fingerprint, E'\\x1e')) as fingerprint,
        unnest(string_to_array(e_actor, E'\\x1e')) as actor,
        unnest(string_to_array(e_correlation_id, E'\\x1e')) as correlation_id,
        unnest(string_to_array(e_trace_parent, E'\\x1e')) as trace_parent,
        unnest(string_to_array(e_data, E'\\x1e')) as data) e;
    update log_head set position = base + cardinality(e_revision);
  end $$;`;

/** The same for one event, without the cost of taking sets apart. */
const APPEND_ONE = `
  create function append_one(
    e_stream text, e_revision bigint, e_id uuid, e_type text, e_schema_version integer,
    e_occurred_at bigint, e_recorded_at bigint, e_command_id uuid, e_command_index integer,
    e_fingerprint text, e_actor text, e_causation_id uuid, e_correlation_id text, e_trace_parent text,
    e_content_hash text, e_data jsonb,
    out base bigint, out bad integer[]
  ) language plpgsql as $$
  begin
    select h.position into strict base from log_head h for update;
    if e_revision <> coalesce(
      (select e.revision + 1 from event e where e.stream = e_stream order by e.revision desc limit 1), 0) then
      bad := '{1}';
      return;
    end if;
    insert into event (
      position, revision, occurred_at, recorded_at, schema_version, command_index, id, command_id, causation_id,
      content_hash, stream, type, fingerprint, actor, correlation_id, trace_parent, data)
    values (
      base + 1, e_revision, e_occurred_at, e_recorded_at, e_schema_version, e_command_index, e_id, e_command_id,
      e_causation_id, decode(e_content_hash, 'hex'), e_stream, e_type, e_fingerprint, e_actor, e_correlation_id,
      e_trace_parent, e_data);
    update log_head set position = base + 1;
  end $$;`;

/** Whoever owns the tables can still remove these rules on purpose; nobody changes the past by accident. */
const APPEND_ONLY = `
  create function refuse_to_change_the_past() returns trigger language plpgsql as $$
  begin
    raise exception 'The event log is append-only: % of % refused.', tg_op, tg_table_name
      using errcode = 'restrict_violation';
  end $$;
  create trigger append_only before update or delete or truncate on event
    for each statement execute function refuse_to_change_the_past();
  create trigger one_head before delete or truncate on log_head
    for each statement execute function refuse_to_change_the_past();
  create trigger only_forward before update on log_head
    for each row when (new.position <= old.position) execute function refuse_to_change_the_past();
  revoke update, delete, truncate on event from public, current_user;
  revoke delete, truncate on log_head from public, current_user;`;

/** A role that only works with the log, where the operator has made one: it cannot lift the rules above. */
const WORKING_ROLE = `
  do $$
  begin
    if exists (select from pg_roles where rolname = 'tributary_app') then
      execute format('grant usage on schema %I to tributary_app', current_schema());
      execute format('grant select on all tables in schema %I to tributary_app', current_schema());
      grant insert on event to tributary_app;
      grant update (position) on log_head to tributary_app;
    end if;
  end $$;`;

export class EventLog1700000000100 implements MigrationInterface {
  readonly name = 'EventLog1700000000100';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [TABLES, APPEND_BATCH, APPEND_ONE, APPEND_ONLY, WORKING_ROLE]) {
      await runner.query(part);
    }
  }

  /** The log is never undone by a migration. */
  down(): Promise<void> {
    return Promise.reject(new Error('The event log is not removed by a migration.'));
  }
}

/** For logs that were made with an earlier form of the function. */
export class AppendBatch1700000000101 implements MigrationInterface {
  readonly name = 'AppendBatch1700000000101';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(APPEND_BATCH);
  }

  /** Both forms do the same. */
  down(): Promise<void> {
    return Promise.resolve();
  }
}

/**
 * Counts the positions of rows that come by COPY. Who copies sets it to the head, under the head's lock, so it neither
 * remembers anything nor leaves a gap when a transaction comes to nothing.
 */
const POSITIONS_OF_COPIES = `
  create sequence event_position owned by event.position;
  alter table event alter column position set default nextval('event_position');
  do $$
  begin
    if exists (select from pg_roles where rolname = 'tributary_app') then
      grant usage, update on sequence event_position to tributary_app;
    end if;
  end $$;`;

export class EventLogCopies1700000000102 implements MigrationInterface {
  readonly name = 'EventLogCopies1700000000102';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(POSITIONS_OF_COPIES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table event alter column position drop default');
    await runner.query('drop sequence event_position');
  }
}

export const postgresLogMigrations = [
  EventLog1700000000100,
  AppendBatch1700000000101,
  EventLogCopies1700000000102,
];

export * from './memory/memory-event-log';
export * from './port';
export { postgresLogMigrations } from './postgres/migrations';
export * from './postgres/postgres-event-log';
export * from './eventstoredb/open';
export * from './archive/archive';
export * from './archive/read-archive';
export * from './archive/take-archive';
export * from './archive/write-archive';

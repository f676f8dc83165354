export * from './in-memory';

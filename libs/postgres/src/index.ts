export * from './client';
export * from './database';
export * from './directory-lock';
export * from './embedded-server';
export { binariesPackage, findBinaries } from './server-binaries';
export { findServerUser } from './server-user';
export * from './snapshots';
export * from './together';
export * from './unavailable';

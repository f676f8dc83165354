export * from './attribution/measured';
export * from './published';
export * from './upstream/envelope';
export * from './upstream/registry';
export * from './upstream/training-completed';

export * from './postgres';
export * from './fleeting-postgres';
export * from './eventstore/event-store-server';
export * from './eventstore/test-server';
export * from './kafka-broker';
export * from './naive-commission';
export * from './book-checkers';
export * from './answer';

export * from './feed';
export * from './feeds';
export * from './feeds-options';
export * from './feeds-status';
export type { FeedTail } from './feed-tail';
export * from './inbox/dead-letter-table';
export * from './inbox/inbox-feed';
export * from './inbox/inbox-table';
export * from './inbox/shuffle';
export * from './inbox/table-source';
export * from './inbox/intake-table';
export {
  type IncomingMessage,
  type MessageBroker,
  type Topic,
  type TopicLayout,
} from './kafka/broker';
export { type ConsumerObserver, type ConsumerOptions, startConsumer } from './kafka/consumer';
export { type IntakeObserver, type IntakeOptions, startIntake } from './kafka/intake';
export { type KafkaJsOptions, kafkaJsBroker } from './kafka/kafkajs';
export {
  type Relay,
  type RelayCheckpoint,
  type RelayObserver,
  type RelayOptions,
  startRelay,
} from './kafka/relay';
export * from './log-feed';
export * from './meeting/meet';
export { Together } from '@tributary/postgres';
export { type Told, Topics } from './meeting/topics';
export * from './meeting/waiting-facts';
export * from './migrations';
export * from './observer';
export * from './ports';
export type { EventFields, Picked } from './projections/fields';
export { keyedTable, type KeyedTable, type TableOf } from './projections/keyed-table';
export {
  projection,
  type Projection,
  type ProjectionDeclaration,
  subscriptionOf,
} from './projections/projection';
export type { RebuildOptions, RebuildReport } from './projections/rebuild-report';
export type { Publication } from './published/publication';
export * from './published/published-table';
export * from './reactions/reaction';
export * from './read-your-writes';
export * from './subscriptions/leases';
export * from './subscriptions/owned-work';
export * from './subscriptions/parking';
export type { Statement } from './statement';
export * from './wake';

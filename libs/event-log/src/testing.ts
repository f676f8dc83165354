export { eventLogContract } from './contract/event-log-contract.fixture';
export type { Abilities, LogHarness } from './contract/harness.fixture';

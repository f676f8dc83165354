import {
  type DomainEvent,
  type Instant,
  type JsonObject,
  type StreamName,
  type Uuid,
  streamOf,
  uuidV5,
  withoutDashes,
} from '@tributary/kernel';
import type { FactRef } from '../evidence';

/**
 * What a fact is called wherever something rests on it. Made of its identity, never of its arrival: of two facts of one instant the
 * ids decide, and facts come in any order.
 */
export const factIdOf = (tenant: string, source: string, id: string): Uuid =>
  uuidV5('fact', tenant, source, id);

/** One stream per fact of upstream, for ever: its first event is the fact. */
export const factStreamOf = (tenant: string, source: string, id: string): StreamName =>
  factStreamNamed(tenant, factIdOf(tenant, source, id));

export const factStreamNamed = (tenant: string, factId: Uuid): StreamName =>
  streamOf('fact', tenant, withoutDashes(factId));

export interface FactContent {
  readonly source: string;
  readonly id: string;
  readonly type: string;
  /** As it was sent, with its offset. */
  readonly time: string;
  readonly subject: string;
  readonly dataschema: string;
  readonly data: JsonObject;
  /** The programme that the sender named; left out, the tenant's main one. */
  readonly programme?: string;
}

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. */
export type FactAccepted = DomainEvent<
  'FactAccepted',
  FactContent & {
    readonly fingerprint: string;
    /** It lies further ahead than clocks differ, and is handed on once this time has come. */
    readonly waitsUntil?: Instant;
  }
>;
/** The time has come that the fact waited for. */
export type FactBecameDue = DomainEvent<
  'FactBecameDue',
  { readonly source: string; readonly id: string }
>;
export type FactConflicted = DomainEvent<
  'FactConflicted',
  {
    readonly source: string;
    readonly id: string;
    /** Names of the fields whose content differs from the accepted one. The rival content itself is not kept. */
    readonly differs: readonly string[];
    readonly fingerprint: string;
  }
>;
/**
 * It is taken back, or another fact has taken its place. A retraction may come before what it retracts; it is then said again
 * once the fact is there, so that whoever follows the stream hears it behind the fact. Each fact that takes its place is said, for one
 * of them may be retracted itself.
 */
export type FactRetracted = DomainEvent<
  'FactRetracted',
  {
    readonly source: string;
    readonly id: string;
    readonly why: 'retracted' | 'superseded';
    readonly reason: string | null;
    /** The fact that says so. */
    readonly by: FactRef;
  }
>;
export type FactEvent = FactAccepted | FactBecameDue | FactConflicted | FactRetracted;

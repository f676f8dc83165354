import { Injectable } from '@nestjs/common';
import type { UpstreamEvent } from '@tributary/contracts';
import {
  CommandRunner,
  type FreshCommand,
  type JsonObject,
  type Outcome,
  fingerprintOf,
  instant,
  uuidV5,
} from '@tributary/kernel';
import { type AcceptFact, type FactRejected, fact } from '../domain/fact/decide';
import { type FactConflicted, factStreamOf } from '../domain/fact/events';

/** Who sends: the tenant is the credential's, never the event's. */
export interface Sender {
  readonly tenant: string;
  readonly actor: string;
}

/** What became of one fact that was sent. */
export interface Ingested {
  readonly outcome: 'accepted' | 'duplicate' | 'conflict';
  readonly source: string;
  readonly id: string;
  readonly position: bigint;
  readonly correlationId: string;
  /** Of a conflict: the fields whose content differs from the accepted one. */
  readonly differs: readonly string[];
}

/** Takes facts of upstream, each once and for ever. */
@Injectable()
export class Ingestion {
  constructor(private readonly runner: CommandRunner) {}

  async accept(event: UpstreamEvent, sender: Sender): Promise<Ingested> {
    const fresh = asCommand(event, sender);
    return told(fresh, await this.runner.run(fact, fresh.stream, fresh.command, fresh.cause));
  }

  /** For batches and backfill: facts that are new, as most are, are appended together without reading their streams first. */
  async acceptMany(
    events: readonly UpstreamEvent[],
    sender: Sender,
  ): Promise<PromiseSettledResult<Ingested>[]> {
    const commands = events.map((event) => asCommand(event, sender));
    const outcomes = await this.runner.runFresh(fact, commands);
    return outcomes.map((outcome, i) =>
      outcome.status === 'rejected'
        ? outcome
        : {
            status: 'fulfilled',
            value: told(commands[i] as FreshCommand<AcceptFact>, outcome.value),
          },
    );
  }
}

function asCommand(event: UpstreamEvent, { tenant, actor }: Sender): FreshCommand<AcceptFact> {
  const { source, id, type, time, subject, dataschema } = event;
  const data: JsonObject = event.data;
  const fingerprint = fingerprintOf({ type, dataschema, subject, time, data });
  const stream = factStreamOf(tenant, source, id);
  return {
    stream,
    command: {
      type: 'AcceptFact',
      content: { source, id, type, time, subject, dataschema, data },
      fingerprint,
      occurredAt: instant(time),
    },
    cause: {
      // Other content under the same identity is another command: it is recorded as a conflict, not refused as a mix-up.
      commandId: uuidV5('accept-fact', stream, fingerprint),
      fingerprint,
      actor: event.actor ?? actor,
      causationId: null,
      correlationId: event.correlationid ?? stream,
      traceParent: event.traceparent ?? null,
    },
  };
}

function told(
  { command, cause }: FreshCommand<AcceptFact>,
  outcome: Outcome<FactRejected>,
): Ingested {
  const { source, id } = command.content;
  // A repeat is answered as then, with the correlation id that what followed from it goes by.
  const correlationId =
    ('events' in outcome && outcome.events[0]?.correlationId) || cause.correlationId;
  if (outcome.kind === 'rejected') {
    const { differs } = outcome.rejected;
    return { outcome: 'conflict', source, id, position: 0n, correlationId, differs };
  }
  const { position } = outcome;
  const conflict = outcome.events.find(({ type }) => type === 'FactConflicted');
  if (conflict) {
    const { differs } = conflict.data as unknown as FactConflicted['data'];
    return { outcome: 'conflict', source, id, position, correlationId, differs };
  }
  const accepted = outcome.kind === 'accepted' ? 'accepted' : 'duplicate';
  return { outcome: accepted, source, id, position, correlationId, differs: [] };
}

import { Injectable } from '@nestjs/common';
import type { UpstreamEvent } from '@tributary/contracts';
import { Together } from '@tributary/feeds';
import {
  CommandRunner,
  type FreshCommand,
  type Instant,
  type Outcome,
  type StreamName,
  hasCode,
  instant,
  instantOfMs,
  uuidV5,
} from '@tributary/kernel';
import { Privacy } from '@tributary/privacy';
import { type AcceptFact, type FactCommand, type FactRejected, fact } from '../domain/fact/decide';
import { type FactConflicted, type FactContent, factStreamOf } from '../domain/fact/events';
import { futureFrom, waitsUntil } from '../domain/fact/future-dated';
import { type KeepableFact, protect } from './protection';

/** Who sends: the tenant is the credential's, never the event's. */
export interface Sender {
  readonly tenant: string;
  readonly actor: string;
}

/** What became of one fact that was sent. */
export interface Ingested {
  /** `future_dated` and `erased` are accepted: the one waits for its time, the other counts without its personal values. What is both waits. */
  readonly outcome: 'accepted' | 'conflict' | 'duplicate' | 'erased' | 'future_dated';
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
  /** By tenant: facts that come one by one at the same time share what has to be asked of the vault. */
  private readonly preparing = new Map<string, Together<Sent, PromiseSettledResult<Prepared>>>();

  private turn: Promise<void> | undefined;

  constructor(
    private readonly runner: CommandRunner,
    private readonly privacy: Privacy,
  ) {}

  async accept(event: UpstreamEvent, sender: Sender): Promise<Ingested> {
    await this.endOfTurn();
    const prepared = await this.preparingFor(sender).ask({ event, sender });
    if (prepared.status === 'rejected') throw prepared.reason;
    return told(prepared.value, await this.runner.runNew(fact, prepared.value));
  }

  /** For batches and backfill: facts that are new, as most are, are appended together without reading their streams first. */
  async acceptMany(
    events: readonly UpstreamEvent[],
    sender: Sender,
  ): Promise<PromiseSettledResult<Ingested>[]> {
    return await this.store(await this.prepare(events, sender));
  }

  /** All that comes before storing them; whoever has more facts to come may do it while the ones before are being stored. */
  prepare(
    events: readonly UpstreamEvent[],
    sender: Sender,
  ): Promise<PromiseSettledResult<Prepared>[]> {
    return this.prepareAll(
      events.map((event) => ({ event, sender })),
      sender.tenant,
    );
  }

  async store(
    prepared: readonly PromiseSettledResult<Prepared>[],
  ): Promise<PromiseSettledResult<Ingested>[]> {
    const commands = prepared.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const outcomes = (await this.runner.runFresh(fact, commands)).values();
    return prepared.map((one) => {
      if (one.status === 'rejected') return one;
      const outcome = outcomes.next().value as PromiseSettledResult<Outcome<FactRejected>>;
      return outcome.status === 'rejected'
        ? outcome
        : { status: 'fulfilled', value: told(one.value, outcome.value) };
    });
  }

  /** The same for all who come in this turn of the event loop, so that they are prepared together and share a commit. */
  private endOfTurn(): Promise<void> {
    this.turn ??= new Promise((resolve) => {
      setImmediate(() => {
        this.turn = undefined;
        resolve();
      });
    });
    return this.turn;
  }

  private preparingFor({ tenant }: Sender): Together<Sent, PromiseSettledResult<Prepared>> {
    let preparing = this.preparing.get(tenant);
    if (!preparing) {
      preparing = new Together((sent) => this.prepareAll(sent, tenant));
      this.preparing.set(tenant, preparing);
    }
    return preparing;
  }

  private async prepareAll(
    sent: readonly Sent[],
    tenant: string,
  ): Promise<PromiseSettledResult<Prepared>[]> {
    try {
      const commands = await this.commandsFor(sent, tenant);
      return commands.map((value) => ({ status: 'fulfilled', value }));
    } catch (reason) {
      if (sent.length === 1 || hasCode(reason, 'unavailable'))
        return sent.map(() => ({ status: 'rejected', reason }));
      // What is wrong with one of them is no fault of its neighbours.
      const each = await Promise.all(sent.map((one) => this.prepareAll([one], tenant)));
      return each.flat();
    }
  }

  private async commandsFor(sent: readonly Sent[], tenant: string): Promise<Prepared[]> {
    if (sent.length === 0) return [];
    const streams = sent.map(({ event: { source, id } }) => factStreamOf(tenant, source, id));
    const personal = await this.privacy.of(tenant);
    const facts = await protect(
      sent.map(({ event }) => event),
      streams,
      personal,
    );
    const future = futureFrom(instantOfMs(Date.now()));
    return facts.map((each, i) =>
      asCommand(each, streams[i] as StreamName, (sent[i] as Sent).sender, future),
    );
  }
}

interface Sent {
  readonly event: UpstreamEvent;
  readonly sender: Sender;
}

/** A fact that may be kept, as the command that keeps it. */
export interface Prepared extends FreshCommand<FactCommand> {
  readonly command: AcceptFact;
  readonly accepted: 'accepted' | 'erased' | 'future_dated';
}

function asCommand(
  { event, fingerprint, erased }: KeepableFact,
  stream: StreamName,
  { actor }: Sender,
  future: Instant,
): Prepared {
  const occurredAt = instant(event.time);
  const until = waitsUntil({ occurredAt, data: event.data }, future);
  const accept = {
    type: 'AcceptFact',
    content: contentOf(event),
    fingerprint,
    occurredAt,
  } as const;
  return {
    stream,
    accepted: until !== undefined ? 'future_dated' : erased ? 'erased' : 'accepted',
    command: until === undefined ? accept : { ...accept, waitsUntil: until },
    cause: {
      // Other content under the same identity is another command: it is recorded as a conflict, not refused as a mix-up.
      commandId: uuidV5('accept-fact', stream, fingerprint),
      fingerprint,
      // Whose key it was stands first: what a sender says of somebody is no credential.
      actor: event.actor === undefined ? actor : `${actor} for ${event.actor}`,
      causationId: null,
      correlationId: event.correlationid ?? stream,
      traceParent: event.traceparent ?? null,
    },
  };
}

/** Two literals, because every fact would pay for spreading an object that is nearly always empty. */
function contentOf(event: UpstreamEvent): FactContent {
  const { source, id, type, time, subject, dataschema, programid, data } = event;
  return programid === undefined
    ? { source, id, type, time, subject, dataschema, data }
    : { source, id, type, time, subject, dataschema, data, programme: programid };
}

function told({ command, cause, accepted }: Prepared, outcome: Outcome<FactRejected>): Ingested {
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
  const became = outcome.kind === 'accepted' ? accepted : 'duplicate';
  return { outcome: became, source, id, position, correlationId, differs: [] };
}

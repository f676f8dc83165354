import type { FeedEvent, Reaction, Told } from '@tributary/feeds';
import {
  type Decider,
  type DomainEvent,
  type JsonObject,
  type Recorded,
  type Rejected,
  type StreamName,
  categoryOf,
  tenantOf,
  uuidV5,
} from '@tributary/kernel';
import type { CustomerCommand } from '../domain/customer/commands';
import { customer } from '../domain/customer/decide';
import { customerStreamOf } from '../domain/customer/events';
import type { Customer } from '../domain/customer/state';
import { type IdentifierCommand, identifier } from '../domain/identifier/decide';
import { identifierStreamOf } from '../domain/identifier/events';
import { customersFollowing, evidenceTelling } from './following';
import { learnTermOf, termTelling } from './following-terms';

export const TENANT = 'acme';

/** What comes from outside: a command for one stream, or something that others publish. */
export type Arrival =
  CustomerCommand | IdentifierCommand | { readonly type: 'Tell'; readonly told: Told };

type AnyDecider = Decider<unknown, DomainEvent<string, object>, unknown, Rejected>;

interface Stream {
  readonly decider: AnyDecider;
  state: unknown;
  readonly events: Recorded[];
}

/** Events of one stream are delivered to one reaction in order; everything else happens in any order. */
interface Lane {
  readonly reaction: Reaction;
  readonly stream: StreamName;
  next: number;
  busy: boolean;
}

/**
 * The streams, their deciders and the reactions between them, in memory. Whatever may come in between on real servers is drawn: which
 * fact arrives next, how far a reaction has come, whether something is delivered twice, whether somebody writes between a
 * registration and the reading that follows it.
 */
export class Network {
  readonly streams = new Map<StreamName, Stream>();
  /** Commands decided, and pieces of evidence that they carried, by stream. */
  readonly evaluated = new Map<StreamName, { commands: number; items: number }>();
  private readonly following = new Map<string, Set<StreamName>>();
  private readonly told = new Map<string, Map<string, Told>>();
  private readonly lanes: Lane[] = [];
  private readonly reactions: readonly Reaction[];
  private readonly turns: (() => void)[] = [];
  private readonly failures: unknown[] = [];

  constructor(
    private readonly draw: () => number,
    private readonly repeats = 0,
  ) {
    // Commands are taken from the reactions and decided here, so nothing is ever sent through the bus.
    const bus = undefined as never;
    const directory = { topics: this, log: this };
    this.reactions = [
      customersFollowing(bus, directory),
      evidenceTelling(bus, directory),
      termTelling(this, {
        name: 'terms',
        on: { Tell: ({ data }) => [data as never] },
        learn: learnTermOf,
        target: ({ customer: id }, tenant) => customerStreamOf(tenant, id),
        dispatch: () => Promise.reject(new Error('Nothing is dispatched here.')),
      }),
    ];
  }

  /** Everything that is given arrives, and everything that follows from it happens, in an order that is drawn. */
  async run(arrivals: readonly Arrival[]): Promise<void> {
    const left = [...arrivals];
    for (;;) {
      const lanes = this.lanes.filter(
        ({ busy, next, stream }) => !busy && next < this.eventsOf(stream).length,
      );
      const choices = left.length + lanes.length + this.turns.length;
      if (choices === 0) break;
      let choice = Math.floor(this.draw() * choices);
      if (choice < left.length) {
        const arrival = left[choice] as Arrival;
        left[choice] = left.at(-1) as Arrival;
        left.pop();
        if (this.draw() < this.repeats) left.push(arrival);
        this.arrive(arrival);
      } else if ((choice -= left.length) < lanes.length) {
        void this.advance(lanes[choice] as Lane);
      } else {
        const [resume] = this.turns.splice(choice - lanes.length, 1) as [() => void];
        resume();
      }
      await new Promise((resolve) => setImmediate(resolve));
      if (this.failures.length > 0) throw this.failures[0];
    }
  }

  customer(id: string): Customer {
    return this.streamOf(customerStreamOf(TENANT, id)).state as Customer;
  }

  eventsOf(stream: StreamName): readonly Recorded[] {
    return this.streamOf(stream).events;
  }

  async follow(
    tenant: string,
    stream: StreamName,
    wanted: readonly string[],
  ): Promise<readonly Told[]> {
    for (const topic of wanted) {
      const streams = this.following.get(topic) ?? new Set();
      this.following.set(topic, streams.add(stream));
    }
    await this.turn();
    return wanted.flatMap((topic) => [...(this.told.get(topic)?.values() ?? [])]);
  }

  async tell(_tenant: string, told: Told): Promise<readonly StreamName[]> {
    const keys = this.told.get(told.topic) ?? new Map<string, Told>();
    this.told.set(told.topic, keys);
    if ((keys.get(told.key)?.revision ?? 0) < told.revision) keys.set(told.key, told);
    await this.turn();
    return [...(this.following.get(told.topic) ?? [])];
  }

  async followers(
    _tenant: string,
    wanted: readonly string[],
  ): Promise<ReadonlyMap<string, readonly StreamName[]>> {
    await this.turn();
    return new Map(wanted.map((topic) => [topic, [...(this.following.get(topic) ?? [])]]));
  }

  async *read(stream: StreamName): AsyncGenerator<Recorded> {
    await this.turn();
    yield* [...this.eventsOf(stream)];
  }

  private turn(): Promise<void> {
    return new Promise((resolve) => this.turns.push(resolve));
  }

  private arrive(arrival: Arrival): void {
    if (arrival.type === 'Tell') {
      // Published by others, so it stands in no stream of ours.
      const stream =
        `published-${TENANT}.${arrival.told.topic.replace(/[^a-z0-9]/g, '')}` as StreamName;
      this.append(stream, [{ type: 'Tell', data: arrival.told, occurredAt: '' as never }]);
    } else if ('customer' in arrival) {
      this.decide(customerStreamOf(TENANT, arrival.customer), arrival);
    } else {
      this.decide(identifierStreamOf(TENANT, arrival.identifier), arrival);
    }
  }

  private async advance(lane: Lane): Promise<void> {
    lane.busy = true;
    try {
      const event = this.eventsOf(lane.stream)[lane.next] as FeedEvent;
      const commands = (await lane.reaction.on[event.type]?.(event)) ?? [];
      for (const command of commands) {
        await this.turn();
        this.decide(lane.reaction.target(command, TENANT), command);
      }
      // After a crash it goes on from an earlier event.
      if (this.draw() < this.repeats)
        lane.next = Math.max(0, lane.next - Math.floor(this.draw() * 3));
      else lane.next++;
    } catch (error) {
      this.failures.push(error);
    } finally {
      lane.busy = false;
    }
  }

  private decide(name: StreamName, command: unknown): void {
    const stream = this.streamOf(name);
    const count = this.evaluated.get(name) ?? { commands: 0, items: 0 };
    const items = (command as { items?: readonly unknown[] }).items?.length ?? 0;
    this.evaluated.set(name, { commands: count.commands + 1, items: count.items + items });
    const decision = stream.decider.decide(command, stream.state);
    if ('rejected' in decision) throw new Error(`Rejected: ${JSON.stringify(decision.rejected)}`);
    this.append(name, decision.events);
    for (;;) {
      const step = stream.decider.step?.(stream.state) ?? [];
      if (step.length === 0) return;
      this.append(name, step);
    }
  }

  private append(name: StreamName, events: readonly DomainEvent<string, object>[]): void {
    const stream = this.streamOf(name);
    for (const event of events) {
      const data = JSON.parse(JSON.stringify(event.data)) as JsonObject;
      const id = uuidV5(name, String(stream.events.length));
      const recorded = { ...event, data, id, stream: name, tenant: tenantOf(name) };
      stream.events.push(recorded as unknown as Recorded);
      stream.state = stream.decider.evolve(stream.state, { ...event, data });
    }
  }

  private streamOf(name: StreamName): Stream {
    const held = this.streams.get(name);
    if (held) return held;
    const decider = DECIDERS[categoryOf(name)] ?? NOTHING;
    const stream = { decider, state: decider.initial, events: [] };
    this.streams.set(name, stream);
    for (const reaction of this.reactions)
      this.lanes.push({ reaction, stream: name, next: 0, busy: false });
    return stream;
  }
}

const NOTHING: AnyDecider = { initial: null, decide: () => ({ events: [] }), evolve: () => null };
const DECIDERS: Readonly<Record<string, AnyDecider>> = {
  customer: customer,
  identifier: identifier,
};

/** Random numbers that a seed repeats (mulberry32). */
export function drawing(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

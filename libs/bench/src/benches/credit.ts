import type { EventLog } from '@tributary/event-log';
import {
  type Cause,
  CommandRunner,
  type Decider,
  type DomainEvent,
  type Recorded,
  type Rejected,
  type StreamAppend,
  type StreamName,
  instant,
  prepare,
  streamOf,
  uuidV5,
  uuidV7,
} from '@tributary/kernel';
import { resolve } from 'node:path';
import type { BenchContext } from '../context';
import type { Section } from '../report';
import { type Measured, type Sample, alternate, ratioOf } from '../rounds';

/** Deciders are nobody's business but their service's, which lets no project in; a bench looks at what was built. */
const CUSTOMER = resolve(__dirname, '../../../../apps/attribution/dist/domain/customer/decide.js');
type CustomerDecider = Decider<object, DomainEvent<string, object>, unknown, Rejected>;

const CUSTOMERS = { few: 2_000, many: 5_000 };
const AT_ONCE = 512;
const STREAMS_PER_CALL = 500;
const TENANT = 'bench';
const [CLICKED, SIGNED_UP, PAID] = [
  instant('2026-02-03T12:12:44Z'),
  instant('2026-02-10T14:29:00Z'),
  instant('2026-03-10T13:14:07Z'),
];

/** What deciding who is credited costs, against writing down the very same events. */
export async function creditBench(context: BenchContext): Promise<Section[]> {
  const { customer } = (await import(CUSTOMER)) as { readonly customer: CustomerDecider };
  const customers = context.events < 100_000 ? CUSTOMERS.few : CUSTOMERS.many;
  const scene = new CreditScene(await context.openLog(), customer, customers);
  const measured = await alternate(
    [
      { name: 'decided by the customer, and appended', role: 'ours', run: () => scene.decide() },
      { name: 'the same events, appended in bulk', role: 'limit', run: () => scene.append() },
    ],
    { rounds: context.rounds },
  );
  await scene.verifyAndClose(context.rounds);
  const [ours, limit] = measured as [Measured, Measured];
  return [
    {
      title: `credit of ${customers} customers in four commands each, events a second`,
      measured,
      figures: [
        { goal: 'credit', what: 'deciding against bulk append', ratio: ratioOf(ours, limit) },
      ],
      notes: [`${scene.eventsPerCustomer.toFixed(1)} events of each customer`],
    },
  ];
}

class CreditScene {
  private readonly runner: CommandRunner;
  private round = 0;
  /** Of the round at hand, by stream. */
  private decided = new Map<StreamName, Recorded[]>();
  private written = 0;
  private credited = 0;

  constructor(
    private readonly log: EventLog,
    private readonly decider: CustomerDecider,
    private readonly customers: number,
  ) {
    this.runner = new CommandRunner(log, { now: Date.now });
  }

  get eventsPerCustomer(): number {
    return this.written / this.customers / this.round / 2;
  }

  /** Each customer hears one thing after the other; many customers do so at the same time. */
  async decide(): Promise<Sample> {
    const round = ++this.round;
    const head = await this.log.head();
    const startMs = performance.now();
    let next = 0;
    const worker = async () => {
      while (next < this.customers) await this.credit(`r${String(round)}c${String(next++)}`);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    const elapsedMs = performance.now() - startMs;
    const count = await this.look(head);
    return { count, elapsedMs };
  }

  /** As a backfill would: prepared while what came before is being written. */
  async append(): Promise<Sample> {
    const streams = [...this.decided].map(([stream, events]) => [copyOf(stream), events] as const);
    const count = streams.reduce((sum, [, events]) => sum + events.length, 0);
    const startMs = performance.now();
    let writing: Promise<void> = Promise.resolve();
    for (let at = 0; at < streams.length; at += STREAMS_PER_CALL) {
      const appends = streams
        .slice(at, at + STREAMS_PER_CALL)
        .map(([stream, events]) => appendOf(stream, events));
      await writing;
      writing = this.appendAll(appends);
    }
    await writing;
    const elapsedMs = performance.now() - startMs;
    this.written += count;
    return { count, elapsedMs };
  }

  async verifyAndClose(rounds: number): Promise<void> {
    const expected = this.customers * (rounds + 1);
    if (this.credited !== expected)
      throw new Error(`${this.credited} of ${expected} customers were credited to their partner.`);
    const head = await this.log.head();
    if (head !== BigInt(this.written)) throw new Error(`${head} of ${this.written} events stand.`);
    await this.log.close();
  }

  private async credit(customer: string): Promise<void> {
    const stream = streamOf('customer', TENANT, customer);
    for (const command of commandsFor(customer)) {
      const outcome = await this.runner.run(
        this.decider,
        stream,
        command,
        causeOf(stream, command),
      );
      if (outcome.kind !== 'accepted') throw new Error(`${customer} was told ${outcome.kind}.`);
    }
  }

  /** What has been stored since, and that the last that each customer says is its partner. */
  private async look(after: bigint): Promise<number> {
    this.decided = new Map();
    let count = 0;
    for await (const { events } of this.log.readAll(after)) {
      count += events.length;
      for (const event of events) {
        const same = this.decided.get(event.stream);
        if (same) same.push(event);
        else this.decided.set(event.stream, [event]);
      }
    }
    for (const [stream, events] of this.decided) {
      const told = events.findLast(({ type }) => type === 'CreditRevised');
      if (JSON.stringify(told?.data['credits']).includes(`"${partnerOf(stream)}"`)) this.credited++;
    }
    this.written += count;
    return count;
  }

  private async appendAll(appends: readonly StreamAppend[]): Promise<void> {
    for (const verdict of await this.log.appendMany(appends))
      if (verdict.status === 'rejected') throw verdict.reason;
  }
}

const copyOf = (stream: StreamName): StreamName => `${stream}copy` as StreamName;

const appendOf = (stream: StreamName, events: readonly Recorded[]): StreamAppend => ({
  stream,
  expected: 'none',
  events: events.map(({ type, data, occurredAt, fingerprint }, i) =>
    prepare(
      { type, data, occurredAt },
      causeOf(stream, { type: fingerprint }),
      i,
      uuidV7(Date.now()),
    ),
  ),
});

function causeOf(stream: StreamName, command: { readonly type: string }): Cause {
  return {
    commandId: uuidV5(stream, command.type),
    fingerprint: command.type,
    actor: 'bench',
    causationId: null,
    correlationId: stream,
    traceParent: null,
  };
}

const partnerOf = (name: string): string => `partner${String(name.length % 7)}`;

/** One after the other: it signs up, hears of the click of its visitor, of the click's partner, and of its first payment. */
function commandsFor(customer: string): { readonly type: string }[] {
  const stream = streamOf('customer', TENANT, customer);
  const partner = partnerOf(stream);
  const visitor = { kind: 'visitor', id: `v${customer}` };
  const factOf = (what: string) => ({
    factId: uuidV5('fact', stream, what),
    hash: uuidV5('hash', stream, what),
  });
  const [signUp, click, payment] = [factOf('signup'), factOf('click'), factOf('payment')];
  const own = { fact: signUp, at: SIGNED_UP };
  return [
    {
      type: 'NoteCustomer',
      items: [
        { ...own, item: signUp.factId, body: { kind: 'signup', programme: 'main', country: 'BR' } },
        {
          ...own,
          item: `${signUp.factId}.1`,
          body: { kind: 'link', to: visitor, linked: true, basis: 'signup' },
        },
      ],
    },
    {
      type: 'LearnEvidence',
      from: visitor,
      crowd: false,
      items: [
        {
          item: click.factId,
          version: 1,
          at: CLICKED,
          fact: click,
          body: { kind: 'touch', type: 'click', partner, consent: true, selfReported: false },
        },
      ],
    },
    {
      type: 'LearnTerm',
      topic: `partner:${partner}`,
      key: partner,
      revision: 1,
      data: { steps: [{ at: '2020-01-01T00:00:00.000Z', value: { status: 'active' } }] },
    },
    {
      type: 'CountPayments',
      sale: `s${customer}`,
      payments: [{ payment: 'p1', paidAt: PAID, counts: true, version: 1, fact: payment }],
    },
  ].map((command) => ({ ...command, customer }));
}

import type { EventLog, FieldRow, Fields } from '@tributary/event-log';
import {
  type Cause,
  type Instant,
  type StreamAppend,
  prepare,
  uuidV5,
  uuidV7,
} from '@tributary/kernel';
import type { BenchContext } from '../context';
import type { Section } from '../report';
import { type Measured, type Sample, type Variant, alternate, ratioOf, timed } from '../rounds';
import {
  FACTS_PER_PARTNER,
  type StandingDecider,
  type StandingEvent,
  evaluated,
  factsOf,
  loadStanding,
  partnerIn,
  standingStream,
  tierOf,
} from '../tier-facts';

const PARTNERS = { few: 10_000, many: 100_000 };
/** Held in memory for the fold, whose cost of a partner does not depend on how many there are. */
const MOST_IN_MEMORY = 20_000;
const STREAMS_PER_CALL = 1_000;

const FIELDS: Fields = { FactLearned: ['$stream', '$occurredAt', 'fact', 'at'] };

/** Every partner evaluated from nothing but the facts in its stream, against folding the same facts where they lie in memory already. */
export async function tiersBench(context: BenchContext): Promise<Section[]> {
  const partners = context.full ? PARTNERS.many : PARTNERS.few;
  const scene = await TiersScene.open(await context.openLog(), await loadStanding(), partners);
  const measured = await alternate(scene.variants(), { rounds: context.rounds });
  await scene.verifyAndClose();
  const [limit, ours] = measured as [Measured, Measured];
  return [
    {
      title: `tiers of ${partners} partners with ${FACTS_PER_PARTNER} facts each, partners a second`,
      measured,
      figures: [
        {
          goal: 'tiers',
          what: 'read from the log, folded and evaluated, against the same facts in memory',
          ratio: ratioOf(ours, limit),
        },
      ],
      notes: [`in memory, ${scene.partnersInMemory} partners`],
    },
  ];
}

class TiersScene {
  /** Of each partner that is held in memory, its facts. */
  private readonly held: (readonly StandingEvent[])[] = [];
  private readonly found = new Map<number, string | null>();

  private constructor(
    private readonly log: EventLog,
    private readonly decider: StandingDecider,
    private readonly partners: number,
  ) {}

  static async open(
    log: EventLog,
    decider: StandingDecider,
    partners: number,
  ): Promise<TiersScene> {
    const scene = new TiersScene(log, decider, partners);
    for (let first = 0; first < partners; first += STREAMS_PER_CALL) {
      const some = Array.from(
        { length: Math.min(STREAMS_PER_CALL, partners - first) },
        (_, k) => first + k,
      );
      for (const verdict of await log.appendMany(some.map(appendOf)))
        if (verdict.status === 'rejected') throw verdict.reason;
    }
    for (let i = 0; i < Math.min(partners, MOST_IN_MEMORY); i++)
      // As they come from the log, and not as they were made.
      scene.held.push(JSON.parse(JSON.stringify(factsOf(i))) as StandingEvent[]);
    return scene;
  }

  get partnersInMemory(): number {
    return this.held.length;
  }

  variants(): Variant[] {
    return [
      {
        name: 'the same facts in memory, folded and evaluated',
        role: 'limit',
        run: () =>
          timed(this.held.length, async () => {
            for (const [i, facts] of this.held.entries()) this.evaluate(i, this.folded(facts));
          }),
      },
      {
        name: 'facts read from the log, folded and evaluated',
        role: 'ours',
        run: () => this.evaluateAll(),
      },
    ];
  }

  /** Each partner in the tier that its facts were made for. */
  async verifyAndClose(): Promise<void> {
    for (let i = 0; i < this.partners; i++)
      if (this.found.get(i) !== tierOf(i))
        throw new Error(`Partner ${i}: ${String(this.found.get(i))}, not ${String(tierOf(i))}.`);
    await this.log.close();
  }

  /** In the order of the log, which is how a rebuild reads it; a partner is evaluated, and forgotten, once all its facts are there. */
  private async evaluateAll(): Promise<Sample> {
    this.found.clear();
    return await timed(this.partners, async () => {
      const open = new Map<string, { state: object; facts: number }>();
      for await (const rows of this.log.readFields(0n, FIELDS))
        for (const row of rows) {
          const { stream, event } = eventOf(row);
          const { state, facts } = open.get(stream) ?? { state: this.decider.initial, facts: 0 };
          const read = { state: this.decider.evolve(state, event), facts: facts + 1 };
          if (read.facts < FACTS_PER_PARTNER) open.set(stream, read);
          else {
            open.delete(stream);
            this.evaluate(partnerIn(stream), read.state);
          }
        }
    });
  }

  private evaluate(i: number, state: object): void {
    this.found.set(i, evaluated(this.decider, state, i));
  }

  private folded(facts: readonly StandingEvent[]): object {
    return facts.reduce((state, event) => this.decider.evolve(state, event), this.decider.initial);
  }
}

function eventOf({ type, values }: FieldRow): {
  readonly stream: string;
  readonly event: StandingEvent;
} {
  const [stream = '', occurredAt = '', fact = '', at = ''] = values.map((value) => value ?? '');
  const data = { track: 'commercial', fact: JSON.parse(fact) as object, at };
  return { stream, event: { type, data, occurredAt: occurredAt as Instant } };
}

function appendOf(i: number): StreamAppend {
  const stream = standingStream(i);
  const cause: Cause = {
    commandId: uuidV5(stream, 'facts'),
    fingerprint: 'bench',
    actor: 'bench',
    causationId: null,
    correlationId: stream,
    traceParent: null,
  };
  const events = factsOf(i).map((event, n) => prepare(event, cause, n, uuidV7(Date.now())));
  return { stream, expected: 'none', events };
}

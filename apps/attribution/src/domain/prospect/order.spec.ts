import { MemoryEventLog } from '@tributary/event-log';
import { CommandRunner, uuidV5 } from '@tributary/kernel';
import fc from 'fast-check';
import type { ProspectCommand } from './commands';
import { type Measure, measure } from '../measure/decide';
import { whenClaimAccepted, whenClaimsTold, whenConflictAdjudicated } from './consequences';
import { prospect } from './decide';
import { type CompanyKey, type ProspectEvent, prospectOf, prospectStreamOf } from './events';
import {
  KEY,
  PROSPECT,
  Played,
  adjudicated,
  day,
  factOf,
  judged,
  registered,
  reported,
  settingsTold,
  takenBack,
} from './prospect.fixture';

/** What must not depend on the order of arrival: everything but how often it was told. */
function outcome({ state: { told }, events }: Played) {
  const claims = Object.fromEntries(
    Object.entries(told.claims).map(
      ([lead, { revision: _r, before: _b, evidence: _e, ...standing }]) => [lead, standing],
    ),
  );
  const open = Object.values(told.conflicts).filter(({ how }) => how === null);
  return {
    claims,
    open: open.map(({ conflict }) => conflict).sort(byId),
    accepted: acceptedLeads(events),
  };
}

/** Since when leads count for whom. */
function acceptedLeads(events: readonly ProspectEvent[]) {
  const measures = new Map<string, Measure>();
  for (const event of events) {
    for (const command of event.type === 'ClaimChanged' ? whenClaimAccepted(event) : []) {
      const key = `${command.partner} ${command.subject}`;
      const state = measures.get(key) ?? measure.initial;
      const decision = measure.decide(command, state);
      if ('events' in decision) measures.set(key, decision.events.reduce(measure.evolve, state));
    }
  }
  const counted = [...measures].map(([key, { told }]) => [key, told?.steps.at(-1)] as const);
  return counted.filter(([, step]) => step?.value.count === 1).sort();
}
const byId = (a: { conflict: string }, b: { conflict: string }) =>
  a.conflict < b.conflict ? -1 : 1;

const LEADS = [
  ['l1', 'northwind'],
  ['l2', 'southwind'],
  ['l3', 'southwind'],
  ['l4', 'eastwind'],
] as const;

const claim = fc
  .record({
    of: fc.constantFrom(...LEADS),
    days: fc.integer({ min: 0, max: 120 }),
    complete: fc.boolean(),
    direct: fc.boolean(),
    n: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ of: [lead, partner], days, complete, direct, n }) =>
    registered(lead, partner, day(days), {
      fact: factOf(`${lead} ${days} ${complete} ${direct} ${n}`),
      complete,
      ...(direct && { accountHeldByDirect: true }),
    }),
  );
const report = fc
  .record({
    of: fc.constantFrom(...LEADS),
    days: fc.integer({ min: 0, max: 120 }),
    decision: fc.constantFrom('approved', 'refused', 'extended'),
  })
  .map(({ of: [lead], days, decision }) =>
    reported(lead, decision, day(days), { fact: factOf(`${decision} ${lead} ${days}`) }),
  );
const withdrawal = claim.map(({ lead, fact, at }) => takenBack(lead, fact.factId, at));
const fact: fc.Arbitrary<ProspectCommand> = fc.oneof(
  { weight: 4, arbitrary: claim },
  { weight: 2, arbitrary: report },
  { weight: 1, arbitrary: withdrawal },
);

const history = fc
  .array(fact, { minLength: 2, maxLength: 10 })
  .chain((facts) =>
    fc.tuple(
      fc.constant(facts),
      fc.shuffledSubarray(facts, { minLength: facts.length }),
      fc.subarray(facts),
    ),
  );

describe('facts about claims', () => {
  it('end in the same claims and open conflicts whatever the order, and however often they come', () => {
    fc.assert(
      fc.property(history, fc.nat(10), ([facts, permuted, again], place) => {
        // Terms reach only who follows, so they come behind the first fact.
        const terms = settingsTold({ protectionDays: 30 });
        const first = [...facts, terms];
        const second = [
          ...permuted.slice(0, 1 + place),
          terms,
          ...permuted.slice(1 + place),
          ...again,
        ];
        expect(outcome(new Played(...second, terms))).toEqual(outcome(new Played(...first)));
      }),
    );
  });

  it('leave what a person has granted', () => {
    fc.assert(
      fc.property(fc.array(fact, { maxLength: 8 }), (later) => {
        const mine = registered('l9', 'westwind', day(60));
        const facts = later.filter((each) => !('lead' in each) || each.lead !== 'l9');
        const played = new Played(mine, judged('l9', 'approved', day(61)), ...facts);
        expect(played.claim('l9')).toMatchObject({ state: 'protected', until: day(150) });
      }),
    );
  });
});

describe('two claims at once', () => {
  const [one, two] = [registered('l1', 'northwind', day(0)), registered('l2', 'southwind', day(1))];
  const stream = prospectStreamOf('acme', PROSPECT);

  it.each([
    ['the first one first', [one, two]],
    ['the second one first', [two, one]],
  ])('end the same, told by two processes, %s', async (_, commands) => {
    const log = new MemoryEventLog({ now: () => Date.UTC(2026, 2, 2) });
    const outcomes = await Promise.all(
      commands.map((command, i) =>
        new CommandRunner(log, { now: () => 0 }).run(prospect, stream, command, causeOf(i)),
      ),
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(['accepted', 'accepted']);
    const events: ProspectEvent[] = [];
    for await (const event of log.read(stream)) events.push(event as unknown as ProspectEvent);
    const { told } = events.reduce(prospect.evolve, prospect.initial);
    expect([told.claims['l1']?.state, told.claims['l2']?.state]).toEqual([
      'registered',
      'conflict',
    ]);
    expect(Object.values(told.conflicts)).toHaveLength(1);
  });
});

const causeOf = (i: number) => ({
  commandId: uuidV5('command', String(i)),
  fingerprint: 'f',
  actor: 'test',
  causationId: null,
  correlationId: 'c',
  traceParent: null,
});

/** Two prospects and what travels between them, delivered in a given order. */
class Company {
  readonly prospects = new Map<string, Played>();
  private readonly inFlight: ProspectCommand[] = [];

  do(command: ProspectCommand): void {
    const played = this.prospects.get(command.prospect) ?? new Played();
    this.prospects.set(command.prospect, played);
    for (const event of played.do(command)) {
      if (event.type === 'ClaimsTold') this.inFlight.push(...whenClaimsTold(event));
      if (event.type === 'ConflictAdjudicated')
        this.inFlight.push(...whenConflictAdjudicated(event));
    }
  }

  /** Whatever comes first, comes again; then everything else. */
  settle(): this {
    for (let next = this.inFlight.pop(); next; next = this.inFlight.shift()) {
      this.do(next);
      this.do(next);
    }
    return this;
  }

  of(id: string): Played {
    return this.prospects.get(id) ?? new Played();
  }
}

describe('two prospects that are one company', () => {
  const TAX: CompanyKey = { kind: 'tax', id: 't1' };
  const OTHER = prospectOf('acme', 'main', TAX);
  const here = registered('l1', 'northwind', day(0));
  const there = registered('l2', 'southwind', day(1), { prospect: OTHER, key: TAX });
  const same = (id: string, other: string, linked = true, days = 3): ProspectCommand => ({
    type: 'NoteSameCompany',
    prospect: id,
    other,
    linked,
    at: day(days),
    fact: factOf(`link ${days}`),
  });
  const links = [same(PROSPECT, OTHER), same(OTHER, PROSPECT)];
  const owner = PROSPECT < OTHER ? PROSPECT : OTHER;

  it('conflict in one of them, whatever came first', () => {
    const commands = [here, there, ...links];
    fc.assert(
      fc.property(
        fc.shuffledSubarray(commands, { minLength: 4 }),
        fc.boolean(),
        (order, meanwhile) => {
          const company = new Company();
          for (const command of order) {
            company.do(command);
            if (meanwhile) company.settle();
          }
          company.settle();
          expect(company.of(PROSPECT).claim('l1').state).toBe('registered');
          expect(company.of(OTHER).claim('l2')).toMatchObject({
            state: 'conflict',
            rule: 'claimed_by_another_partner',
          });
          expect(company.of(owner).conflict()).toMatchObject({ how: null });
          const [elsewhere] = [PROSPECT, OTHER].filter((id) => id !== owner);
          expect(company.of(elsewhere as string).state.told.conflicts).toEqual({});
        },
      ),
    );
  });

  it('keep two live protections until a person decides, and then hear of it in both', () => {
    const company = new Company();
    company.do(here);
    company.do(there);
    company.do(judged('l1', 'approved', day(1)));
    company.do(judged('l2', 'approved', day(2), { prospect: OTHER }));
    for (const link of links) company.do(link);
    company.settle();
    const states = () => [
      company.of(PROSPECT).claim('l1').state,
      company.of(OTHER).claim('l2').state,
    ];
    expect(states()).toEqual(['protected', 'protected']);

    const { id } = company.of(owner).conflict();
    company.do({ ...adjudicated(id, `${OTHER}.l2`, day(5)), prospect: owner });
    company.settle();
    expect(states()).toEqual(['refused', 'protected']);
    expect(company.of(owner).conflict().how).toBe('adjudicated');
  });

  it('are held by direct sales together, until they are released', () => {
    const company = new Company();
    const sales = { prospect: PROSPECT, reason: 'ours', by: 'ana' } as const;
    const named = { programme: 'main', key: KEY };
    company.do({ type: 'MarkDirectAccount', ...sales, company: named, at: day(0) });
    for (const command of [there, ...links]) company.do(command);
    company.settle();
    expect(company.of(OTHER).claim('l2').rule).toBe('held_by_direct_sales');
    company.do({ type: 'ReleaseDirectAccount', ...sales, at: day(9) });
    company.settle();
    expect(company.of(OTHER).claim('l2').state).toBe('registered');
  });

  it('stay one while another fact says so', () => {
    const company = new Company();
    for (const command of [
      here,
      there,
      ...links,
      same(PROSPECT, OTHER, true, 4),
      same(OTHER, PROSPECT, true, 4),
    ])
      company.do(command);
    const takenBack = (id: string, other: string): ProspectCommand =>
      ({
        ...same(id, other, false, 5),
        fact: factOf('link 4'),
      }) as ProspectCommand;
    company.do(takenBack(PROSPECT, OTHER));
    company.do(takenBack(OTHER, PROSPECT));
    company.settle();
    expect(company.of(OTHER).claim('l2').state).toBe('conflict');
  });

  it('conflict no more once they turn out to be two', () => {
    const company = new Company();
    for (const command of [here, there, ...links]) company.do(command);
    company.settle();
    company.do(same(PROSPECT, OTHER, false, 9));
    company.do(same(OTHER, PROSPECT, false, 9));
    company.settle();
    expect(company.of(OTHER).claim('l2').state).toBe('registered');
    expect(company.of(owner).conflict().how).toBe('superseded');
  });
});

import type { CommandBus } from '@nestjs/cqrs';
import {
  AGREEMENT,
  type AgreementData,
  ENTITY,
  type EntityData,
  MEASURED,
  type MeasuredData,
  PARTNER,
  type PartnerData,
  PROGRAMME,
  type ProgrammeData,
  STANDING,
  type StandingData,
} from '@tributary/contracts';
import { type FeedEvent, type Reaction, type Told, reaction } from '@tributary/feeds';
import type { Instant, JsonObject, StreamName } from '@tributary/kernel';
import { categoryOf, parseStreamName } from '@tributary/kernel';
import type { LearnTerm, OpenWindow } from '../domain/earnings/commands';
import type {
  CommissionSummed,
  HoldLifted,
  HoldPlaced,
  LineLearned,
  TermLearned,
  WindowOpened,
} from '../domain/earnings/events';
import {
  topicOfAgreements,
  topicOfEntity,
  topicOfHolds,
  topicOfMeasures,
  topicOfPartner,
  topicOfPlanUsers,
  topicOfPosted,
  topicOfProgramme,
  topicOfStanding,
} from '../domain/earnings/topics';
import { windowOfStream } from '../domain/earnings/window';
import { type PlanVersionPublished, toldOfPlan, topicOfPlan } from '../domain/plan/events';
import { type ToWindow, dispatchToWindow, streamOfEarnings } from './earnings';
import { type Whereabouts, linesOfPartner } from './lines';
import { WindowFinder, belongingOf, shapeTold } from './windows';

const told = (
  topic: string,
  key: string,
  { revision, data }: Pick<FeedEvent, 'data' | 'revision'>,
): Told => ({
  topic,
  key,
  revision: Number(revision),
  data,
});

/** What others have published, under the topics by which windows ask for it. */
const TERMS: Readonly<Record<string, (event: FeedEvent) => readonly Told[]>> = {
  [PARTNER]: (event) => {
    const { partner } = event.data as unknown as PartnerData;
    return [told(topicOfPartner(partner), partner, event)];
  },
  [PROGRAMME]: (event) => {
    const { programme } = event.data as unknown as ProgrammeData;
    return [told(topicOfProgramme(programme), programme, event)];
  },
  [ENTITY]: (event) => {
    const { entity } = event.data as unknown as EntityData;
    return [told(topicOfEntity(entity), entity, event)];
  },
  [STANDING]: (event) => {
    const { partner, track } = event.data as unknown as StandingData;
    return [told(topicOfStanding(partner), track, event)];
  },
  [MEASURED]: (event) => {
    const { partner, measure, subject } = event.data as unknown as MeasuredData;
    return [told(topicOfMeasures(partner), `${measure} ${subject}`, event)];
  },
};

/** Partners, programmes, tiers and measures, for the windows that have asked to be told. */
export const termsTold = (bus: CommandBus, whereabouts: Whereabouts): Reaction<ToWindow> => {
  const tell = async (event: FeedEvent): Promise<readonly ToWindow[]> => {
    const commands: ToWindow[] = [];
    const terms = TERMS[event.type]?.(event) ?? [];
    for (const term of terms) commands.push(...(await toFollowers(event, term, whereabouts)));
    // Told before its windows are looked for: whoever opens one meanwhile reads it.
    if (event.type === MEASURED) {
      const measured = event.data as unknown as MeasuredData;
      commands.push(...(await windowsOf(event.tenant, measured.partner, [measured], whereabouts)));
    }
    return commands;
  };
  return reaction<ToWindow, Record<string, JsonObject>>({
    name: 'terms_told',
    on: Object.fromEntries(Object.keys(TERMS).map((type) => [type, tell])),
    target: streamOfEarnings,
    dispatch: dispatchToWindow(bus, whereabouts.directory),
  });
};

/** Of everything that was measured for a partner: for whoever brings it other terms. */
async function windowsOfMeasures(
  tenant: string,
  partner: string,
  whereabouts: Whereabouts,
): Promise<readonly OpenWindow[]> {
  const measured = await whereabouts.topics.told(tenant, [topicOfMeasures(partner)]);
  const all = measured.map(({ data }) => data as unknown as MeasuredData);
  return all.length === 0 ? [] : await windowsOf(tenant, partner, all, whereabouts);
}

/** Windows in which a partner may earn a bonus for what was measured, whether anything is sold in them or not. */
async function windowsOf(
  tenant: string,
  partner: string,
  measured: readonly MeasuredData[],
  { topics }: Whereabouts,
): Promise<readonly OpenWindow[]> {
  const terms = await new WindowFinder(topics).termsOf(tenant, [partner]);
  const windows = new Map<string, OpenWindow>();
  for (const { measure, steps } of measured) {
    const belonging = steps.flatMap(({ at }) =>
      belongingOf(terms, [at]).map(({ id, zone }) => ({ id, zone, at })),
    );
    for (const { id, zone, at } of belonging)
      if (id.partner === partner && terms.plans.get(id.plan)?.counts.includes(measure) === true)
        windows.set(`${id.plan} ${id.window}`, { type: 'OpenWindow', id, zone, at });
  }
  return [...windows.values()];
}

async function toFollowers(
  { tenant, occurredAt }: Pick<FeedEvent, 'occurredAt' | 'tenant'>,
  term: Told,
  { topics }: Whereabouts,
): Promise<readonly LearnTerm[]> {
  const followers = await topics.tell(tenant, term);
  return followers.flatMap((stream) => learnTermOf(stream, term, occurredAt));
}

const learnTermOf = (stream: StreamName, term: Told, at: Instant): readonly LearnTerm[] =>
  categoryOf(stream) === 'earnings'
    ? [{ type: 'LearnTerm', id: windowOfStream(stream), told: term, at }]
    : [];

/** An agreement is told to the windows of its partner, and brings the lines that came before it to the windows of its plan. */
export const agreementsTold = (bus: CommandBus, whereabouts: Whereabouts): Reaction<ToWindow> =>
  reaction<ToWindow, Record<string, AgreementData>>({
    name: 'agreements_told',
    on: {
      [AGREEMENT]: async (event) => {
        const { tenant, data } = event;
        const { topics } = whereabouts;
        const values = data.steps.map(({ value }) => value);
        const partners = [...new Set(values.map(({ partner }) => partner))];
        const commands: ToWindow[] = [];
        for (const partner of partners) {
          const term = told(
            topicOfAgreements(partner),
            data.agreement,
            event as unknown as FeedEvent,
          );
          commands.push(...(await toFollowers(event, term, whereabouts)));
        }
        // Before lines are looked for, so that a plan that is published meanwhile finds these partners.
        const plans = new Set(values.flatMap(({ plan }) => plan ?? []));
        for (const plan of plans)
          for (const partner of partners)
            await topics.tell(tenant, {
              topic: topicOfPlanUsers(plan),
              key: partner,
              revision: 1,
              data: {},
            });
        for (const partner of partners) {
          commands.push(...(await linesOfPartner(tenant, partner, whereabouts)));
          commands.push(...(await windowsOfMeasures(tenant, partner, whereabouts)));
        }
        return commands;
      },
    },
    target: streamOfEarnings,
    dispatch: dispatchToWindow(bus, whereabouts.directory),
  });

/** A plan of ours: its windows are told each version, and the first one opens windows for lines that came before it. */
export const plansTold = (bus: CommandBus, whereabouts: Whereabouts): Reaction<ToWindow> =>
  reaction<ToWindow, { PlanVersionPublished: PlanVersionPublished['data'] }>({
    name: 'plans_told',
    on: {
      PlanVersionPublished: async (event) => {
        const { tenant, data } = event;
        const commands: ToWindow[] = [...(await toFollowers(event, toldOfPlan(data), whereabouts))];
        const { topics } = whereabouts;
        const versions = await topics.told(tenant, [topicOfPlan(data.plan)]);
        await topics.tell(tenant, shapeTold(data.plan, versions));
        const users = await topics.told(tenant, [topicOfPlanUsers(data.plan)]);
        for (const { key } of users) {
          commands.push(...(await linesOfPartner(tenant, key, whereabouts)));
          commands.push(...(await windowsOfMeasures(tenant, key, whereabouts)));
        }
        return commands;
      },
    },
    target: streamOfEarnings,
    dispatch: dispatchToWindow(bus, whereabouts.directory),
  });

type Following = LineLearned['data'] | TermLearned['data'] | WindowOpened['data'];

/** A window that has become interested in something: it is registered first, and then told what is known. */
export const windowsFollow = (bus: CommandBus, whereabouts: Whereabouts): Reaction<ToWindow> => {
  const follow = async ({ tenant, stream, data, occurredAt }: FeedEvent<string, Following>) => {
    const name = parseStreamName(stream);
    const known = await whereabouts.topics.follow(tenant, name, data.follows);
    return known.flatMap((term) => learnTermOf(name, term, occurredAt));
  };
  return reaction<
    ToWindow,
    {
      LineLearned: LineLearned['data'];
      TermLearned: TermLearned['data'];
      WindowOpened: WindowOpened['data'];
    }
  >({
    name: 'windows_follow',
    on: { LineLearned: follow, TermLearned: follow, WindowOpened: follow },
    target: streamOfEarnings,
    dispatch: dispatchToWindow(bus, whereabouts.directory),
  });
};

/** What is posted for a partner, for the windows of those above it. */
export const postingsTold = (bus: CommandBus, whereabouts: Whereabouts): Reaction<ToWindow> =>
  reaction<ToWindow, { CommissionSummed: CommissionSummed['data'] }>({
    name: 'postings_told',
    on: {
      CommissionSummed: (event) => {
        const { partner, lineId, key } = event.data;
        const topic = topicOfPosted(partner, `${key.sale} ${key.payment} ${key.line}`);
        const data = event.data as unknown as JsonObject;
        const term = { topic, key: lineId, revision: Number(event.revision), data };
        return toFollowers(event, term, whereabouts);
      },
    },
    target: streamOfEarnings,
    dispatch: dispatchToWindow(bus, whereabouts.directory),
  });

/** What people have placed on a line or lifted, for every window of the partner that its payment may move to, or has come from. */
export const holdsTold = (bus: CommandBus, whereabouts: Whereabouts): Reaction<ToWindow> => {
  const tell = (
    event: FeedEvent<string, HoldLifted['data'] | HoldPlaced['data']>,
    key: string,
  ): Promise<readonly ToWindow[]> => {
    const { partner, plan } = windowOfStream(parseStreamName(event.stream));
    const data = event.data as unknown as JsonObject;
    const term = { topic: topicOfHolds(partner, plan), key, revision: 1, data };
    return toFollowers(event, term, whereabouts);
  };
  return reaction<ToWindow, { HoldLifted: HoldLifted['data']; HoldPlaced: HoldPlaced['data'] }>({
    name: 'holds_told',
    on: {
      HoldPlaced: (event) => tell(event, `${event.data.hold.id} placed`),
      // An approval is of what was posted in that window alone.
      HoldLifted: (event) =>
        event.data.hold === 'approval' ? [] : tell(event, `${event.data.hold} lifted`),
    },
    target: streamOfEarnings,
    dispatch: dispatchToWindow(bus, whereabouts.directory),
  });
};

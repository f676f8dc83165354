import type {
  CustomerActivity,
  MeasuredValue,
  MeasureName,
  QualificationData,
  QualificationKind,
} from '@tributary/contracts';
import { type Instant, type Step, instant } from '@tributary/kernel';
import { toldOfCustomer, toldOfMeasure, toldOfQualification } from '../facts/told';
import type { Fact, Told } from '../facts/fact';
import { keyOf } from '../facts/fact';
import type { CommandOf, StandingCommand, StandingRejected } from './commands';
import { standing } from './decide';
import type { StandingEvent } from './events';
import type { Standing } from './state';

export const PARTNER = 'northwind';
export const COMMERCIAL = { partner: PARTNER, track: 'commercial' } as const;
export const INTEGRATION = { partner: PARTNER, track: 'integration' } as const;

/** Noon of a day of 2026 in São Paulo, or a time of it. */
export const on = (day: string, time = '12:00:00'): Instant =>
  instant(day.length > 5 ? `${day}T${time}-03:00` : `2026-${day}T${time}-03:00`);

const SOURCE = { service: 'attribution', stream: 'told-acme.x', event: 'e' } as const;

interface Subscribed {
  readonly mrr: string | null;
  readonly asset?: string;
  readonly shares?: Readonly<Record<string, number>>;
  readonly interval?: string;
}

const activityOf = ({
  mrr,
  asset = 'BRL/2',
  shares = { [PARTNER]: 1 },
  interval = 'month',
}: Subscribed): CustomerActivity => ({
  active: mrr !== '0',
  reactivated: false,
  mrr,
  asset,
  interval,
  partners: Object.keys(shares).sort(),
  shares: Object.entries(shares).map(([partner, weight]) => ({ partner, weight })),
});

/** What a customer subscribes to, by the day from which on. */
export const customer = (
  id: string,
  steps: Readonly<Record<string, Subscribed>>,
  partner = PARTNER,
): Told =>
  toldOfCustomer(
    {
      customer: id,
      canonical: id,
      programme: null,
      signedUpAt: null,
      firstPaidAt: null,
      country: null,
      steps: Object.entries(steps).map(([day, subscribed]) => ({
        at: on(day),
        value: activityOf(subscribed),
      })),
    },
    partner,
  ).told;

export const measured = (
  measure: MeasureName,
  subject: string,
  day: string,
  value: Partial<MeasuredValue> = {},
): Told =>
  toldOfMeasure({
    partner: PARTNER,
    measure,
    subject,
    steps: [{ at: on(day), value: { count: 1, amount: 0, ...value } }],
    evidence: [],
  }).told;

export const csat = (subject: string, day: string, value: string, scale = { min: '1', max: '5' }) =>
  measured('csat', subject, day, { score: { instrument: 'csat', ...scale, value } });

export const qualified = (
  kind: QualificationKind,
  level: string,
  day: string,
  until: string | null = null,
  record = level.replace('_', ''),
): Told =>
  toldOfQualification({
    partner: PARTNER,
    kind,
    record,
    steps: [
      {
        at: on(day),
        value: {
          holds: true,
          level,
          validUntil: until === null ? null : on(until),
          evidence: ['document 1'],
        },
      },
    ],
  } satisfies QualificationData).told;

export const factOf = (told: Told, revision = 0): Fact => ({
  ...told,
  key: keyOf(told),
  revision,
  source: SOURCE,
});

export const learn = (
  told: Told,
  at: Instant = latestOf(told),
  { revision = 0, track = 'commercial' } = {},
): CommandOf<'LearnFact'> => ({
  type: 'LearnFact',
  partner: PARTNER,
  track,
  told,
  revision,
  source: SOURCE,
  at,
});

const latestOf = ({ steps }: Told): Instant =>
  (steps as readonly Step<unknown>[]).at(-1)?.at ?? on('01-01');

export const clock = (asOf: Instant, track = 'commercial'): CommandOf<'AdvanceClock'> => ({
  type: 'AdvanceClock',
  partner: PARTNER,
  track,
  asOf,
});

export const byPerson = (by: string, receivedAt: Instant, track = 'commercial') => ({
  partner: PARTNER,
  track,
  by,
  receivedAt,
});

type DataOf<T extends StandingEvent['type']> = Extract<StandingEvent, { type: T }>['data'];

/** A standing as commands make it; every event of it in order. */
export class Story {
  state: Standing = standing.initial;
  readonly events: StandingEvent[] = [];

  tell(...commands: readonly StandingCommand[]): this {
    for (const command of commands) {
      const rejected = this.ask(command);
      if (rejected) throw new Error(`${command.type} was refused: ${JSON.stringify(rejected)}`);
    }
    return this;
  }

  /** What is refused, if it is. */
  ask(command: StandingCommand): StandingRejected | undefined {
    const decision = standing.decide(command, this.state);
    if ('rejected' in decision) return decision.rejected;
    this.events.push(...decision.events);
    this.state = decision.events.reduce(standing.evolve, this.state);
    return undefined;
  }

  /** Those of one type, in order. */
  of<T extends StandingEvent['type']>(type: T): DataOf<T>[] {
    return this.events.flatMap((event) =>
      event.type === type ? [event.data as unknown as DataOf<T>] : [],
    );
  }

  get types(): string[] {
    return this.events.map(({ type }) => type);
  }
}

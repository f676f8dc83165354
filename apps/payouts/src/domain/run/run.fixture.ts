import { type Instant, instant, instantOfMs, msOf, uuidV5 } from '@tributary/kernel';
import { specFor } from '@tributary/kernel/testing';
import {
  type Declined,
  type DeclineReason,
  type ReservedItem,
  accountStreamOf,
} from '../account/terms';
import { itemOf } from '../item';
import type { DraftRun, NoteAnswers, ReservedAnswer, RunCommand, RunRejected } from './commands';
import { run } from './decide';
import type { NotedProgress, RunDrafted, RunEvent } from './events';
import { reservationHash } from './reservation-hash';
import { type Run, newRun } from './state';

export const RUN = uuidV5('spec', 'run');
export const AT = instant('2026-04-15T03:00:00Z');
export const HOURS_LATER = instant('2026-04-15T15:00:00Z');

export const draft: RunDrafted['data'] = {
  run: RUN,
  entity: 'main',
  asset: 'BRL/2',
  kind: 'monthly',
  period: '2026-03',
  zone: 'America/Sao_Paulo',
  payOn: '2026-04-15',
  payAt: AT,
  minimum: '10000',
  dueDays: 30,
  payingAccount: 'itau',
  rules: null,
  partners: null,
  by: 'drafter',
};

export const drafted = (over: Partial<RunDrafted['data']> = {}): DraftRun => ({
  type: 'DraftRun',
  run: RUN,
  draft: { ...draft, ...over },
  at: AT,
});

export const list = (...partners: readonly string[]): RunCommand => ({
  type: 'ListCandidates',
  run: RUN,
  partners,
  at: AT,
});
export const startLocking: RunCommand = { type: 'StartLocking', run: RUN, at: AT };

export const itemNamed = (partner: string, attempt = 1) =>
  itemOf(
    attempt === 1 ? RUN : uuidV5('asked anew', RUN, String(attempt)),
    accountStreamOf('acme', { partner, entity: 'main', asset: 'BRL/2' }),
  );

export interface Paid {
  readonly attempt?: number;
  readonly gross?: number;
  readonly withheld?: number;
  readonly paidTo?: string;
  readonly editors?: readonly string[];
  readonly changedAt?: Instant;
  readonly isFirst?: boolean;
  readonly recent?: readonly string[];
  readonly sharedWith?: string | null;
  readonly isFaulty?: boolean;
}

const LONG_AGO = instantOfMs(msOf(AT) - 90 * 24 * 60 * 60 * 1000);

export function reserved(partner: string, of: Paid = {}): ReservedAnswer {
  const { attempt = 1, gross = 42_728, withheld = 0, paidTo = `place of ${partner}` } = of;
  const { editors = ['clerk'], changedAt = LONG_AGO, isFirst = false } = of;
  const item: ReservedItem = {
    partner,
    entity: 'main',
    asset: 'BRL/2',
    account: accountStreamOf('acme', { partner, entity: 'main', asset: 'BRL/2' }),
    run: RUN,
    item: itemNamed(partner, attempt),
    lines: [{ line: `line of ${partner}`, programme: 'main', amount: String(gross) }],
    gross: String(gross),
    withheld:
      withheld === 0
        ? []
        : [
            {
              rule: 'irrf',
              tax: 'IRRF',
              base: String(gross),
              rateBp: 150,
              amount: String(withheld),
            },
          ],
    net: String(gross - withheld),
    method: {
      version: 1,
      kind: 'pix',
      fingerprint: paidTo,
      display: '***1234',
      changedAt,
      editors,
    },
    isFirst,
    replaces: [],
  };
  const { lines, ...summary } = item;
  const fault = { code: 'name_too_long', field: 'name', message: 'At most 30 characters.' };
  return {
    reserved: summary,
    lines: lines.length,
    hash: reservationHash(item),
    recent: of.recent ?? [],
    sharedWith: of.sharedWith ?? null,
    faults: of.isFaulty === true ? [fault] : [],
  };
}

export const declined = (partner: string, reason: DeclineReason, payable: string): Declined => ({
  partner,
  entity: 'main',
  asset: 'BRL/2',
  account: accountStreamOf('acme', { partner, entity: 'main', asset: 'BRL/2' }),
  run: RUN,
  reason,
  detail: 'why',
  payable,
});

export const answers = (
  items: readonly ReservedAnswer[],
  refusals: readonly Declined[] = [],
  attempt = 1,
): NoteAnswers => ({
  type: 'NoteAnswers',
  run: RUN,
  attempt,
  reserved: items,
  declined: refusals,
  at: AT,
});

type ByPerson = Extract<RunCommand, { by: string }>;
type Asked = ByPerson extends infer C
  ? C extends ByPerson
    ? Omit<C, 'at' | 'by' | 'run'>
    : never
  : never;

export const asks = (by: string, asked: Asked): RunCommand => ({
  ...asked,
  run: RUN,
  by,
  at: HOURS_LATER,
});

export const progress = (...items: readonly NotedProgress[]): RunCommand => ({
  type: 'NoteProgress',
  run: RUN,
  items,
  at: HOURS_LATER,
});

export const exported = (count: number, file = 'f1'): RunCommand => ({
  type: 'NoteFile',
  run: RUN,
  file: uuidV5(file),
  sequence: 1,
  state: 'exported',
  count,
  at: HOURS_LATER,
});

export const { given } = specFor(run);

/** What these commands have led to, one after the other. */
export function after(...commands: readonly RunCommand[]): {
  readonly events: readonly RunEvent[];
  readonly state: Run;
} {
  let state = newRun();
  const events: RunEvent[] = [];
  for (const command of commands) {
    const decision = run.decide(command, state);
    if ('rejected' in decision)
      throw new Error(`Refused ${command.type}: ${decision.rejected.code}`);
    for (const event of decision.events) state = run.evolve(state, event);
    events.push(...decision.events);
  }
  return { events, state };
}

export const hashOf = (...commands: readonly RunCommand[]) => after(...commands).state.hash;

export const refusal = (
  command: RunCommand,
  ...before: readonly RunCommand[]
): RunRejected['code'] | null => {
  const decision = run.decide(command, after(...before).state);
  return 'rejected' in decision ? decision.rejected.code : null;
};

/** Two partners, both reserved: locked. */
export const lockedWith = (...items: readonly ReservedAnswer[]): readonly RunCommand[] => [
  drafted(),
  list(...items.map(({ reserved: { partner } }) => partner)),
  startLocking,
  answers(items),
];

import { Injectable } from '@nestjs/common';
import type { PeriodCertificate } from '@tributary/contracts';
import { ServiceRuntime } from '@tributary/platform';
import { Standpoints } from '../read-model/standpoints';
import { type OfMonth, type PeriodCheck, PeriodChecks } from './period-checks';
import { type CutMade, type PeriodState, Periods, type Untaken } from './periods.queries';
import { Recomputation } from './recomputation';

const MOST_UNTAKEN = 100;

/** What the ledger waits for before it can confirm or certify a month, and who sees to it. */
export interface WaitsFor {
  readonly kind: 'cannot_go_on' | 'entries_missing' | 'release_not_taken';
  readonly subject: string;
  readonly owner: string;
  readonly detail: string;
}

export interface PeriodReport {
  readonly entity: string;
  readonly month: string;
  readonly state: 'certified' | 'closed' | 'differs' | 'open' | 'soft_closed' | 'taken';
  readonly softClosed: Shown | null;
  readonly taken: PeriodState['taken'];
  readonly closed: Shown | null;
  readonly certified: { readonly eventId: string; readonly at: string } | null;
  readonly certificate: PeriodCertificate | null;
  /** The last time that the certificate was compared with what the log comes to. */
  readonly checked: PeriodCheck['checked'];
  readonly untaken: number;
  readonly blockers: readonly WaitsFor[];
}

type Shown = Pick<CutMade, 'at' | 'by' | 'eventId' | 'position'>;

@Injectable()
export class PeriodReports {
  private readonly periods: Periods;
  private readonly checks: PeriodChecks;
  private readonly recomputation: Recomputation;

  constructor(
    runtime: ServiceRuntime,
    private readonly standpoints: Standpoints,
  ) {
    const { database, failed } = runtime;
    this.periods = new Periods(database);
    this.checks = new PeriodChecks(database);
    this.recomputation = new Recomputation(database, failed);
  }

  async of(month: OfMonth, recompute: boolean): Promise<PeriodReport> {
    const { tenant, entity, month: key } = month;
    const state = await this.periods.of(month);
    if (state && recompute) await this.recomputation.check(state);
    const check = await this.checks.of(month);
    const untaken = await this.untaken(state);
    const { parked } = await this.standpoints.of({ tenant });
    const missing = parked + (await this.periods.parked(tenant));
    return {
      ...{ entity, month: key },
      ...told(state, check),
      untaken: untaken.count,
      blockers: [
        ...(missing > 0 ? [entriesMissing(missing)] : []),
        ...(check.failure && !state?.certified ? [cannotGoOn(check.failure)] : []),
        ...untaken.first.map(notTaken),
      ],
    };
  }

  private async untaken(state: PeriodState | undefined): ReturnType<Periods['untaken']> {
    if (!state || state.taken) return { count: 0, first: [] };
    return await this.periods.untaken(state, MOST_UNTAKEN);
  }
}

const NOT_CUT = {
  state: 'open',
  softClosed: null,
  taken: null,
  closed: null,
  certified: null,
  certificate: null,
} as const;

function told(
  state: PeriodState | undefined,
  { checked }: PeriodCheck,
): Omit<PeriodReport, 'blockers' | 'entity' | 'month' | 'untaken'> {
  if (!state) return { ...NOT_CUT, checked };
  const { softClosed, taken, closed, certified } = state;
  return {
    state: stateOf(state, checked),
    softClosed: shown(softClosed),
    taken,
    closed: closed && shown(closed),
    certified: certified && { eventId: certified.eventId, at: certified.at },
    certificate: certified && certified.certificate,
    checked,
  };
}

function stateOf(state: PeriodState, checked: PeriodCheck['checked']): PeriodReport['state'] {
  if (state.certified) return checked?.isSame === false ? 'differs' : 'certified';
  if (state.closed) return 'closed';
  return state.taken ? 'taken' : 'soft_closed';
}

const shown = ({ at, by, eventId, position }: CutMade): Shown => ({ at, by, eventId, position });

const entriesMissing = (streams: number): WaitsFor => ({
  kind: 'entries_missing',
  subject: '/v1/feeds/ledger/parked',
  owner: 'operations',
  detail: `${streams} streams could not be read.`,
});

const cannotGoOn = ({ code, detail, at }: NonNullable<PeriodCheck['failure']>): WaitsFor => ({
  kind: 'cannot_go_on',
  subject: code,
  owner: 'operations',
  detail: `Since ${at} at the latest: ${detail}`,
});

const notTaken = ({ release, stream, partner, position }: Untaken): WaitsFor => ({
  kind: 'release_not_taken',
  subject: release,
  owner: 'operations',
  detail: `Of ${partner ?? 'nobody'}, at ${position} in ${stream}; payouts has not taken it (/v1/feeds/payouts/parked).`,
});

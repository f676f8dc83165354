import { CERTIFY, CONFIRM_TAKEN, type PeriodCertificate } from '@tributary/contracts';
import { type Running, backoffMs, pause } from '@tributary/feeds';
import { CodedError, type JsonObject, hasCode, uuidV5 } from '@tributary/kernel';
import type { OrderHandler } from '@tributary/platform';
import type { Database } from '@tributary/postgres';
import { Standpoints } from '../read-model/standpoints';
import { type OfMonth, PeriodChecks } from './period-checks';
import { PeriodFigures } from './period-figures';
import { type CutMade, type PeriodState, Periods } from './periods.queries';
import { Recomputation } from './recomputation';

const EVERY_MS = 1_000;
const CHECK_AGAIN_MS = 24 * 60 * 60 * 1_000;
/** An order that was carried out shows in the log soon; one that does not is sent again. */
const SEND_AGAIN_MS = 5_000;
const LONGEST_WAIT_MS = 5 * 60 * 1_000;
/** A neighbour that is being restarted is not worth an alarm. */
const QUIET_FAILURES = 5;
const PAGE = 100;

export interface Closing {
  readonly database: Database;
  readonly order: OrderHandler;
  readonly failed: (part: string, error: unknown) => void;
  readonly now: () => number;
}

interface Later {
  /** What was tried; a month that has gone on begins anew. */
  readonly stage: string;
  readonly at: number;
  readonly times: number;
}

/** What the ledger reads to close months. It writes no event: what it finds out it sends to payouts, which decides. */
export class Closer {
  private readonly periods: Periods;
  private readonly checks: PeriodChecks;
  private readonly figures: PeriodFigures;
  private readonly standpoints: Standpoints;
  private readonly recomputation: Recomputation;
  /** Of cuts that failed or wait for their order to show: not before when they are looked at again, and how often it was tried. */
  private readonly later = new Map<string, Later>();

  constructor(private readonly closing: Closing) {
    const { database, failed } = closing;
    this.periods = new Periods(database);
    this.checks = new PeriodChecks(database);
    this.figures = new PeriodFigures(database);
    this.standpoints = new Standpoints({ database });
    this.recomputation = new Recomputation(database, failed);
  }

  /** Every open cut once, whatever becomes of the others, and one certificate that was not recomputed for a day. */
  async round(stopping: AbortSignal): Promise<void> {
    const open = new Set<string>();
    let after: OfMonth | undefined;
    do {
      const page: PeriodState[] = await this.periods.open(after, PAGE);
      for (const state of page) {
        if (stopping.aborted) return;
        open.add(nameOf(state));
        await this.attempt(state, () => this.goOn(state));
      }
      after = page.length === PAGE ? page.at(-1) : undefined;
    } while (after !== undefined);
    const unchecked = await this.periods.unchecked(CHECK_AGAIN_MS, PAGE);
    for (const state of unchecked) open.add(nameOf(state));
    for (const name of this.later.keys()) if (!open.has(name)) this.later.delete(name);
    const next = unchecked.find((state) => this.isDue(state));
    if (next && !stopping.aborted) await this.attempt(next, () => this.recomputation.check(next));
  }

  private async attempt(state: PeriodState, work: () => Promise<unknown>): Promise<void> {
    const { failed, now } = this.closing;
    const name = nameOf(state);
    if (!this.isDue(state)) return;
    const stage = stageOf(state);
    const before = this.later.get(name);
    const times = before?.stage === stage ? before.times : 0;
    const againIn = (ms: number) =>
      this.later.set(name, { stage, at: now() + ms, times: times + 1 });
    try {
      const came = await work();
      if (came === 'sent') againIn(SEND_AGAIN_MS);
      else this.later.delete(name);
      await this.checks.wentOn(state);
    } catch (error) {
      againIn(backoffMs(times + 2, LONGEST_WAIT_MS));
      const [code, detail] =
        error instanceof CodedError ? [error.code, error.message] : ['internal_error', ''];
      if (!hasCode(error, 'unavailable') || times >= QUIET_FAILURES) failed('closer', error);
      await this.checks
        .failed(state, code, detail)
        .catch((second: unknown) => failed('closer', second));
    }
  }

  private isDue(state: PeriodState): boolean {
    const waits = this.later.get(nameOf(state));
    return waits?.stage !== stageOf(state) || this.closing.now() >= waits.at;
  }

  private async goOn(state: PeriodState): Promise<'sent' | 'waits'> {
    if (!state.taken) return await this.confirm(state);
    return state.closed ? await this.certify(state, state.closed) : 'waits';
  }

  /** By causation, release by release: sums would also agree where two mistakes cancel each other out. */
  private async confirm(state: PeriodState): Promise<'sent' | 'waits'> {
    const parked = await this.periods.parked(state.tenant);
    if (parked > 0) throw cannotRead('closing_parked', parked);
    const { count } = await this.periods.untaken(state, 1);
    if (count > 0) return 'waits';
    return await this.send(CONFIRM_TAKEN, state, state.softClosed, {});
  }

  private async certify(state: PeriodState, cut: CutMade): Promise<'sent' | 'waits'> {
    const { tenant, entity, month } = state;
    const standpoint = await this.standpoints.of({ tenant, position: cut.position });
    if (standpoint.position < cut.position) return 'waits';
    if (standpoint.parked > 0) throw cannotRead('journal_parked', standpoint.parked);
    const since = await this.periods.closedBefore(state, cut.position);
    const figures = await this.figures.at(standpoint, { entity, month, since });
    const closePosition = String(cut.position);
    const certificate: PeriodCertificate = { closePosition, since, ...figures };
    return await this.send(CERTIFY, state, cut, { certificate });
  }

  private async send(
    type: string,
    { tenant, entity, month }: PeriodState,
    { eventId, correlationId }: CutMade,
    more: JsonObject,
  ): Promise<'sent'> {
    const answer = await this.closing.order({
      tenant,
      type,
      data: { entity, month, ...more },
      commandId: uuidV5(tenant, eventId, type),
      causationId: eventId,
      correlationId,
      traceParent: null,
      actor: 'service:ledger',
    });
    if (answer.kind !== 'rejected') return 'sent';
    const { code, ...facts } = answer.rejected;
    const message = `Payouts refused ${type} for ${month} of ${entity}: ${code}.`;
    throw new CodedError(code, message, { tenant, entity, month, ...facts });
  }
}

/** Goes on until it is stopped. */
export function startCloser(
  closing: Closing,
  everyMs: number = EVERY_MS,
): Running & { readonly done: Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const closer = new Closer(closing);
  const run = async () => {
    for (let failures = 0; !signal.aborted;) {
      try {
        await closer.round(signal);
        failures = 0;
      } catch (error) {
        closing.failed('closer', error);
        failures++;
      }
      await pause(everyMs + (failures === 0 ? 0 : backoffMs(failures)), signal);
    }
  };
  const done = run();
  return {
    done,
    async stop() {
      stopping.abort();
      await done;
    },
  };
}

const stageOf = ({ taken, closed, certified }: PeriodState): string =>
  [taken, closed, certified].map((done) => (done ? 'x' : '-')).join('');

const nameOf = ({ tenant, entity, month }: OfMonth): string => `${tenant}.${entity}.${month}`;

const cannotRead = (code: string, streams: number): CodedError =>
  new CodedError(
    code,
    `${streams} streams wait for a person to see to them (/v1/feeds/ledger/parked), and their entries are missing.`,
    { streams },
  );

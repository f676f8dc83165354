import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  type Asset,
  type Day,
  type Instant,
  type Outcome,
  type Uuid,
  dayOf,
  instantOfMs,
  shiftPeriodKey,
  startOfDay,
  uuidV5,
} from '@tributary/kernel';
import { type CommandContext, ServiceRuntime, notYetVisible } from '@tributary/platform';
import type { RunRejected } from '../domain/run/commands';
import { runStreamOf } from '../domain/run/events';
import { candidates } from '../read-model/runs.candidates.projection';
import { DecideRun, monthlyRunOf } from './runs';
import { RunDirectory } from './runs-directory';
import { type Preview, RunPreviews } from './runs-preview';
import { type Payer, RunTerms, scheduledBefore } from './runs-terms';

const WAIT_MS = 20_000;

interface OnDemand {
  readonly entity: string;
  readonly asset: Asset;
  readonly payOn: Day | null;
  readonly partners: readonly string[] | null;
}

export interface Scheduled {
  readonly entity: string;
  readonly asset: Asset;
  readonly period: string;
  readonly run: Uuid;
  /** False where it had been drafted before. */
  readonly isNew: boolean;
}

/** Where runs begin: on demand, by the calendar, or only to be looked at. */
@Injectable()
export class RunDesk {
  readonly terms: RunTerms;
  private readonly previews: RunPreviews;

  constructor(
    private readonly commands: CommandBus,
    private readonly runtime: ServiceRuntime,
  ) {
    const { log, database } = runtime;
    this.terms = new RunTerms(log, database);
    this.previews = new RunPreviews(log, new RunDirectory(database));
  }

  /** Named by its command, so that the same key drafts one run. */
  async draft(context: CommandContext, asked: OnDemand): Promise<Outcome<RunRejected>> {
    const { cause, tenant, receivedAt: at } = context;
    const draft = await this.draftOnDemand(tenant, asked, {
      run: cause.commandId,
      by: cause.actor,
      at,
    });
    const command = { type: 'DraftRun', run: draft.run, draft, at } as const;
    return await this.commands.execute(new DecideRun(command, context));
  }

  /** Drafts the monthly run of every entity whose day has come. Time is a command: whoever sends it twice drafts nothing twice. */
  async advance(
    { cause, tenant }: Pick<CommandContext, 'cause' | 'tenant'>,
    asOf: Instant,
  ): Promise<{ readonly runs: readonly Scheduled[]; readonly position: bigint }> {
    let position = await this.caughtUp();
    const runs: Scheduled[] = [];
    for (const { entity, asset, since } of await this.terms.payers(tenant)) {
      const payer = { tenant, entity, asset };
      const due = await this.dueRun(payer, asOf, instantOfMs(since.getTime()));
      if (due === null) continue;
      const run = monthlyRunOf(tenant, { entity, asset, period: due.period });
      const draft = await this.terms.draftOf(payer, {
        ...{ run, kind: 'monthly', period: due.period, payOn: due.payOn },
        ...{ partners: null, by: cause.actor },
      });
      const command = { type: 'DraftRun', run, draft, at: asOf } as const;
      const commandId = uuidV5(cause.commandId, run);
      const outcome = await this.commands.execute(
        new DecideRun(command, { tenant, cause: { ...cause, commandId } }),
      );
      if (outcome.kind === 'rejected') continue;
      if (outcome.position > position) position = outcome.position;
      runs.push({ entity, asset, period: due.period, run, isNew: outcome.kind !== 'nothing' });
    }
    return { runs, position };
  }

  /** What the same run would be if it were drafted now; nothing is written. */
  async dryRun(
    tenant: string,
    asked: OnDemand,
    of: { readonly run: Uuid; readonly by: string; readonly at: Instant },
  ): Promise<Preview & { readonly payOn: Day; readonly minimum: string }> {
    const position = await this.caughtUp();
    const draft = await this.draftOnDemand(tenant, asked, of);
    const preview = await this.previews.preview(tenant, draft, { position, at: of.at });
    return { payOn: draft.payOn, minimum: draft.minimum, ...preview };
  }

  /** The day of the next monthly run: today, if it is due and nobody has drafted it. */
  async nextRunDay(
    payer: Payer,
    at: Instant,
  ): Promise<{ readonly day: Day; readonly payAt: Instant }> {
    const zone = await this.terms.zoneOf(payer);
    const { runDay } = await this.terms.policyOf(payer, at);
    const { day, period } = scheduledBefore(at, zone, runDay);
    const isToday = dayOf(at, zone) === day && !(await this.isDrafted(payer, period));
    const next = isToday ? day : nextMonth(day);
    return { day: next, payAt: startOfDay(next, zone) };
  }

  private async draftOnDemand(
    tenant: string,
    { entity, asset, payOn, partners }: OnDemand,
    { run, by, at }: { readonly run: Uuid; readonly by: string; readonly at: Instant },
  ) {
    const payer = { tenant, entity, asset };
    const day = payOn ?? dayOf(at, await this.terms.zoneOf(payer));
    return await this.terms.draftOf(payer, {
      ...{ run, kind: 'on_demand', period: null, payOn: day },
      ...{ partners: partners && [...new Set(partners)].sort(), by },
    });
  }

  private async dueRun(
    payer: Payer,
    asOf: Instant,
    since: Instant,
  ): Promise<{ readonly period: string; readonly payOn: Day } | null> {
    const zone = await this.terms.zoneOf(payer);
    const { runDay, isAutomatic } = await this.terms.policyOf(payer, asOf);
    const { day, period } = scheduledBefore(asOf, zone, runDay);
    const payOn = dayOf(asOf, zone);
    // A run that was missed is made up for, unless nothing was owed to anybody on its day.
    const isOwed = payOn === day || since < startOfDay(day, zone);
    return isAutomatic && isOwed ? { period, payOn } : null;
  }

  private async isDrafted({ tenant, entity, asset }: Payer, period: string): Promise<boolean> {
    const stream = runStreamOf(tenant, monthlyRunOf(tenant, { entity, asset, period }));
    for await (const first of this.runtime.log.read(stream)) return first.revision === 0n;
    return false;
  }

  private async caughtUp(): Promise<bigint> {
    const head = await this.runtime.log.head();
    if (await this.runtime.feeds.waitUntil([candidates.name], head, WAIT_MS)) return head;
    throw notYetVisible();
  }
}

const nextMonth = (day: Day): Day => `${shiftPeriodKey(day.slice(0, 7), 1)}${day.slice(7)}`;

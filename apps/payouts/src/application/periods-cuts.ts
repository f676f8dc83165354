import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { DEFAULT_PROGRAMME } from '@tributary/contracts';
import {
  type Outcome,
  type Period,
  type PeriodKey,
  resolvePeriod,
  shiftPeriodKey,
} from '@tributary/kernel';
import { type CommandContext, Refusal, ServiceRuntime, notYetVisible } from '@tributary/platform';
import type { PeriodCommand, PeriodRejected } from '../domain/period/commands';
import { railBreaks } from '../read-model/breaks.projection';
import { periods } from '../read-model/periods.projection';
import { type MonthShown, PeriodsShown } from '../read-model/periods.queries';
import { DecidePeriod } from './periods';
import { RunTerms } from './runs-terms';

const WAIT_MS = 10_000;
const ALONE = `select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as held`;

/** The cuts that people make. What a month must know of its neighbours is read here, and nobody cuts another one meanwhile. */
@Injectable()
export class PeriodCuts {
  private readonly terms: RunTerms;

  constructor(
    private readonly commands: CommandBus,
    private readonly shown: PeriodsShown,
    private readonly runtime: ServiceRuntime,
  ) {
    this.terms = new RunTerms(runtime.log, runtime.database);
  }

  async softClose(
    context: CommandContext,
    entity: string,
    month: PeriodKey,
  ): Promise<Outcome<PeriodRejected>> {
    // Who has created no entity has the one of the default.
    if (entity !== DEFAULT_PROGRAMME.entity && !(await this.shown.knows(context.tenant, entity)))
      throw entityUnknown(entity);
    return await this.alone(context, entity, async (months) => ({
      type: 'SoftClosePeriod',
      entity,
      period: await this.periodOf(context.tenant, entity, month, months),
      lastSoftClosed: months.at(-1)?.month ?? null,
      blockers: await this.shown.behind(context.tenant, entity),
      by: context.cause.actor,
      receivedAt: context.receivedAt,
    }));
  }

  close(
    context: CommandContext,
    entity: string,
    month: PeriodKey,
  ): Promise<Outcome<PeriodRejected>> {
    return this.alone(context, entity, async (months) => ({
      type: 'ClosePeriod',
      entity,
      month,
      firstUnclosed: months.find(({ closedAt }) => closedAt === null)?.month ?? null,
      blockers: await this.shown.breaks(context.tenant, entity),
      by: context.cause.actor,
      receivedAt: context.receivedAt,
    }));
  }

  /** Months close in order, which no stream of a month can see to by itself: one cut of an entity at a time, each after all that stand in the log. */
  private async alone(
    { tenant, cause }: CommandContext,
    entity: string,
    commandOf: (months: readonly MonthShown[]) => Promise<PeriodCommand>,
  ): Promise<Outcome<PeriodRejected>> {
    return await this.runtime.database.transaction(async (tx) => {
      const name = `period cut of ${tenant}.${entity}`;
      const { rows } = await tx.query<{ held: boolean }>(ALONE, [name]);
      if (rows[0]?.held !== true) throw beingCut(entity);
      const head = await this.runtime.log.head();
      const names = [periods.name, railBreaks.name];
      if (!(await this.runtime.feeds.waitUntil(names, head, WAIT_MS))) throw notYetVisible();
      const command = await commandOf((await this.shown.months(tenant, entity)).months);
      return await this.commands.execute(new DecidePeriod(command, { tenant, cause }));
    });
  }

  /** A zone never changes; its rules do, and then the month still begins where the one before it was cut. */
  private async periodOf(
    tenant: string,
    entity: string,
    month: PeriodKey,
    months: readonly MonthShown[],
  ): Promise<Period> {
    const last = months.at(-1);
    const zone = last?.zone ?? (await this.terms.zoneOf({ tenant, entity }));
    const resolved = resolvePeriod(zone, month);
    return last?.month === shiftPeriodKey(month, -1) ? { ...resolved, from: last.ends } : resolved;
  }
}

/** Its months would never be of anything, and in order for ever after. */
const entityUnknown = (entity: string): Refusal =>
  new Refusal(
    404,
    'entity_unknown',
    `Nobody has registered the entity ${entity}, and nothing is posted for it.`,
  );

function beingCut(entity: string): Refusal {
  const detail = `Somebody else is cutting a month of ${entity} just now; ask again.`;
  return new Refusal(409, 'cut_in_progress', detail, { headers: { 'retry-after': '1' } });
}

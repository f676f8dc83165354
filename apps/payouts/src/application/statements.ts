import type { CommandBus } from '@nestjs/cqrs';
import { type Dispatch, type Reaction, type ReactionContext, reaction } from '@tributary/feeds';
import {
  CodedError,
  type Instant,
  type PeriodKey,
  type StreamLog,
  type StreamName,
  parseStreamName,
  periodOf,
  resolvePeriod,
  shiftPeriodKey,
  uuidV5,
} from '@tributary/kernel';
import { Dispatched, type Means, commandHandler, dispatchAs } from '@tributary/platform';
import { RENDERER, documentsOf } from '../documents/render';
import type { AccountEvent } from '../domain/account/events';
import { type StatementContent, contentOf, draftOf } from '../domain/statement/content';
import {
  type OrderRejected,
  type OrderStatements,
  type StatementRejected,
  type WriteStatement,
  statement,
  statementsOfMonth,
} from '../domain/statement/decide';
import {
  type StatementEvent,
  type StatementFiguresIssued,
  type StatementHead,
  type StatementsOrdered,
  statementIdOf,
  statementStreamOf,
  statementsStreamOf,
} from '../domain/statement/events';
import { accountHolds, commissionHolds } from '../domain/statement/holds';
import { type Happened, itemsNamedBy, movementOf } from '../domain/statement/movement-of';
import { PARTS_AT_ONCE, partsOf } from '../domain/statement/parts';
import { type CarriedOn, statementOf } from '../domain/statement/statement-of';
import { type StatedAccount, StatementSources } from '../read-model/statement-sources.queries';

export class ToStatement extends Dispatched<WriteStatement, StatementRejected> {}
export class ToStatements extends Dispatched<OrderStatements, OrderRejected> {}

export const statementHandler = commandHandler(ToStatement, statement, ({ head }, tenant) =>
  statementStreamOf(tenant, head.statement),
);
export const statementsHandler = commandHandler(
  ToStatements,
  statementsOfMonth,
  ({ entity, month }, tenant) => statementsStreamOf(tenant, entity, month),
);

/** The statements of one account, up to a month: those that are there already are left as they are. */
interface IssueUpTo {
  readonly account: StatedAccount;
  readonly month: PeriodKey;
  readonly zone: string;
  /** Of the order: what stood in the log by then is stated, whenever that is done. */
  readonly position: bigint;
  readonly issuedAt: Instant;
}

/** Whoever has created no entity counts its days so. */
export const DEFAULT_ZONE = 'UTC';

export function statementsOrdered(
  bus: CommandBus,
  { database, log }: Pick<Means, 'database' | 'log'>,
): Reaction<IssueUpTo> {
  const sources = new StatementSources(database);
  const issuing = new Issuing(log, sources, dispatchAs(bus, ToStatement));
  return reaction<IssueUpTo, { StatementsOrdered: StatementsOrdered['data'] }>({
    name: 'statements_ordered',
    on: {
      StatementsOrdered: async ({ tenant, position, data }) => {
        const { entity, month, at: issuedAt } = data;
        // Tried again by itself until it does.
        if (!(await sources.show(position)))
          throw new CodedError('unavailable', 'The accounts do not show all that was booked yet.');
        const zone = (await sources.zoneOf(tenant, entity)) ?? DEFAULT_ZONE;
        const { until } = resolvePeriod(zone, month);
        const accounts = await sources.accountsOf(tenant, entity);
        return accounts
          .filter(({ openedAt }) => openedAt < until)
          .map((account) => ({ account, month, zone, position, issuedAt }));
      },
    },
    target: ({ account, month }, tenant) =>
      statementStreamOf(tenant, statementIdOf({ ...account, month })),
    dispatch: (command, context) => issuing.upTo(command, context),
  });
}

const BEGUN_OTHERWISE: StatementRejected['code'] = 'statement_drafted_otherwise';

class Issuing {
  constructor(
    private readonly log: StreamLog,
    private readonly sources: StatementSources,
    private readonly write: Dispatch<WriteStatement>,
  ) {}

  /** In order, because each opens with what the one before closed with; months without a movement as well. */
  async upTo(asked: IssueUpTo, context: ReactionContext): ReturnType<Dispatch<IssueUpTo>> {
    const { account, month, zone } = asked;
    const missing: PeriodKey[] = [];
    let before: CarriedOn | null = null;
    const first = periodOf(account.openedAt, zone, 'month').key;
    for (let key = month; key >= first && before === null; key = shiftPeriodKey(key, -1)) {
      before = (await this.issued(context.tenant, account, key))?.figures.carriedOn ?? null;
      if (before === null) missing.unshift(key);
    }
    let outcome: Awaited<ReturnType<Dispatch<IssueUpTo>>> = { kind: 'nothing' };
    for (const key of missing) {
      outcome = await this.issue({ ...asked, month: key }, before, context);
      if (outcome.kind === 'rejected') return outcome;
      before = (await this.issued(context.tenant, account, key))?.figures.carriedOn ?? null;
    }
    return outcome;
  }

  private async issued(
    tenant: string,
    account: StatedAccount,
    month: PeriodKey,
  ): Promise<StatementContent | undefined> {
    return contentOf(await this.events(tenant, statementIdOf({ ...account, month })));
  }

  private async events(tenant: string, id: string): Promise<readonly StatementEvent[]> {
    const events: StatementEvent[] = [];
    for await (const event of this.log.read(statementStreamOf(tenant, id)))
      events.push(event as unknown as StatementEvent);
    return events;
  }

  private async issue(
    asked: IssueUpTo,
    before: CarriedOn | null,
    context: ReactionContext,
  ): ReturnType<Dispatch<IssueUpTo>> {
    const { tenant } = context;
    const { account } = asked;
    const id = statementIdOf({ ...account, month: asked.month });
    // What was begun is finished as it was begun.
    const begun = draftOf(await this.events(tenant, id));
    const known = await this.accountEvents(
      parseStreamName(account.account),
      before,
      begun === undefined ? asked.position : null,
    );
    const head = begun ?? (await this.head(asked, id, before, known.through, tenant));
    const items = await this.sources.items(tenant, itemsNamedBy(known.events));
    const movements = known.events.flatMap((event) => movementOf(event, items) ?? []);
    const { asset, period, through } = head;
    const { lines, unread, ...figures } = statementOf(movements, {
      asset,
      period,
      through,
      before,
    });
    const { statement: name } = head;
    const { standing } = figures;
    const carriedOn = { statement: name, until: period.until, through, unread, standing };
    const undocumented = { ...figures, lineCount: lines.length, carriedOn, documents: [] };
    const documents = await documentsOf({ head, lines, figures: undocumented });
    return await this.inParts(head, partsOf(lines), { ...undocumented, documents }, context);
  }

  private async inParts(
    head: StatementHead,
    parts: ReturnType<typeof partsOf>,
    figures: StatementFiguresIssued,
    context: ReactionContext,
  ): ReturnType<Dispatch<IssueUpTo>> {
    for (let first = 0; ; first += PARTS_AT_ONCE) {
      const last = first + PARTS_AT_ONCE >= parts.length;
      const command: WriteStatement = {
        type: 'WriteStatement',
        head,
        first,
        parts: parts.slice(first, first + PARTS_AT_ONCE),
        figures: last ? figures : null,
      };
      // An account may have several statements to come, each in some parts: their place alone would not tell them apart.
      const commandId = uuidV5(context.commandId, head.statement, String(first));
      const outcome = await this.write(command, { ...context, commandId });
      // Orders of several months are followed side by side. Whoever comes second finishes what the first has begun, as it was begun.
      if (outcome.kind === 'rejected' && outcome.rejected.code === BEGUN_OTHERWISE)
        throw new CodedError('unavailable', `Statement ${head.statement} was begun meanwhile.`);
      if (last || outcome.kind === 'rejected') return outcome;
    }
  }

  private async head(
    { account, month, zone, issuedAt }: IssueUpTo,
    statement: string,
    before: CarriedOn | null,
    through: number,
    tenant: string,
  ): Promise<StatementHead> {
    const { partner, entity, asset } = account;
    const [names, holds, parts] = await Promise.all([
      this.sources.namesOf(tenant, account),
      this.sources.holdsOf(tenant, account.account),
      this.sources.heldBy(tenant, account),
    ]);
    return {
      statement,
      partner,
      entity,
      asset,
      period: resolvePeriod(zone, month),
      ...names,
      through,
      before,
      holds: [
        ...commissionHolds(parts, issuedAt),
        ...(holds === undefined ? [] : accountHolds(holds, issuedAt)),
      ],
      issuedAt,
      renderer: RENDERER,
    };
  }

  /** From where the statement before may have left something; up to the order, if it is not said otherwise. */
  private async accountEvents(
    account: StreamName,
    before: CarriedOn | null,
    position: bigint | null,
  ): Promise<{ readonly events: readonly (AccountEvent & Happened)[]; readonly through: number }> {
    const events: (AccountEvent & Happened)[] = [];
    let through = before?.through ?? -1;
    for await (const event of this.log.read(account, BigInt(before?.unread ?? 0))) {
      if (position !== null && event.position > position) break;
      const revision = Number(event.revision);
      if (revision > through) through = revision;
      events.push({ ...event, revision } as unknown as AccountEvent & Happened);
    }
    return { events, through };
  }
}

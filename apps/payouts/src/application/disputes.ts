import { Injectable } from '@nestjs/common';
import { CodedError, type Instant, dayOf, startOfDay } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import type { DisputedLine, OfAccount } from '../domain/account/terms';
import { plusBusinessDays, plusDays } from '../domain/rail/business-days';
import { accountLines } from '../read-model/account-lines.projection';
import { Accounts } from '../read-model/accounts.queries';
import { zoneOfEntity } from './entity-zone';

/** Business days within which a partner is answered. */
export const ANSWER_DAYS = 5;

/** The first moment at which an answer is late; the day of the dispute itself does not count. */
export const answerBy = (at: Instant, zone: string): Instant =>
  startOfDay(plusDays(plusBusinessDays(dayOf(at, zone), ANSWER_DAYS), 1), zone);

export interface Disputable {
  readonly account: OfAccount;
  readonly lines: readonly DisputedLine[];
  readonly answerBy: Instant;
}

/** What a partner says it disputes is looked up here: an account knows only the lines of which something is open. */
@Injectable()
export class DisputeDesk {
  constructor(
    private readonly accounts: Accounts,
    private readonly runtime: ServiceRuntime,
  ) {}

  async disputable(
    tenant: string,
    partner: string,
    names: readonly string[],
    at: Instant,
  ): Promise<Disputable> {
    let places = await this.accounts.placesOf(tenant, partner, names);
    if (new Set(places.map(({ line }) => line)).size < names.length) {
      const head = await this.runtime.log.head();
      await this.runtime.feeds.waitUntil([accountLines.name], head, 10_000);
      places = await this.accounts.placesOf(tenant, partner, names);
    }
    const unknown = names.filter((name) => !places.some(({ line }) => line === name));
    if (unknown.length > 0)
      throw new CodedError('line_unknown', 'Nothing was released of a line of this name.', {
        lines: unknown,
      });
    const [first] = places;
    const isOne = places.every(
      ({ entity, asset }) => entity === first?.entity && asset === first.asset,
    );
    if (first === undefined || !isOne)
      throw new CodedError(
        'lines_of_several_accounts',
        'Dispute the lines of each account by themselves.',
      );
    const { entity, asset } = first;
    const lines = places.map(({ line, programme, plan, window }) => ({
      ...{ line, programme, plan, window },
    }));
    const zone = await zoneOfEntity(this.runtime.database, tenant, entity);
    return { account: { partner, entity, asset }, lines, answerBy: answerBy(at, zone) };
  }
}

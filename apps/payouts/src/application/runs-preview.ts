import type { EventLog } from '@tributary/event-log';
import { type Instant, type StreamName, formatMinor } from '@tributary/kernel';
import { account } from '../domain/account/decide';
import type { AccountEvent } from '../domain/account/events';
import { reservationOf } from '../domain/account/reserve';
import type { Account } from '../domain/account/state';
import { type Declined, type ReservedItem, accountStreamOf } from '../domain/account/terms';
import type { NotedDecline, RunDrafted, RunTotals } from '../domain/run/events';
import { type AccountAnswer, accountOf, termsOf } from './runs-accounts';
import type { RunDirectory } from './runs-directory';
import { allOf, slicesOf } from './runs-fan-out';

/** Each is read whole, so fewer at once than are commanded at once. */
const READ_AT_ONCE = 32;
const NAMES_AT_ONCE = 1_200;

export interface PreviewedItem {
  readonly partner: string;
  readonly gross: string;
  readonly withheld: string;
  readonly net: string;
  readonly lines: number;
  readonly method: { readonly kind: string; readonly display: string };
}

/** What a run would be if it were drafted now. Nothing is written for it. */
export interface Preview {
  readonly position: bigint;
  readonly totals: RunTotals;
  readonly declinedTotals: { readonly count: number; readonly payable: string };
  /** The first thousand of each, by partner; the totals are of all. */
  readonly items: readonly PreviewedItem[];
  readonly declined: readonly NotedDecline[];
}

const MOST_SHOWN = 1_000;

/** Asks every account the very question that locking asks, of its state as its stream tells it. */
export class RunPreviews {
  constructor(
    private readonly log: EventLog,
    private readonly directory: RunDirectory,
  ) {}

  async preview(
    tenant: string,
    draft: RunDrafted['data'],
    { position, at }: { readonly position: bigint; readonly at: Instant },
  ): Promise<Preview> {
    const { entity, asset, partners: only } = draft;
    const sums = new Sums();
    const of = { tenant, entity, asset };
    // The caller has waited for its rows already.
    for await (const page of this.directory.allCandidates(of, 0n, only, NAMES_AT_ONCE)) {
      for (const slice of slicesOf(page, READ_AT_ONCE))
        sums.add(await allOf(slice.map((partner) => this.ask(tenant, draft, partner, at))));
    }
    return { position, ...sums.shown() };
  }

  private async ask(tenant: string, draft: RunDrafted['data'], partner: string, at: Instant) {
    const stream = accountStreamOf(tenant, accountOf(draft, partner));
    const terms = termsOf(draft, 1, stream);
    return reservationOf(await this.accountIn(stream), { stream, terms, at });
  }

  private async accountIn(stream: StreamName): Promise<Account> {
    let state = account.initial;
    for await (const event of this.log.read(stream))
      state = account.evolve(state, event as unknown as AccountEvent);
    return state;
  }
}

const shown = ({ partner, gross, net, lines, method }: ReservedItem): PreviewedItem => ({
  partner,
  gross,
  withheld: formatMinor(BigInt(gross) - BigInt(net)),
  net,
  lines: lines.length,
  method: { kind: method.kind, display: method.display },
});

const notPaid = ({ partner, reason, detail, payable }: Declined): NotedDecline => ({
  ...{ partner, reason, detail, payable },
});

/** Adds up what is too long to be kept. */
class Sums {
  private readonly items: PreviewedItem[] = [];
  private readonly declined: NotedDecline[] = [];
  private readonly sum = { count: 0, gross: 0n, net: 0n };
  private readonly rest = { count: 0, payable: 0n };

  add(answers: readonly AccountAnswer[]): void {
    for (const answer of answers) {
      if ('reserved' in answer) this.reserve(answer.reserved);
      else this.decline(answer.declined);
    }
  }

  private reserve(reserved: ReservedItem): void {
    this.sum.count += 1;
    this.sum.gross += BigInt(reserved.gross);
    this.sum.net += BigInt(reserved.net);
    if (this.items.length < MOST_SHOWN) this.items.push(shown(reserved));
  }

  private decline(declined: Declined): void {
    this.rest.count += 1;
    this.rest.payable += BigInt(declined.payable);
    if (this.declined.length < MOST_SHOWN) this.declined.push(notPaid(declined));
  }

  shown(): Omit<Preview, 'position'> {
    const { count, gross, net } = this.sum;
    const { items, declined, rest } = this;
    return {
      totals: {
        count,
        gross: formatMinor(gross),
        withheld: formatMinor(gross - net),
        net: formatMinor(net),
      },
      declinedTotals: { count: rest.count, payable: formatMinor(rest.payable) },
      items,
      declined,
    };
  }
}

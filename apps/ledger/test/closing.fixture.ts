import { PERIOD_CERTIFIED, RELEASES_TAKEN } from '@tributary/contracts';
import type { Order, OrderAnswer } from '@tributary/platform';
import { resolvePeriod } from '@tributary/kernel';
import { type Answer, type TestBooks, entryOf } from './books.fixture';

export const ZONE = 'America/Sao_Paulo';
export const EXPENSE = 'Expenses:Commission';
export const HELD = 'Liabilities:Commission:Held';
export const RELEASED = 'Liabilities:Commission:Released';
export const PAYABLE = 'Liabilities:Commission:Payable';
export const OWED = 'Assets:ClawbackReceivable';
export const CASH = 'Assets:Cash';

const LONGEST_WAIT_MS = 60_000;

/** Decides what the ledger orders as payouts would, once for each command. */
export class Desk {
  readonly orders: Order[] = [];
  private readonly done = new Set<string>();

  constructor(private readonly books: TestBooks) {
    books.takeOrders((order) => this.take(order));
  }

  private async take(order: Order): Promise<OrderAnswer> {
    this.orders.push(order);
    if (this.done.has(order.commandId)) return { kind: 'replayed' };
    this.done.add(order.commandId);
    const { entity, month, certificate } = order.data as {
      entity: string;
      month: string;
      certificate?: object;
    };
    const type = order.type === 'Certify' ? PERIOD_CERTIFIED : RELEASES_TAKEN;
    await this.books.happen({
      stream: `period-acme.${entity}.${month.replace('-', '')}`,
      type,
      at: '2026-07-01T00:00:00Z',
      because: order.causationId,
      data: { ...certificate, entity, period: resolvePeriod(ZONE, month) },
    });
    return { kind: 'accepted' };
  }

  /** Polls the ledger until a month has come so far. */
  async until(state: string, entity: string, month: string): Promise<Answer> {
    const deadline = Date.now() + LONGEST_WAIT_MS;
    for (;;) {
      const answer = await this.books.get(`periods/${entity}/${month}`);
      if (answer['state'] === state) return answer;
      if (Date.now() > deadline)
        throw new Error(`${month} of ${entity} did not become ${state}: ${JSON.stringify(answer)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** From the soft-close to the certificate. */
  async close(
    entity: string,
    month: string,
    at: { soft: string; closed: string },
  ): Promise<Answer> {
    await this.books.cut('soft', entity, ZONE, month, at.soft);
    await this.until('taken', entity, month);
    await this.books.cut('closed', entity, ZONE, month, at.closed);
    return await this.until('certified', entity, month);
  }
}

interface OfPartner {
  readonly entity: string;
  readonly partner: string;
}

/** Commission books an amount for a partner and, where it is negative, takes it from what was released. */
export async function posted(
  books: TestBooks,
  { entity, partner }: OfPartner,
  amount: bigint,
  at: string,
): Promise<string | null> {
  const stream = `earnings-acme.${partner}.standard.2026`;
  const isNegative = amount < 0n;
  const [from, to] = isNegative
    ? [{ [RELEASED]: -amount }, { [EXPENSE]: -amount }]
    : [{ [EXPENSE]: amount }, { [HELD]: amount }];
  const entry = entryOf('BRL/2', entity, from, to, { partner });
  const posting = { stream, type: 'CommissionPosted', at, data: { entity, entry } };
  if (!isNegative) {
    await books.happen(posting);
    return null;
  }
  const data = { entity, partner, amount: String(amount) };
  const back = { stream, type: 'ReleaseTakenBack', at, data };
  const [, id = null] = await books.happenAtOnce([posting, back]);
  return id;
}

/** Commission hands an amount over. */
export const released = (
  books: TestBooks,
  { entity, partner }: OfPartner,
  amount: bigint,
  at: string,
): Promise<string> =>
  books.happen({
    stream: `earnings-acme.${partner}.standard.2026`,
    type: 'CommissionReleased',
    at,
    data: {
      entity,
      partner,
      amount: String(amount),
      entry: entryOf('BRL/2', entity, { [HELD]: amount }, { [RELEASED]: amount }, { partner }),
    },
  });

/** Payouts takes a release in; what was taken back is owed, as far as nothing is payable. */
export async function taken(
  books: TestBooks,
  { entity, partner }: OfPartner,
  release: string,
  amount: bigint,
  at: string,
  against: string = PAYABLE,
): Promise<void> {
  const [debit, credit] = amount > 0n ? [RELEASED, against] : [against, RELEASED];
  const size = amount > 0n ? amount : -amount;
  const entry = entryOf('BRL/2', entity, { [debit]: size }, { [credit]: size }, { partner });
  await books.happen({
    stream: `account-acme.${partner}.${entity}.brl`,
    type: 'ReleaseTaken',
    at,
    because: release,
    data: { entry },
  });
}

import { type Json, type Recorded, instant, prepare, streamOf, uuidV7 } from '@tributary/kernel';

const AT = instant('2026-03-31T12:00:00Z');

/** Events in the order in which they are told, each in its place. */
export class Told {
  readonly events: Recorded[] = [];
  private readonly revisions = new Map<string, bigint>();

  add(
    category: string,
    ids: readonly [string, ...string[]],
    type: string,
    data: { readonly [K in string]: Json },
  ): this {
    const stream = streamOf(category, 't', ...ids);
    const revision = this.revisions.get(stream) ?? 0n;
    this.revisions.set(stream, revision + 1n);
    const position = BigInt(this.events.length + 1);
    const cause = {
      commandId: uuidV7(Number(position)),
      fingerprint: 'f',
      actor: 'key:test',
      causationId: null,
      correlationId: 'c',
      traceParent: null,
    };
    const event = prepare({ type, data, occurredAt: AT }, cause, 0, uuidV7(Number(position)));
    const place = { stream, revision, position, tenant: 't', recordedAt: AT };
    this.events.push({ ...cause, ...event, ...place, data: data });
    return this;
  }
}

/** `debit` and `credit` in pairs of account and amount. */
export function entryOf(
  debit: readonly (readonly [string, number])[],
  credit: readonly (readonly [string, number])[],
  partner: string | null = 'p1',
): { readonly legs: Json } {
  const leg =
    (side: string) =>
    ([account, amount]: readonly [string, number]) => ({
      account,
      side,
      amount: String(amount),
      asset: 'BRL/2',
      dimensions: {
        entity: 'main',
        programme: '-',
        ...(partner !== null && { partner }),
        ...(account === 'Assets:Cash' && { bank: 'itau' }),
      },
    });
  return { legs: [...debit.map(leg('debit')), ...credit.map(leg('credit'))] };
}

import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { type Day, dayOf, hasCode, instant } from '@tributary/kernel';
import { Refusal, ServiceRuntime } from '@tributary/platform';
import { beancount } from '../domain/export/beancount';
import type { Exported, Writer } from '../domain/export/exported';
import { hledger } from '../domain/export/hledger';
import { csv, jsonl } from '../domain/export/rows';
import { Balances } from '../read-model/balances.queries';
import { Entries } from '../read-model/entries.queries';
import type { Book, Standpoint } from '../read-model/standpoints';

export const FORMATS = ['hledger', 'beancount', 'csv', 'jsonl'] as const;
export type Format = (typeof FORMATS)[number];

const WRITERS: Readonly<Record<Format, Writer>> = { hledger, beancount, csv, jsonl };
const CHUNK_CHARACTERS = 64 * 1024;

/** The books of an entity as a file that others can check: written while it is read, so its length does not matter. */
@Injectable()
export class Exports {
  constructor(
    private readonly runtime: ServiceRuntime,
    private readonly balances: Balances,
    private readonly entries: Entries,
  ) {}

  async of(
    standpoint: Standpoint,
    format: Format,
    entity: string,
    { from, to }: { readonly from: Day | undefined; readonly to: Day | undefined },
  ): Promise<Readable> {
    const book = standpoint.books.find((one) => one.entity === entity);
    if (!book) throw booksUnknown(entity);
    const exported = await this.exported(standpoint, book, from, to);
    const chunks = chunksOf(WRITERS[format](exported));
    // The first one is awaited, so that what cannot be told at all is refused rather than cut off.
    const first = await refusing(chunks.next());
    return Readable.from(continued(first, chunks), { objectMode: false });
  }

  private async exported(
    asked: Standpoint,
    { entity, zone }: Book,
    from: Day | undefined,
    to: Day | undefined,
  ): Promise<Exported> {
    const standpoint = { ...asked, effective: to ?? asked.effective };
    const [before, closing, days] = await Promise.all([
      from === undefined ? [] : this.balances.byAccount(standpoint, { entity, before: from }),
      this.balances.byAccount(standpoint, { entity }),
      this.daysOf(standpoint, entity, zone),
    ]);
    // Books are known as soon as anything was ever booked, which may stand further on in the log.
    if (days === undefined) throw booksUnknown(entity);
    const last = standpoint.effective;
    const first = from ?? (last !== null && last < days.first ? last : days.first);
    return {
      entity,
      zone,
      position: asked.position,
      known: asked.known,
      from: first,
      to: last ?? (days.last > first ? days.last : first),
      opening: before,
      legs: this.entries.legs(standpoint, { entity, from }, 'time'),
      closing,
    };
  }

  private async daysOf(
    { tenant, position }: Standpoint,
    entity: string,
    zone: string,
  ): Promise<{ readonly first: Day; readonly last: Day } | undefined> {
    const { rows } = await this.runtime.database.pool.query<
      { first: Date; last: Date } | { first: null }
    >(
      'select min(occurred_at) as first, max(occurred_at) as last from leg where tenant = $1 and entity = $2 and position <= $3',
      [tenant, entity, String(position)],
    );
    const [row] = rows;
    if (!row || row.first === null) return undefined;
    const day = (at: Date) => dayOf(instant(at.toISOString()), zone);
    return { first: day(row.first), last: day(row.last) };
  }
}

const booksUnknown = (entity: string): Refusal =>
  new Refusal(404, 'books_unknown', `Nothing was booked for ${entity}.`);

async function refusing<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!hasCode(error, 'account_not_exportable')) throw error;
    const { message, facts } = error;
    throw new Refusal(422, 'account_not_exportable', message, { facts });
  }
}

async function* chunksOf(parts: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  let chunk = '';
  for await (const part of parts) {
    chunk += part;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}

async function* continued(
  first: IteratorResult<string, void>,
  rest: AsyncGenerator<string, void, undefined>,
): AsyncGenerator<string, void, undefined> {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}

import { text } from 'node:stream/consumers';

import { type Json, type Recorded, canonicalJson, idsOf, periodPartOf } from '@tributary/kernel';
import { type Exported, beancount, hledger } from '@tributary/standalone';

import { CertifiedMonths } from './certified-months';
import { MonthBooks, type Row } from './month-books';

/** By path inside the pack. */
export type Files = ReadonlyMap<string, string>;

export interface Derived {
  readonly files: Files;
  /** What certificates say, and whether the events say so too. */
  readonly certified: Pick<CertifiedMonths, 'uncertified' | 'wrong'>;
}

/**
 * Everything in a pack that follows from its events: made the same way by whoever writes a pack and by whoever verifies one, so that
 * no figure in it has to be believed. `events` is read twice.
 */
export async function derivedFiles(
  events: () => AsyncIterable<Recorded>,
  month: string,
): Promise<Derived> {
  const certified = new CertifiedMonths();
  const books = new MonthBooks(month, (leg) => certified.take(leg));
  const engines = new Map<string, number>();
  const files = new Map<string, string>();
  for await (const event of events()) {
    books.learn(event);
    certified.learn(event);
    countEngine(event, engines);
    for (const [path, content] of [...plansIn(event), ...certificateIn(event, month)])
      files.set(path, content);
  }
  for await (const event of events()) books.take(event);
  files.set('engines.json', enginesText(engines));
  for (const { exported, rows } of books.ofEntities()) {
    const folder = `books/${exported.entity}`;
    files.set(`${folder}/journal.hledger`, await text(hledger(exported)));
    files.set(`${folder}/journal.beancount`, await text(beancount(exported)));
    files.set(`${folder}/trial-balance.json`, trialBalance(month, exported, rows));
  }
  return { files: new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1))), certified };
}

interface PlanPublished {
  readonly plan: string;
  readonly steps: readonly { readonly value: { readonly version: number; readonly plan: Json } }[];
}

/** As it was hashed, without a newline: the hash in every posting is that of the file. */
function plansIn({ type, data }: Recorded): readonly (readonly [string, string])[] {
  if (type !== 'PlanVersionPublished') return [];
  const { plan, steps } = data as unknown as PlanPublished;
  return steps.map(({ value }) => [
    `plans/${plan}.v${value.version}.json`,
    canonicalJson(value.plan),
  ]);
}

function countEngine({ type, data }: Recorded, engines: Map<string, number>): void {
  if (type !== 'CommissionPosted') return;
  const version = data['version'] as {
    readonly engine: string;
    readonly engineHash: string;
  } | null;
  if (version === null) return;
  const key = `${version.engine} ${version.engineHash}`;
  engines.set(key, (engines.get(key) ?? 0) + 1);
}

/** Which engines computed the postings, by the hash over everything that such an engine is made of. */
function enginesText(engines: ReadonlyMap<string, number>): string {
  const named = [...engines]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, postings]) => {
      const [engine = '', hash = ''] = key.split(' ');
      return { engine, hash, postings };
    });
  return jsonText({ engines: named });
}

/** Of the entity's month, where payouts has certified it. */
function certificateIn(event: Recorded, month: string): readonly (readonly [string, string])[] {
  const { type, stream, revision, id, contentHash, recordedAt, data } = event;
  if (type !== 'PeriodCertified') return [];
  const [entity = '', part = ''] = idsOf(stream);
  if (part !== periodPartOf(month)) return [];
  const said = { stream, revision: String(revision), id, contentHash, recordedAt, data };
  return [[`books/${entity}/certificate.json`, jsonText(said)]];
}

function trialBalance(
  month: string,
  { entity, zone, from, to, known }: Exported,
  rows: readonly Row[],
): string {
  const accounts = rows.map(({ account, asset, opening, debit, credit, closing }) => ({
    account,
    asset,
    opening: String(opening),
    debit: String(debit),
    credit: String(credit),
    closing: String(closing),
  }));
  return jsonText({ entity, zone, period: month, from, to, known, accounts });
}

export const jsonText = (value: Json): string => `${canonicalJson(value)}\n`;

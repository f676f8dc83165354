import type { Client } from 'pg';

import {
  type BucketDigest,
  type DigestedTable,
  bucketDigestOf,
  digestOf,
  rowsIn,
} from './table-digest';

export interface ComparedTable {
  readonly service: string;
  readonly table: string;
  readonly rows: number;
  readonly sha256: string;
  /** Undefined where there was nothing to compare with. */
  readonly equal: boolean | undefined;
  /** What differs, by key; of many the first. */
  readonly differences: readonly string[];
}

export interface OfService extends DigestedTable {
  readonly service: string;
}

const MOST_DIFFERENCES = 5;

/** Both clients stand in a transaction of their own, so each sees one moment. */
export async function compareTable(
  digested: OfService,
  rebuilt: Client,
  live: Client | undefined,
): Promise<ComparedTable> {
  const { service, name: table } = digested;
  if (live === undefined) {
    const digest = await digestOf(rebuilt, digested);
    return { service, table, ...digest, equal: undefined, differences: [] };
  }
  const [ours, theirs] = await Promise.all([
    bucketDigestOf(rebuilt, digested),
    bucketDigestOf(live, digested),
  ]);
  const { rows, sha256 } = ours;
  const equal = theirs.sha256 === sha256;
  const differences = equal ? [] : await differencesOf(digested, rebuilt, live, [ours, theirs]);
  return { service, table, rows, sha256, equal, differences };
}

async function differencesOf(
  digested: DigestedTable,
  rebuilt: Client,
  live: Client,
  [ours, theirs]: readonly [BucketDigest, BucketDigest],
): Promise<readonly string[]> {
  const buckets = new Set(
    ours.buckets.flatMap((hash, i) => (hash === theirs.buckets[i] ? [] : [i])),
  );
  const here = await rowsIn(rebuilt, digested, buckets);
  const there = await rowsIn(live, digested, buckets);
  const differences: string[] = [];
  for (const key of [...new Set([...here.keys(), ...there.keys()])].sort()) {
    const [ourRow, theirRow] = [here.get(key), there.get(key)];
    if (ourRow === undefined) differences.push(`${key} does not follow from the log`);
    else if (theirRow === undefined) differences.push(`${key} is missing in the live system`);
    else {
      const columns = Object.keys(ourRow).filter((name) => ourRow[name] !== theirRow[name]);
      const said = columns.map(
        (name) => `${name} is ${String(theirRow[name])}, the log gives ${String(ourRow[name])}`,
      );
      if (said.length > 0) differences.push(`${key}: ${said.join('; ')}`);
    }
    if (differences.length === MOST_DIFFERENCES) break;
  }
  return differences;
}

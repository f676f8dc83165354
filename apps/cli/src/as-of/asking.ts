import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { CodedError } from '@tributary/kernel';

import type { Surroundings } from '../command';
import { textOf } from '../files';
import { dataDirectoryOf } from '../log-source';
import { type ServerOfLog, serverOf } from '../server';

const SERVER = 'http://127.0.0.1:4000';

export const COMMON = {
  server: { type: 'string', default: SERVER },
  key: { type: 'string' },
  'data-dir': { type: 'string' },
  json: { type: 'boolean', default: false },
  account: { type: 'string' },
  entity: { type: 'string' },
  asset: { type: 'string' },
  partner: { type: 'string' },
} as const;

export const COMMON_HELP = `  --server <address>   where it runs; otherwise ${SERVER}
  --key <api key>      otherwise TRIBUTARY_KEY, otherwise the auditor's in keys.json of the data directory
  --data-dir <dir>     (TRIBUTARY_DATA_DIR, .data)`;

export type Parameters = Readonly<Record<string, string | undefined>>;
export type Answer = Readonly<Record<string, unknown>>;
export type Cells = Readonly<Record<string, string>>;

/** What an answer rests on in the signed log. */
export interface Resting {
  readonly known: string | null;
  readonly position: string;
  readonly leaf: number | null;
  readonly checkpoint: { readonly size: number; readonly root: string } | null;
}

export function queryOf(parameters: Parameters): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) query.set(name, value);
  return query.size === 0 ? '' : `?${query.toString()}`;
}

export async function whereOf(
  command: string,
  given: Readonly<Partial<Record<'data-dir' | 'key', string>>> & { readonly server: string },
  { variables }: Surroundings,
): Promise<ServerOfLog> {
  const named = given.key ?? variables['TRIBUTARY_KEY'];
  if (named !== undefined) return serverOf(given.server, named, command);
  const directory = dataDirectoryOf(given['data-dir'] ?? variables['TRIBUTARY_DATA_DIR']);
  const file = join(directory, 'keys.json');
  const keys = existsSync(file) ? (JSON.parse(await textOf(file)) as Parameters) : {};
  return serverOf(given.server, keys['auditor'], command);
}

export const unusable = (command: string, message: string): CodedError =>
  new CodedError('invalid_option', `${message}\nTry: tributary ${command} --help`);

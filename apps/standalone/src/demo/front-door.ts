import { setTimeout } from 'node:timers/promises';
import type { UpstreamEvent } from '@tributary/contracts';
import { CodedError } from '@tributary/kernel';
import type { Entry } from './registry';

export interface Entered {
  readonly id: string;
  readonly token: string;
}

/** The key of the entry makes it one command, however often it is entered. */
export const entered = <Who extends string>(
  address: string,
  keys: Readonly<Record<Who, string>>,
  { key, by, path, body }: Entry<Who>,
): Promise<Entered> =>
  sent<Entered>(address + path, {
    key: keys[by],
    type: 'application/json',
    headers: { 'idempotency-key': key },
    body,
  });

export interface Heard {
  readonly status: number;
  readonly correlationId: string;
}

/** What upstream systems tell, all at once; one answer each. */
export async function told(
  address: string,
  key: string,
  facts: readonly UpstreamEvent[],
): Promise<readonly Heard[]> {
  const type = 'application/cloudevents-batch+json';
  const { items } = await sent<{ items: readonly Heard[] }>(`${address}/v1/events`, {
    ...{ key, type },
    body: facts,
  });
  const refused = items.filter(({ status }) => status >= 300);
  if (refused.length > 0) throw refusal(refused);
  return items;
}

interface Sent {
  readonly key: string;
  readonly type: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes go as they are, anything else as JSON. */
  readonly body: unknown;
}

export async function sent<T>(url: string, { key, type, headers = {}, body }: Sent): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': type, ...headers },
    body: body instanceof Uint8Array ? body : JSON.stringify(body),
  });
  return await answered<T>(response);
}

export const asked = async <T>(url: string, key: string): Promise<T> =>
  await answered<T>(await fetch(url, { headers: { authorization: `Bearer ${key}` } }));

export async function downloaded(url: string, key: string): Promise<Uint8Array> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
  if (!response.ok) throw refusal(await response.json());
  return new Uint8Array(await response.arrayBuffer());
}

async function answered<T>(response: Response): Promise<T> {
  const answer: unknown = await response.json();
  if (!response.ok) throw refusal(answer);
  return answer as T;
}

const PAUSE_MS = 50;
const PATIENCE_MS = 60_000;

/** Until it is so, which other services decide in their own time. */
export async function until<T>(ask: () => Promise<T>, isSo: (answer: T) => boolean): Promise<T> {
  for (const began = Date.now(); ; await setTimeout(PAUSE_MS)) {
    const answer = await ask();
    if (isSo(answer)) return answer;
    if (Date.now() - began > PATIENCE_MS) throw refusal(answer);
  }
}

export const refusal = (answer: unknown): CodedError =>
  new CodedError(
    'demo_refused',
    `The demo programme was refused: ${JSON.stringify(answer)}\nnpm start -- --empty leaves it out.`,
    { answer },
  );

import { CodedError } from '@tributary/kernel';

/** A running system, and a key that opens it. */
export interface ServerOfLog {
  readonly address: string;
  readonly key: string;
}

/** What we show of a refusal; `errors` names each field that does not fit. */
interface Problem {
  readonly code?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly detail: string }[];
}

const ANSWER_LIMIT_MS = 30_000;

export function serverOf(address: string, key: string | undefined, command: string): ServerOfLog {
  if (!URL.canParse(address)) {
    throw new CodedError(
      'invalid_option',
      `--server takes an address such as http://127.0.0.1:3000.\nTry: tributary ${command} --help`,
    );
  }
  if (key === undefined) {
    const message = `--key, or TRIBUTARY_KEY, names the API key to ask with.\nTry: tributary ${command} --help`;
    throw new CodedError('invalid_option', message);
  }
  return { address: address.replace(/\/+$/, ''), key };
}

/** What a system answers; a refusal is an error in its own words. */
export async function askServer<T>(server: ServerOfLog, path: string): Promise<T> {
  const headers = { authorization: `Bearer ${server.key}`, accept: 'application/json' };
  const response = await fetched(`${server.address}${path}`, { headers });
  const text = await response.text();
  const body = parsed(text);
  if (response.ok && body !== undefined) return body as T;
  const { code = 'refused', detail = '', errors = [] } = (body ?? {}) as Problem;
  const said = [detail || code, ...errors.map((error) => error.detail)].join(' ');
  const message = `${server.address}${path} answered ${response.status}: ${said}`;
  throw new CodedError(code, message, { status: response.status });
}

/** Whatever stands between us and the system may answer in another language. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Rejects with `unavailable` where nobody answers. */
export async function fetched(url: string, init: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
  } catch (error) {
    const why = (error as Error & { cause?: Error }).cause?.message ?? (error as Error).message;
    throw new CodedError('unavailable', `${url} does not answer: ${why}`, {}, { cause: error });
  }
}

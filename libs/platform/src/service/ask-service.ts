import { unavailable } from '@tributary/kernel';

/** Another service, as this one reaches it: where it answers, and the token that all of them share. */
export interface Neighbour {
  readonly url: string;
  readonly token: string;
  /** In the words of whoever waits for it. */
  readonly what: string;
}

export interface Answered {
  readonly ok: boolean;
  readonly status: number;
  /** Null where a refusal came without any, as proxies answer. */
  readonly body: unknown;
}

/** What it answers, a refusal included. Who is out of reach, fails, or answers with something else is not available. */
export async function askService(
  { url, token, what }: Neighbour,
  path: string,
  { limitMs, order }: { readonly limitMs: number; readonly order?: object },
): Promise<Answered> {
  try {
    const response = await fetch(`${url.replace(/\/$/, '')}${path}`, {
      headers: {
        authorization: `Bearer ${token}`,
        ...(order && { 'content-type': 'application/json' }),
      },
      signal: AbortSignal.timeout(limitMs),
      ...(order && { method: 'POST', body: JSON.stringify(order) }),
    });
    const { ok, status } = response;
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    if (status < 500 && (isJson || !ok))
      return { ok, status, body: isJson ? await response.json() : null };
  } catch (error) {
    throw unavailable(what, error);
  }
  throw unavailable(what);
}

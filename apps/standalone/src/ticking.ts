import {
  CodedError,
  type Instant,
  instantOfMs,
  msOf,
  unavailable,
  uuidV5,
} from '@tributary/kernel';

/** Where a command that time gives is taken; each is a route of one service. */
const COMMANDS = {
  releases: { service: 'commission', path: '/v1/releases' },
  tiers: { service: 'tiers', path: '/v1/tier-evaluations' },
  runs: { service: 'payouts', path: '/v1/payout-runs/advance' },
  breaks: { service: 'payouts', path: '/v1/breaks/ageing' },
  // What it hands on comes with the next hour, so that nothing above waits for it.
  facts: { service: 'attribution', path: '/v1/due-facts' },
} as const;

export type Ticked = keyof typeof COMMANDS;
export type TickedService = (typeof COMMANDS)[Ticked]['service'];

export interface Ticking {
  /** Where each service answers; one address for all where they share one. */
  readonly addresses: Readonly<Record<TickedService, string>>;
  /** Of an admin: it says whose time it is. */
  readonly key: string;
  readonly asOf: Instant;
}

const LIMIT_MS = 120_000;

/**
 * Time is a command: what has become due by then is handed on, released, evaluated, drafted and aged. Sent twice, or late, it decides nothing
 * more, and what one leaves for another at the last moment comes with the next hour; so whoever keeps the time may be as plain as cron.
 */
export async function tick({ addresses, key, asOf }: Ticking): Promise<Record<Ticked, unknown>> {
  const answers: Partial<Record<Ticked, unknown>> = {};
  for (const [name, { service, path }] of Object.entries(COMMANDS)) {
    answers[name as Ticked] = await sendAll(`${addresses[service]}${path}`, key, {
      asOf: name === 'breaks' ? asOf.slice(0, 'YYYY-MM-DD'.length) : asOf,
    });
  }
  return answers as Record<Ticked, unknown>;
}

interface Asked {
  readonly asOf: string;
  readonly after?: string;
}

/** Some take a page at a time, each a command of its own; the last answer stands for all. */
async function sendAll(url: string, key: string, asked: Asked): Promise<unknown> {
  let answer = await send(url, key, asked);
  for (let next = nextOf(answer); next !== null; next = nextOf(answer))
    answer = await send(url, key, { ...asked, after: next });
  return answer;
}

const keyOf = ({ asOf, after }: Asked): string =>
  after === undefined ? `tick:${asOf}` : `tick:${asOf}:${uuidV5('page', after)}`;

const nextOf = (answer: unknown): string | null => {
  const { next } = answer as { readonly next?: unknown };
  return typeof next === 'string' ? next : null;
};

async function send(url: string, key: string, body: Asked): Promise<unknown> {
  const response = await ask(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'idempotency-key': keyOf(body),
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  const answer: unknown = await response.json();
  if (response.ok) return answer;
  throw new CodedError('tick_refused', `${url} refused it: ${JSON.stringify(answer)}`, { answer });
}

async function ask(url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (error) {
    throw unavailable(url, error);
  }
}

const HOUR_MS = 3_600_000;

/** The hour that has begun: every process that keeps the time sends the same commands in it. */
export const hourOf = (nowMs: number): Instant =>
  instantOfMs(Math.floor(nowMs / HOUR_MS) * HOUR_MS);

/** Once an hour, from the next one on. What fails is told and comes again with the next. */
export function keepTime(
  of: Omit<Ticking, 'asOf'>,
  failed: (error: unknown) => void,
  nowMs: () => number = Date.now,
): { stop(): Promise<void> } {
  let running = Promise.resolve();
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const nextMs = msOf(hourOf(nowMs())) + HOUR_MS;
    timer = setTimeout(() => {
      running = tick({ ...of, asOf: hourOf(nowMs()) }).then(() => undefined, failed);
      wait();
    }, nextMs - nowMs());
    timer.unref();
  };
  wait();
  return {
    async stop() {
      clearTimeout(timer);
      await running;
    },
  };
}

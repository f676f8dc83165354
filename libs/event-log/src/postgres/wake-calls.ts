import { Client, type Pool } from 'pg';
import type { Position } from '../port';

export interface WakeCallsOptions {
  readonly pool: Pool;
  readonly url: string;
  readonly schema: string;
  /** With the head that was called out; without one where calls may have been missed. */
  readonly wake: (head?: Position) => void;
  readonly onError: (error: unknown) => void;
}

/** Rests between two calls, so that a stream of small batches does not become a stream of calls. */
const REST_MS = 5;
const RECONNECT_MS = { min: 100, max: 10_000 };

/**
 * NOTIFY after each committed batch, at most one on its way; LISTEN while somebody subscribes. Calls only shorten the
 * wait: whoever misses one finds the events at its next poll.
 */
export class WakeCalls {
  private readonly channel: string;
  private due: Position | undefined;
  /** What we call out ourselves: whoever subscribes here was woken for it already, without the detour by the server. */
  private calledOut: string | undefined;
  private calling: Promise<void> | undefined;
  private listener: Client | undefined;
  private listening: Promise<void> | undefined;
  private reconnect: (() => void) | undefined;
  private closed = false;

  constructor(private readonly options: WakeCallsOptions) {
    this.channel = `tributary_${options.schema}_event`;
  }

  /** Outside the append's transaction: inside, it would serialise every commit of the server. */
  announce(head: Position): void {
    this.due = head;
    this.calling ??= this.call();
  }

  listen(): void {
    if (!this.closed) this.listening ??= this.keepListening();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.reconnect?.();
    const { listener } = this;
    this.listener = undefined;
    await listener?.end();
    await Promise.all([this.calling, this.listening]);
  }

  private async call(): Promise<void> {
    while (this.due !== undefined) {
      this.calledOut = String(this.due);
      this.due = undefined;
      try {
        await this.options.pool.query({
          name: 'event_log_notify',
          text: 'select pg_notify($1, $2)',
          values: [this.channel, this.calledOut],
        });
      } catch (error) {
        this.options.onError(error);
      }
      if (!this.closed) await pause(REST_MS);
    }
    this.calling = undefined;
  }

  private async keepListening(): Promise<void> {
    for (let failures = 0; !this.closed; failures++) {
      try {
        await this.listenOnce(() => {
          failures = 0;
        });
      } catch (error) {
        if (!this.closed) this.options.onError(error);
      }
      if (this.closed) return;
      const ceiling = Math.min(RECONNECT_MS.max, RECONNECT_MS.min * 2 ** failures);
      await this.restBeforeReconnect(
        RECONNECT_MS.min + Math.random() * (ceiling - RECONNECT_MS.min),
      );
    }
  }

  /** Until the connection ends. */
  private async listenOnce(onListening: () => void): Promise<void> {
    const { url, schema, wake, onError } = this.options;
    const client = new Client({
      connectionString: url,
      application_name: `tributary ${schema} listener`,
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
    });
    const ended = new Promise<void>((resolve) => client.once('end', resolve));
    client.on('error', onError);
    client.on('notification', ({ payload }) => {
      if (payload !== this.calledOut) wake(headIn(payload));
    });
    this.listener = client;
    // A client that is told to end while it connects never says whether it did.
    await Promise.race([client.connect(), ended]);
    if (this.closed) return;
    await client.query(`listen ${client.escapeIdentifier(this.channel)}`);
    onListening();
    // Something may have happened while nobody listened.
    wake();
    await ended;
  }

  private async restBeforeReconnect(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.reconnect = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Anybody who may connect may call on the channel, and say anything. */
const headIn = (payload = ''): Position | undefined =>
  /^\d{1,18}$/.test(payload) ? BigInt(payload) : undefined;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

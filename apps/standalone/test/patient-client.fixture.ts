import type { Product, Site } from './product.fixture';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers of many routes, each looked at by a matcher.
export type Answer = any;
export type Role = keyof Site['keys'];

const LIMIT_MS = 20_000;
const PAUSE_MS = 50;
/** No outage of a test lasts so long; whoever is refused for longer has found a defect. */
const PATIENCE_MS = 180_000;

/** Somebody who asks again, under the same key, until there is an answer: as a program does whose other side may go away at any moment. */
export class PatientClient {
  private commands = 0;

  /** Keys outlive the process that issued them, and a repeat is only a repeat when the same person sends it. */
  constructor(
    private readonly product: Pick<Product, 'site'>,
    private readonly keys: Site['keys'],
  ) {}

  async command(path: string, body: object, as: Role = 'finance'): Promise<Answer> {
    this.commands += 1;
    const headers = {
      'content-type': 'application/json',
      'idempotency-key': `command-${String(this.commands)}`,
    };
    return await this.json(path, as, { method: 'POST', body: JSON.stringify(body), headers });
  }

  /** A file, as it is. */
  async upload(path: string, body: Uint8Array): Promise<Answer> {
    const headers = { 'content-type': 'application/octet-stream' };
    return await this.json(path, 'finance', { method: 'POST', body, headers });
  }

  async told(facts: readonly object[]): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', body: JSON.stringify(facts), headers };
    const { items } = await this.json('/v1/events', 'upstream', init);
    expect(items.filter(({ status }: Answer) => status !== 202 && status !== 200)).toEqual([]);
  }

  async read(path: string): Promise<Answer> {
    return await this.json(path, 'admin', {});
  }

  async bytes(path: string): Promise<Buffer> {
    return await this.patiently(path, 'admin', {});
  }

  /** Until it is so; gives what is there then, or at the end, for the test to look at. */
  async eventually<T>(ask: () => Promise<T>, isSo: (found: T) => boolean): Promise<T> {
    for (const deadlineMs = Date.now() + PATIENCE_MS; ;) {
      const found = await ask();
      if (isSo(found) || Date.now() > deadlineMs) return found;
      await pause(PAUSE_MS);
    }
  }

  private async json(path: string, as: Role, init: RequestInit): Promise<Answer> {
    return JSON.parse((await this.patiently(path, as, init)).toString());
  }

  private async patiently(path: string, as: Role, init: RequestInit): Promise<Buffer> {
    for (const deadlineMs = Date.now() + PATIENCE_MS; ;) {
      const [outcome] = await Promise.allSettled([this.once(path, as, init)]);
      if (outcome.status === 'fulfilled' && outcome.value.status !== 503) {
        const { status, body } = outcome.value;
        if (status >= 400) throw new Error(`${path}: ${String(status)} ${body.toString()}`);
        return body;
      }
      if (Date.now() > deadlineMs)
        throw new Error(`Nobody answers ${path}: ${JSON.stringify(outcome)}`);
      await pause(PAUSE_MS);
    }
  }

  private async once(path: string, as: Role, init: RequestInit) {
    const { url } = await this.product.site();
    const response = await fetch(url + path, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${this.keys[as]}` },
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
  }
}

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

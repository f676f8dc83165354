import type { Owner, Published } from '@tributary/contracts';
import type { PublishedReader } from '@tributary/feeds';
import { CodedError, unavailable } from '@tributary/kernel';
import { type PublishedWire, publishedFromWire } from './published-wire';

const LIMIT_MS = 10_000;

/** Another service's `published`, over HTTP: what fills gaps, and what a new consumer reads first. */
export class PublishedClient implements PublishedReader {
  constructor(
    private readonly url: string,
    private readonly owner: Owner,
    private readonly token: string,
  ) {}

  async after(position: bigint, limit: number): ReturnType<PublishedReader['after']> {
    const page = await this.get<{ events: PublishedWire[]; through: string }>(
      `?after=${position}&limit=${limit}`,
    );
    return { events: page.events.map(publishedFromWire), through: BigInt(page.through) };
  }

  async ofStream(stream: string, after: bigint | null): Promise<readonly Published[]> {
    const query = after === null ? '' : `?after=${after}`;
    const page = await this.get<{ events: PublishedWire[] }>(
      `/${encodeURIComponent(stream)}${query}`,
    );
    return page.events.map(publishedFromWire);
  }

  private async get<T>(rest: string): Promise<T> {
    const address = `${this.url.replace(/\/$/, '')}/v1/published/${this.owner}${rest}`;
    let response: Response;
    try {
      response = await fetch(address, {
        headers: { authorization: `Bearer ${this.token}` },
        signal: AbortSignal.timeout(LIMIT_MS),
      });
    } catch (error) {
      throw unavailable(`The published events of ${this.owner}`, error);
    }
    if (response.status >= 500) throw unavailable(`The published events of ${this.owner}`);
    if (!response.ok) {
      const message = `${this.owner} answered ${response.status}; do both services have the same SERVICE_TOKEN?`;
      throw new CodedError('published_refused', message, {
        owner: this.owner,
        status: response.status,
      });
    }
    return (await response.json()) as T;
  }
}

import type { Owner, Published } from '@tributary/contracts';
import type { PublishedReader } from '@tributary/feeds';
import { CodedError } from '@tributary/kernel';
import { askService } from './ask-service';
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
    const { owner, url, token } = this;
    const what = `The published events of ${owner}`;
    const path = `/v1/published/${owner}${rest}`;
    const { ok, status, body } = await askService({ url, token, what }, path, {
      limitMs: LIMIT_MS,
    });
    if (ok) return body as T;
    const message = `${owner} answered ${status}; do both services have the same SERVICE_TOKEN?`;
    throw new CodedError('published_refused', message, { owner, status });
  }
}

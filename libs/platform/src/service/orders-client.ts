import type { Owner } from '@tributary/contracts';
import { CodedError, unavailable } from '@tributary/kernel';
import type { Order, OrderAnswer } from './orders';

const LIMIT_MS = 20_000;

/** Orders to a service in another process. Whether one that was not answered was carried out, its repeat will tell. */
export class OrdersClient {
  constructor(
    private readonly url: string,
    private readonly owner: Owner,
    private readonly token: string,
  ) {}

  async send(order: Order): Promise<OrderAnswer> {
    const { owner } = this;
    let response: Response;
    let body: unknown;
    try {
      response = await fetch(`${this.url.replace(/\/$/, '')}/v1/orders/${owner}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
        body: JSON.stringify(order),
        signal: AbortSignal.timeout(LIMIT_MS),
      });
      body = await response.json();
    } catch (error) {
      throw unavailable(`The door of ${owner} for orders`, error);
    }
    if (response.status >= 500) throw unavailable(`The door of ${owner} for orders`);
    if (response.ok) return body as OrderAnswer;
    const { code } = body as { readonly code?: string };
    const message = `${owner} answered ${response.status} to ${order.type}, ${code ?? 'without a code'}.`;
    throw new CodedError('order_refused', message, { owner, status: response.status, code });
  }
}

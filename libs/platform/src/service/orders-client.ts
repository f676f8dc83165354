import type { Owner } from '@tributary/contracts';
import { CodedError } from '@tributary/kernel';
import { askService } from './ask-service';
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
    const { owner, url, token } = this;
    const what = `The door of ${owner} for orders`;
    const { ok, status, body } = await askService({ url, token, what }, `/v1/orders/${owner}`, {
      limitMs: LIMIT_MS,
      order,
    });
    if (ok) return body as OrderAnswer;
    const { code } = (body ?? {}) as { readonly code?: string };
    const message = `${owner} answered ${status} to ${order.type}, ${code ?? 'without a code'}.`;
    throw new CodedError('order_refused', message, { owner, status, code });
  }
}

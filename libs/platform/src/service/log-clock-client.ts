import { CodedError } from '@tributary/kernel';
import { askService } from './ask-service';
import type { LogPoint, PointAsked } from './log-clock';

/** For the way there and back, beyond what the ledger is given to read on. */
const PATIENCE_MS = 10_000;

type Wire = Omit<LogPoint, 'position'> & { readonly position: string };

/** The clock of a ledger in another process. */
export class LogClockClient {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  async at({ known, position, timeoutMs }: PointAsked): Promise<LogPoint | undefined> {
    const { url, token } = this;
    const what = 'The clock of the log, which the ledger keeps,';
    const query = new URLSearchParams({
      timeoutMs: String(timeoutMs),
      ...(known !== undefined && { known }),
      ...(position !== undefined && { position: String(position) }),
    });
    const path = `/v1/log-clock?${query.toString()}`;
    const { ok, status, body } = await askService({ url, token, what }, path, {
      limitMs: timeoutMs + PATIENCE_MS,
    });
    if (!ok) {
      const message = `The ledger answered ${status}; do both services have the same SERVICE_TOKEN?`;
      throw new CodedError('log_clock_refused', message, { status });
    }
    const { point } = body as { readonly point: Wire | null };
    return point === null ? undefined : { ...point, position: BigInt(point.position) };
  }
}

const DEEPEST = 8;

/** An error and what it wraps: `cause`, TypeORM's `driverError`, the parts of an `AggregateError`. */
export function chainOf(error: unknown): object[] {
  const chain: object[] = [];
  const open = [error];
  while (open.length > 0 && chain.length < DEEPEST) {
    const link = open.shift();
    if (typeof link !== 'object' || link === null || chain.includes(link)) continue;
    chain.push(link);
    const { cause, driverError, errors } = link as {
      cause?: unknown;
      driverError?: unknown;
      errors?: unknown;
    };
    open.push(cause, driverError, ...(Array.isArray(errors) ? (errors as unknown[]) : []));
  }
  return chain;
}

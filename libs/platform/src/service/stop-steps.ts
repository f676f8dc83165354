/** The steps of a stop: those that have begun and not ended are what it waits for. */
export class StopSteps {
  private readonly begun = new Set<() => string>();

  /** `connectionsInUse`: of the pool that the step waits for, which closes once all of them have been given back. */
  async during(
    step: string,
    work: () => Promise<void>,
    connectionsInUse?: () => number,
  ): Promise<void> {
    const told = () =>
      connectionsInUse === undefined ? step : `${step} (${connectionsInUse()} connections in use)`;
    this.begun.add(told);
    try {
      await work();
    } finally {
      this.begun.delete(told);
    }
  }

  unfinished(): readonly string[] {
    return [...this.begun].map((told) => told());
  }
}

/** In the opposite order in which they were opened. One that fails keeps none of the others open; what went wrong is said at the end. */
export async function closeInTurn(opened: (() => Promise<void>)[]): Promise<void> {
  const failed: unknown[] = [];
  for (let close = opened.pop(); close; close = opened.pop()) {
    try {
      await close();
    } catch (error) {
      failed.push(error);
    }
  }
  if (failed.length > 0) throw new AggregateError(failed, 'Something could not be closed.');
}

import { Injectable } from '@nestjs/common';

/** Resolves when the part works; the text of a rejection is logged, never shown. */
export type Check = () => Promise<void>;

/** Whether an error comes of something that a part is still making, and that will be there without a hand. */
export type StillMade = (error: unknown) => boolean;

const CHECK_LIMIT_MS = 3_000;

/** Whether this process may take requests: what its parts say, and whether it is on its way out. */
@Injectable()
export class Lifecycle {
  private readonly checks = new Map<string, Check>();
  private readonly makers: StillMade[] = [];
  private draining = false;

  get isDraining(): boolean {
    return this.draining;
  }

  drain(): void {
    this.draining = true;
  }

  /** The name is public: it says which part, and nothing about where it is. */
  register(name: string, check: Check): void {
    this.checks.set(name, check);
  }

  /** A process takes requests while its parts still make something; only those that need it have to wait. */
  registerMaker(isStillMade: StillMade): void {
    this.makers.push(isStillMade);
  }

  isStillMade(error: unknown): boolean {
    return this.makers.some((says) => says(error));
  }

  async failing(onFailure: (name: string, error: unknown) => void): Promise<readonly string[]> {
    const results = await Promise.all(
      [...this.checks].map(async ([name, check]) => {
        try {
          await within(CHECK_LIMIT_MS, check());
          return undefined;
        } catch (error) {
          onFailure(name, error);
          return name;
        }
      }),
    );
    return results.filter((name) => name !== undefined);
  }
}

async function within(limitMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${limitMs} ms.`)), limitMs);
  });
  try {
    await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

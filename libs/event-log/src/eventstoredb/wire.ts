import type { AllStreamSubscription, ResolvedEvent } from '@eventstore/db-client';

/** What a subscription says, in the order in which the server said it. */
export type Said =
  { readonly event: ResolvedEvent } | { readonly lookedAt: bigint } | 'caught_up' | 'fell_behind';

const PAUSE_AT = 1_000;
const RESUME_AT = 250;

/** One subscription of the client, turned from something that pushes into something that is asked, and holds only so much. */
export class Wire {
  private readonly said: Said[] = [];
  private readonly remarks: { readonly afterEvents: number; readonly remark: Said }[] = [];
  private events = 0;
  private over = false;
  private failure: Error | undefined;
  private wake: (() => void) | undefined;
  private subscription!: AllStreamSubscription;

  /** The client wants to know whom to tell of checkpoints before there is a subscription. */
  constructor(open: (onCheckpoint: (position: bigint) => void) => AllStreamSubscription) {
    const subscription = open((position) => this.remark({ lookedAt: position }));
    this.subscription = subscription;
    subscription.on('caughtUp', () => this.remark('caught_up'));
    subscription.on('fellBehind', () => this.remark('fell_behind'));
    // Stays for good: an error that comes after the end would otherwise be an uncaught exception.
    subscription.on('error', (error: Error) => this.end(error));
    subscription.on('end', () => this.end());
    subscription.on('close', () => this.end());
    subscription.on('data', (event: ResolvedEvent) => this.take(event));
  }

  get isEmpty(): boolean {
    return this.said.length === 0 && this.subscription.readableLength === 0;
  }

  /** What there is, up to a limit. Waits when there is nothing: until something comes, or says `idle` after `idleMs`. */
  async next(limit: number, idleMs?: number): Promise<readonly Said[] | 'idle' | 'ended'> {
    if (this.said.length === 0 && !this.over) await this.something(idleMs);
    if (this.said.length > 0) {
      const taken = this.said.splice(0, limit);
      if (this.said.length < RESUME_AT && this.subscription.isPaused()) this.subscription.resume();
      return taken;
    }
    if (this.failure) throw this.failure;
    return this.over ? 'ended' : 'idle';
  }

  close(): void {
    if (!this.over) {
      // There is nothing to cancel where the call could not even be opened, and why is told as an error of the subscription.
      this.subscription.unsubscribe().catch((error: Error) => this.end(error));
    }
    this.end();
  }

  private take(event: ResolvedEvent): void {
    // The client may still hand over what was under way when it was told to stop.
    if (this.over) return;
    this.events++;
    this.said.push({ event });
    while (this.remarks[0] && this.remarks[0].afterEvents <= this.events) {
      this.said.push((this.remarks.shift() as { remark: Said }).remark);
    }
    if (this.said.length >= PAUSE_AT) this.subscription.pause();
    this.wake?.();
  }

  /** The client announces these at once, although events that came before may still wait in its buffer. */
  private remark(remark: Said): void {
    if (this.over) return;
    const afterEvents = this.events + this.subscription.readableLength;
    if (afterEvents > this.events || this.remarks.length > 0)
      this.remarks.push({ afterEvents, remark });
    else this.said.push(remark);
    this.wake?.();
  }

  private end(failure?: Error): void {
    if (!this.over && failure) this.failure = failure;
    this.over = true;
    this.wake?.();
  }

  private async something(idleMs: number | undefined): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      if (idleMs !== undefined) timer = setTimeout(resolve, idleMs);
    });
    clearTimeout(timer);
    this.wake = undefined;
  }
}

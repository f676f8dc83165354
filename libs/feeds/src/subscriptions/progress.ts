import { Wake } from '../wake';

/** How far the subscriptions of this process have come, checkpoints and looked-at-in-vain alike. */
export class Progress {
  readonly moved = new Wake();
  private readonly positions = new Map<string, bigint>();

  move(subscription: string, through: bigint): void {
    this.positions.set(subscription, through);
    this.moved.ring();
  }

  /** Another owner may go back to its checkpoint, so what we knew is no longer true. */
  forget(subscription: string): void {
    this.positions.delete(subscription);
  }

  of(subscription: string): bigint | undefined {
    return this.positions.get(subscription);
  }
}

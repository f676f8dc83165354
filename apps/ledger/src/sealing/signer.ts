import type { Instant } from '@tributary/kernel';
import type { Checkpoint, Digest } from '@tributary/proofs';

export interface SignedCheckpoint extends Pick<Checkpoint, 'root' | 'size'> {
  /** With the signature, as it is published. */
  readonly note: string;
  readonly signedAt: Instant;
}

/**
 * Whoever holds the key. It remembers by itself what it signed last, apart from everything that can be restored from a backup,
 * and signs nothing that does not begin with that: a log that went back, or was rewritten, cannot get a signature.
 */
export interface Signer {
  /** As others may know it. */
  readonly verifierKey: string;
  last(): Promise<Pick<Checkpoint, 'root' | 'size'> | undefined>;
  /** Rejects with `log_went_back` or `log_rewritten`; `proof` leads from what it signed last to this. */
  sign(
    tree: Pick<Checkpoint, 'root' | 'size'>,
    proof: readonly Digest[],
  ): Promise<SignedCheckpoint>;
}

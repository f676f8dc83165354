import type { Recorded, StreamName } from '@tributary/kernel';

/** Something that is not as it was written, and where. */
export interface Finding {
  readonly position: bigint;
  readonly stream: StreamName;
  readonly revision: bigint;
  readonly what: 'balance' | 'content_hash' | 'entry' | 'leaf' | 'position' | 'revision';
  readonly detail: string;
}

export const findingAt = (
  { position, stream, revision }: Pick<Recorded, 'position' | 'revision' | 'stream'>,
  what: Finding['what'],
  detail: string,
): Finding => ({ position, stream, revision, what, detail });

import type { Recorded, StreamName } from '@tributary/kernel';

/** Something that is not as it was written, or does not follow from what was; and where. */
export interface Finding {
  readonly position: bigint;
  readonly stream: StreamName;
  readonly revision: bigint;
  readonly what:
    | 'balance'
    | 'content_hash'
    | 'entry'
    | 'identity'
    | 'leaf'
    | 'position'
    | 'posting'
    | 'reconciliation'
    | 'release'
    | 'remittance'
    | 'revision'
    | 'run'
    | 'settlement';
  readonly detail: string;
}

type Place = Pick<Recorded, 'position' | 'revision' | 'stream'>;

export const findingAt = (
  { position, stream, revision }: Place,
  what: Finding['what'],
  detail: string,
): Finding => ({ position, stream, revision, what, detail });

/** As many as help to find the cause; a log that is wrong from some place on would fill the screen. */
export const MOST_FINDINGS = 20;

/** Looks at a log event by event, in its order, and says at the end what it could not look at. */
export interface Judge {
  readonly findings: readonly Finding[];
  take(event: Recorded): void;
  /** After the last event. */
  finish(): void;
}

import {
  QUALIFICATIONS,
  type QualificationKind,
  type QualificationValue,
} from '@tributary/contracts';
import { type Decider, type Decision, type Instant, accept, reject } from '@tributary/kernel';
import {
  type Change,
  MOST_STEP_BYTES_AT_THE_END,
  type NotInHistory,
  type Timing,
  revised,
} from '../history';
import type { QualificationEvent } from './events';

/** The record that the path to certification keeps by itself. */
export const CERTIFICATION_RECORD = 'certification';

type OfRecord = Timing & {
  readonly partner: string;
  readonly kind: string;
  readonly record: string;
  readonly by: string;
};

export type QualificationCommand = OfRecord &
  (
    | {
        readonly type: 'GrantQualification';
        readonly level: string;
        readonly validUntil: Instant | null;
        readonly evidence: readonly string[];
      }
    | { readonly type: 'WithdrawQualification'; readonly reason: string }
  );

export type QualificationRejected =
  | NotInHistory
  | { readonly code: 'ends_before_start'; readonly validUntil: Instant; readonly at: Instant }
  | { readonly code: 'kind_unknown'; readonly kinds: readonly string[] }
  | { readonly code: 'level_unknown'; readonly levels: readonly string[] }
  | { readonly code: 'qualification_unknown' }
  | { readonly code: 'record_reserved'; readonly record: string };

export interface Qualification {
  readonly changes: readonly Change<QualificationValue>[];
}

/** One thing that a partner may show for itself, since when and until when. It may be told late, in any order. */
export const qualification: Decider<
  QualificationCommand,
  QualificationEvent,
  Qualification,
  QualificationRejected
> = {
  initial: { changes: [] },
  decide,
  evolve: ({ changes }, { data: { at, changed } }) => ({ changes: [...changes, { at, changed }] }),
};

type Decides = Decision<QualificationEvent, QualificationRejected>;

function decide(command: QualificationCommand, { changes }: Qualification): Decides {
  const { partner, kind, record, by, receivedAt: occurredAt } = command;
  if (!isKind(kind)) return reject({ code: 'kind_unknown', kinds: Object.keys(QUALIFICATIONS) });
  if (kind === 'certificate' && record === CERTIFICATION_RECORD)
    return reject({ code: 'record_reserved', record });
  const of = { partner, kind, record, by };
  if (command.type === 'WithdrawQualification') {
    if (changes.length === 0) return reject({ code: 'qualification_unknown' });
    const next = revised(changes, { holds: false }, command, MOST_STEP_BYTES_AT_THE_END);
    if ('code' in next) return reject(next);
    const data = { ...of, ...next, changed: { holds: false }, reason: command.reason };
    return accept({ type: 'QualificationWithdrawn', data, occurredAt });
  }
  const { level, validUntil, evidence } = command;
  if (!isLevel(kind, level)) return reject({ code: 'level_unknown', levels: QUALIFICATIONS[kind] });
  const changed = { holds: true, level, validUntil, evidence };
  const next = revised(changes, changed, command);
  if ('code' in next) return reject(next);
  if (validUntil !== null && validUntil <= next.at)
    return reject({ code: 'ends_before_start', validUntil, at: next.at });
  return accept({ type: 'QualificationGranted', data: { ...of, ...next, changed }, occurredAt });
}

const isKind = (text: string): text is QualificationKind => Object.hasOwn(QUALIFICATIONS, text);

/** A commitment is to a number. */
const isLevel = (kind: QualificationKind, level: string): boolean =>
  kind === 'commitment'
    ? /^[1-9][0-9]{0,5}$/.test(level)
    : (QUALIFICATIONS[kind] as readonly string[]).includes(level);

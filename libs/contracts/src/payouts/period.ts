import type { Asset, Instant, JsonObject, Period, PeriodKey, Uuid } from '@tributary/kernel';

/**
 * The life of a month, as payouts stores it in `period-<tenant>.<entity>.<yyyymm>`. Stored, not published: the ledger, which reads the
 * whole log, derives from where the two cuts stand there to which month each entry belongs.
 */
export const PERIOD_SOFT_CLOSED = 'PeriodSoftClosed';
export const RELEASES_TAKEN = 'ReleasesTaken';
export const PERIOD_CLOSED = 'PeriodClosed';
export const PERIOD_CERTIFIED = 'PeriodCertified';

/** The cut itself is the event's place in the log; nothing here is a figure. */
export interface PeriodCutData extends JsonObject {
  readonly entity: string;
  /** The month with its bounds as they were resolved when it was cut, so that a later change of zone rules moves nothing. */
  readonly period: Period;
  /** Who cut it. */
  readonly by: string;
}

/** Every single release that stands before the soft-close has been taken into an account. */
export interface ReleasesTakenData extends JsonObject {
  readonly entity: string;
  readonly period: Period;
}

/** An account of the entity at the end of the month, of everything that belongs to it or to an earlier one. Minor units, as text. */
export interface TrialBalanceRow extends JsonObject {
  readonly asset: Asset;
  readonly account: string;
  readonly debit: string;
  readonly credit: string;
  /** Debit less credit. */
  readonly balance: string;
}

export interface PeriodCertificate extends JsonObject {
  /** Of `PeriodClosed` in the log that it was computed from. */
  readonly closePosition: string;
  /** The month that was closed before; null for the first certificate, whose rows hold all that came earlier. */
  readonly since: PeriodKey | null;
  /** So many legs are digested. */
  readonly rows: string;
  readonly trialBalance: readonly TrialBalanceRow[];
  /** SHA-256 of the canonical JSON of the list of `PeriodRow`, in the order of the log, hexadecimal. */
  readonly digest: string;
}

/** From here on the figures of the month never change; whoever reads the log can compute the same digest. */
export interface PeriodCertifiedData extends PeriodCertificate {
  readonly entity: string;
  readonly period: Period;
}

/**
 * One leg as it is digested: nothing that differs between two stores of one log. In the form of `GET /v1/ledger/entries`, so that the
 * digest can be computed from there as well as from an export.
 */
export interface PeriodRow extends JsonObject {
  readonly eventId: Uuid;
  readonly n: number;
  readonly stream: string;
  readonly type: string;
  readonly occurredAt: Instant;
  readonly period: PeriodKey;
  readonly earnedIn: PeriodKey | null;
  readonly account: string;
  readonly debit: string;
  readonly credit: string;
  readonly asset: string;
  readonly entity: string;
  readonly programme: string;
  readonly partner: string | null;
  readonly plan: string | null;
  readonly country: string | null;
  readonly bank: string | null;
}

/** What the ledger orders of payouts, because it alone reads everything. */
export const CONFIRM_TAKEN = 'ConfirmTaken';
export const CERTIFY = 'Certify';

export interface ConfirmTakenData extends JsonObject {
  readonly entity: string;
  readonly month: PeriodKey;
}

export interface CertifyData extends ConfirmTakenData {
  readonly certificate: PeriodCertificate;
}

const MINOR = { type: 'string', pattern: '^(?:0|-?[1-9][0-9]*)$' } as const;
const SUM = { type: 'string', pattern: '^(?:0|[1-9][0-9]*)$' } as const;
const COUNT = { type: 'string', pattern: '^(?:0|[1-9][0-9]{0,17})$' } as const;
const MONTH = { type: 'string', pattern: '^[0-9]{4}-(?:0[1-9]|1[0-2])$' } as const;
const OF_MONTH = { entity: { type: 'string', pattern: '^[a-z0-9]{1,32}$' }, month: MONTH } as const;

const closed = (properties: object) => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties),
  properties,
});

export const CONFIRM_TAKEN_SCHEMA: object = closed(OF_MONTH);
export const CERTIFY_SCHEMA: object = closed({
  ...OF_MONTH,
  certificate: closed({
    closePosition: COUNT,
    since: { anyOf: [MONTH, { type: 'null' }] },
    rows: COUNT,
    trialBalance: {
      type: 'array',
      items: closed({
        asset: { type: 'string', maxLength: 20 },
        account: { type: 'string', maxLength: 200 },
        debit: SUM,
        credit: SUM,
        balance: MINOR,
      }),
    },
    digest: { type: 'string', pattern: '^[0-9a-f]{64}$' },
  }),
});

import {
  type Cause,
  type JsonObject,
  type PreparedEvent,
  type StreamName,
  instantOfMs,
  prepare,
  streamOf,
  uuidV7,
} from '@tributary/kernel';

const START_MS = Date.UTC(2026, 0, 1);
export const PARTNERS = 1_500;
export const MONTHS = 10;

/** A commission posting of about 385 bytes, as a stream of earnings holds them. */
export const postingData = (i: number): JsonObject => ({
  lineId: `line${String(i).padStart(12, '0')}`,
  partnerId: partnerOf(i),
  planId: 'brcommercial',
  period: periodOf(i),
  amount: String(1000 + (i % 90_000)),
  asset: 'BRL/2',
  basis: String(170_910 + i),
  rateBps: 2500,
  customer: `pseudonym${String(i % 7919).padStart(16, '0')}`,
  rule: 'certified recurring twenty-five percent of the collected invoice',
  heldUntil: '2026-04-14T03:00:00.000Z',
  invoice: `inv-${String(i % 999_983).padStart(20, '0')}`,
});

export const partnerOf = (i: number): string => `partner${i % PARTNERS}`;
export const periodOf = (i: number): string =>
  `2026${String(1 + (Math.floor(i / PARTNERS) % MONTHS)).padStart(2, '0')}`;

export function posting(i: number, data = postingData(i)): PreparedEvent {
  const nowMs = START_MS + i;
  const cause: Cause = {
    commandId: uuidV7(nowMs),
    fingerprint: 'f'.repeat(64),
    actor: 'bench',
    causationId: null,
    correlationId: 'bench',
    traceParent: null,
  };
  const event = { type: 'CommissionPosted', data, occurredAt: instantOfMs(nowMs) };
  return prepare(event, cause, 0, uuidV7(nowMs));
}

export const newStream = (i: number): StreamName =>
  streamOf('earnings', 'bench', `p${i.toString(36)}`);

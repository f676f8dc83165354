import {
  PERIOD_CERTIFIED,
  PERIOD_CLOSED,
  PERIOD_SOFT_CLOSED,
  RELEASES_TAKEN,
} from '@tributary/contracts';
import { keyedTable, projection } from '@tributary/feeds';
import { type BalancedEntry, CodedError, type Json } from '@tributary/kernel';

const OF_PERIOD = {
  $id: 'text',
  $tenant: 'text',
  $recordedAt: 'instant',
  entity: 'text',
  'period.key': 'text',
} as const;
const CUT = { ...OF_PERIOD, $correlationId: 'text', by: 'text?' } as const;
const RELEASE = {
  $id: 'text',
  $tenant: 'text',
  $stream: 'text',
  entity: 'text?',
  partner: 'text?',
  entry: 'json?',
} as const;

/**
 * What must be known to confirm and certify a month: how far it has come, and which releases of commission nobody has taken yet. The
 * only place where the ledger looks at events of a service by their names.
 */
export const closing = projection({
  name: 'closing',
  version: 1,
  events: {
    [PERIOD_SOFT_CLOSED]: CUT,
    [RELEASES_TAKEN]: OF_PERIOD,
    [PERIOD_CLOSED]: CUT,
    [PERIOD_CERTIFIED]: {
      ...OF_PERIOD,
      closePosition: 'text',
      since: 'text?',
      rows: 'text',
      trialBalance: 'json',
      digest: 'text',
    },
    CommissionReleased: RELEASE,
    ReleaseTakenBack: RELEASE,
    ReleaseTaken: { $tenant: 'text', $causationId: 'text?' },
  },
  tables: {
    period_state: keyedTable({
      key: { tenant: 'text', entity: 'text', month: 'text' },
      keeps: {
        soft_position: 'bigint',
        soft_id: 'text',
        soft_at: 'instant',
        soft_by: 'text?',
        soft_correlation: 'text',
        taken_position: 'bigint',
        taken_at: 'instant',
        close_position: 'bigint',
        close_id: 'text',
        close_at: 'instant',
        close_by: 'text?',
        close_correlation: 'text',
        certified_position: 'bigint',
        certified_id: 'text',
        certified_at: 'instant',
        certificate: 'json',
      },
      indexes: ['(tenant, entity, month) where certified_position is null'],
    }),
    release_untaken: keyedTable({
      key: { tenant: 'text', release: 'text' },
      keeps: { entity: 'text', position: 'bigint', stream: 'text', partner: 'text?' },
      indexes: ['(tenant, entity, position)'],
    }),
  },
  rows(event) {
    const { $position: position, $tenant: tenant } = event;
    switch (event.$type) {
      case 'ReleaseTaken': {
        const { $causationId: release } = event;
        return release === null ? {} : { release_untaken: [{ tenant, release, $remove: true }] };
      }
      case 'CommissionReleased':
      case 'ReleaseTakenBack': {
        const { $id: release, $stream: stream, partner } = event;
        const entity = event.entity ?? entityOf(event.entry, release);
        return { release_untaken: [{ tenant, release, entity, position, stream, partner }] };
      }
      case PERIOD_SOFT_CLOSED: {
        const { $id: soft_id, $recordedAt: soft_at, by: soft_by } = event;
        const soft_correlation = event.$correlationId;
        const soft = { soft_position: position, soft_id, soft_at, soft_by, soft_correlation };
        return { period_state: [{ ...keyOf(event), ...soft }] };
      }
      case RELEASES_TAKEN: {
        const taken = { taken_position: position, taken_at: event.$recordedAt };
        return { period_state: [{ ...keyOf(event), ...taken }] };
      }
      case PERIOD_CLOSED: {
        const { $id: close_id, $recordedAt: close_at, by: close_by } = event;
        const close_correlation = event.$correlationId;
        const close = { close_position: position, close_id, close_at, close_by, close_correlation };
        return { period_state: [{ ...keyOf(event), ...close }] };
      }
      case PERIOD_CERTIFIED: {
        const { $id: certified_id, $recordedAt: certified_at } = event;
        const { closePosition, since, rows, trialBalance, digest } = event;
        const certificate = { closePosition, since, rows, trialBalance, digest };
        const certified = { certified_position: position, certified_id, certified_at, certificate };
        return { period_state: [{ ...keyOf(event), ...certified }] };
      }
    }
  },
});

const keyOf = (event: {
  readonly $tenant: string;
  readonly entity: string;
  readonly 'period.key': string;
}) => ({ tenant: event.$tenant, entity: event.entity, month: event['period.key'] });

/** A release says whose it is; where it does not, its entry does. */
function entityOf(entry: Json, release: string): string {
  const entity = (entry as BalancedEntry | null)?.legs[0]?.dimensions.entity;
  if (entity !== undefined) return entity;
  throw new CodedError('release_without_entity', 'A release that no entity can be told of.', {
    release,
  });
}

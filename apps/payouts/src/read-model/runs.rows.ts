import { type Instant, type JsonObject, withoutDashes } from '@tributary/kernel';
import type { Change } from './runs.events';

/** Of an item, as far as its account or its run says. */
type State =
  | 'accepted'
  | 'cancelled'
  | 'excluded'
  | 'instructed'
  | 'rejected'
  | 'refused'
  | 'returned'
  | 'settled'
  | 'unknown'
  | 'voided';

interface ItemRow {
  readonly tenant: string;
  readonly run: string;
  readonly partner: string;
  readonly state?: State;
  readonly changed?: string | null;
  readonly settled_on?: string | null;
  readonly returned_on?: string | null;
}
interface RunRow {
  readonly tenant: string;
  readonly run: string;
  readonly [column: string]: boolean | bigint | number | string | JsonObject | null;
}
interface Changes {
  readonly payout_run?: readonly RunRow[];
  readonly payout_run_item?: readonly ItemRow[];
}

/** Events that change nothing but how far a run is. */
const STATUS: Readonly<Partial<Record<Change['$type'], string>>> = {
  RunReleased: 'released',
  RunExported: 'exported',
  RunAcknowledged: 'acknowledged',
  RunSettling: 'settling',
  RunClosed: 'closed',
  RunCancelled: 'cancelled',
};

export function changesOf(event: Change): Changes {
  const key = { tenant: event.$tenant, run: withoutDashes(event.run) };
  const status = STATUS[event.$type];
  if (status !== undefined) return { payout_run: [{ ...key, status }] };
  return 'item' in event && event.$type !== 'ItemChangeNoted'
    ? itemChanged(event, key)
    : runChanged(event, key);
}

type Key = Pick<ItemRow, 'run' | 'tenant'>;
type OfItem = Exclude<Extract<Change, { readonly item: string }>, { $type: 'ItemChangeNoted' }>;
type OfRun = Exclude<Change, OfItem>;

function runChanged(event: OfRun, key: Key): Changes {
  const run = (columns: Omit<RunRow, 'run' | 'tenant'>): Changes => ({
    payout_run: [{ ...key, ...columns }],
  });
  switch (event.$type) {
    case 'RunDrafted':
      return run({
        status: 'drafted',
        entity: event.entity,
        asset: event.asset,
        kind: event.kind,
        period: event.period,
        zone: event.zone,
        pay_on: event.payOn,
        minimum: event.minimum,
        due_days: event.dueDays,
        paying_account: event.payingAccount,
        drafted_at: event.$occurredAt,
        drafted_by: event.by,
        is_freed: false,
      });
    case 'LockingStarted':
      return run({ status: 'locking', candidates: event.candidates });
    case 'RunLocked': {
      const { count, gross, withheld, net, hash, flags, faulty, declined } = event;
      const totals = { items: count, gross, withheld, net };
      const found = { hash, flags: flags as JsonObject, faulty, declined: declined as JsonObject };
      return run({ status: 'locked', ...totals, ...found });
    }
    case 'ItemsExcluded':
      return ofItems(key, event.partners as unknown as readonly string[], { state: 'excluded' });
    case 'ItemChangeNoted':
      return ofItems(key, [event.partner], { changed: event.what });
    case 'ItemsAskedAnew': {
      const partners = event.partners as unknown as readonly string[];
      // What they answer now takes the place of what they said before.
      return { ...run({ status: 'locking' }), ...ofItems(key, partners, { state: 'excluded' }) };
    }
    case 'RunApproved':
      return run({ status: 'approved', approved_by: event.by });
    case 'ApprovalVoided':
      return run({ status: 'locked', approved_by: null });
    case 'InstructionsNoted': {
      const refused = event.refused as unknown as readonly { readonly partner: string }[];
      const partners = refused.map(({ partner }) => partner);
      return ofItems(key, partners, { state: 'refused' });
    }
    case 'RunInstructed': {
      const { count, gross, withheld, net } = event;
      return run({ status: 'instructed', items: count, gross, withheld, net });
    }
    case 'ReservationsFreed':
      return run({ is_freed: true });
    default:
      return {};
  }
}

function itemChanged(event: OfItem, key: Key): Changes {
  const item = (columns: Omit<ItemRow, 'partner' | 'run' | 'tenant'>): Changes =>
    ofItems(key, [event.partner], columns);
  switch (event.$type) {
    case 'PayoutInstructed':
      return item({ state: 'instructed' });
    case 'PayoutAccepted':
      return item({ state: 'accepted' });
    case 'PayoutUnknown':
      return item({ state: 'unknown' });
    case 'PayoutRejected':
      return item({ state: 'rejected' });
    case 'PayoutVoided':
      return item({ state: 'voided' });
    case 'PayoutSettled':
      return item({ state: 'settled', settled_on: event.bookedOn });
    case 'SettlementUndone':
      return item({ state: 'instructed', settled_on: null });
    case 'PayoutReturned':
      return item({ state: 'returned', returned_on: event.bookedOn });
    case 'ReturnUndone':
      return item({ state: 'settled', returned_on: null });
    case 'ReservationCancelled':
      return item({ state: 'cancelled' });
  }
}

const ofItems = (
  key: Key,
  partners: readonly string[],
  columns: Omit<ItemRow, 'partner' | 'run' | 'tenant'>,
): Changes => ({ payout_run_item: partners.map((partner) => ({ ...key, partner, ...columns })) });

interface StepRow {
  readonly position: bigint;
  readonly tenant: string;
  readonly run: string;
  readonly step: string;
  readonly at: Instant;
  readonly by: string | null;
  readonly facts: JsonObject;
}

/** Every arrow of a run's life: who, when, and by which hash. What one item goes through stands with the item. */
export function stepsOf(event: Change): { readonly payout_run_step?: readonly StepRow[] } {
  if ('item' in event || event.$type === 'InstructionsNoted') return {};
  const { $position: position, $tenant: tenant, $occurredAt: at, $type: step } = event;
  const by = 'by' in event ? event.by : null;
  const run = withoutDashes(event.run);
  return { payout_run_step: [{ position, tenant, run, step, at, by, facts: factsOf(event) }] };
}

const SHOWN = ['hash', 'reason', 'why', 'flag', 'note', 'count', 'files', 'candidates'] as const;

function factsOf(event: Change): JsonObject {
  const facts: Record<string, number | string> = {};
  for (const name of SHOWN) {
    const value = (event as unknown as Record<string, unknown>)[name];
    if (typeof value === 'string' || typeof value === 'number') facts[name] = value;
  }
  if ('net' in event) facts['net'] = String(event.net);
  if ('partners' in event && Array.isArray(event.partners))
    facts['items'] = (event.partners as unknown[]).length;
  return facts;
}

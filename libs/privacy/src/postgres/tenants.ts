import { CodedError, invariant } from '@tributary/kernel';
import type { Database, Queryable } from '@tributary/postgres';
import { checkTenant } from '../key-store';
import {
  type MasterKey,
  type TenantSecrets,
  drawKey,
  tenantSecretsOf,
  unwrapKey,
  wrapKey,
} from '../secrets';

/** What a process knows of a tenant. What it remembers besides is named by `epoch`, so that an erasure outdates all of it. */
export interface Tenant {
  readonly secrets: TenantSecrets;
  readonly erasures: number;
  readonly epoch: string;
}

interface Known {
  readonly tenant: Tenant;
  readonly readAtMs: number;
}

/** For so long may another process use what was erased meanwhile. */
const RECHECK_MS = 5_000;

/** The secrets of the tenants, and how often something of theirs was erased. */
export class Tenants {
  private readonly known = new Map<string, Known>();
  private readonly reading = new Map<string, Promise<Tenant>>();

  constructor(
    private readonly database: Database,
    private readonly master: MasterKey,
    private readonly now: () => number,
  ) {}

  /** Rejects with `wrong_master_key` if the secrets that lie here were wrapped by another one. */
  async check(): Promise<void> {
    const { rows } = await this.database.query<{ wrapped_by: string }>(
      'select wrapped_by from tenant_key where wrapped_by <> $1 limit 1',
      [this.master.id],
    );
    if (rows[0]) throw wrongMasterKey(rows[0].wrapped_by, this.master.id);
  }

  async of(name: string): Promise<Tenant> {
    const known = this.known.get(name);
    if (known && this.now() - known.readAtMs < RECHECK_MS) return known.tenant;
    const reading = this.reading.get(name) ?? this.begin(name);
    return await reading;
  }

  /** In the transaction that erases: from its commit on, no process believes what it remembers for longer than a moment. */
  async erased(name: string, tx: Queryable): Promise<number> {
    const { rows } = await tx.query<{ erasures: string }>(
      'update tenant_key set erasures = erasures + 1 where tenant = $1 returning erasures',
      [name],
    );
    invariant(rows[0], 'a tenant of whom something is erased is known');
    return Number(rows[0].erasures);
  }

  /** What the transaction counted, once it is committed. */
  noteErasures(name: string, erasures: number): void {
    const known = this.known.get(name);
    if (known) this.remember(name, known.tenant.secrets, erasures, known.readAtMs);
  }

  private begin(name: string): Promise<Tenant> {
    const reading = this.read(name).finally(() => this.reading.delete(name));
    this.reading.set(name, reading);
    return reading;
  }

  private async read(name: string): Promise<Tenant> {
    const readAtMs = this.now();
    const row = (await this.find(name)) ?? (await this.make(name));
    const secrets = this.known.get(name)?.tenant.secrets ?? this.unwrap(name, row);
    return this.remember(name, secrets, Number(row.erasures), readAtMs);
  }

  private async find(name: string): Promise<TenantRow | undefined> {
    const { rows } = await this.database.query<TenantRow>(
      'select wrapped, wrapped_by, erasures from tenant_key where tenant = $1',
      [name],
    );
    return rows[0];
  }

  /** Whichever process comes first; the others find its secret. */
  private async make(name: string): Promise<TenantRow> {
    checkTenant(name);
    const wrapped = wrapKey(this.master.key, drawKey(), 'tenant', name);
    await this.database.query(
      'insert into tenant_key (tenant, wrapped, wrapped_by) values ($1, $2, $3) on conflict do nothing',
      [name, wrapped, this.master.id],
    );
    const row = await this.find(name);
    invariant(row, 'the secret of a tenant is never deleted');
    return row;
  }

  private unwrap(name: string, { wrapped, wrapped_by }: TenantRow): TenantSecrets {
    if (wrapped_by !== this.master.id) throw wrongMasterKey(wrapped_by, this.master.id);
    return tenantSecretsOf(unwrapKey(this.master.key, wrapped, 'tenant', name));
  }

  /** An older answer may arrive later, so the count never goes back. */
  private remember(
    name: string,
    secrets: TenantSecrets,
    counted: number,
    readAtMs: number,
  ): Tenant {
    const erasures = Math.max(counted, this.known.get(name)?.tenant.erasures ?? 0);
    const tenant = { secrets, erasures, epoch: `${name} ${erasures} ` };
    this.known.set(name, { tenant, readAtMs });
    return tenant;
  }
}

interface TenantRow {
  readonly wrapped: Buffer;
  readonly wrapped_by: string;
  readonly erasures: string;
}

function wrongMasterKey(needed: string, given: string): CodedError {
  const message = `The keys in this database were wrapped by master key ${needed}, and PRIVACY_MASTER_KEY is ${given}.`;
  return new CodedError('wrong_master_key', message, { needed, given });
}

import { timingSafeEqual } from 'node:crypto';
import { invariant, uuidV7, withoutDashes } from '@tributary/kernel';
import { type DataSource, IsNull, type Repository } from 'typeorm';
import { ApiKey } from './api-key.entity';
import { ApiKeys1767225600000 } from './api-key.migration';
import { keyHash, keyIdOf, newKeyText } from './key-text';
import {
  Authenticator,
  type NotAuthenticated,
  type Principal,
  type Role,
  bearerOf,
} from './principal';

/** What a database needs to hold the keys; its schema is `platform`. */
export const apiKeySchema = {
  schema: 'platform',
  entities: [ApiKey],
  migrations: [ApiKeys1767225600000],
} as const;

export interface KeyRequest {
  readonly tenant: string;
  readonly role: Role;
  readonly label: string;
  /** Of the partner whose data this key may read; required for that role and refused for any other. */
  readonly partnerId?: string;
}

export interface IssuedKey {
  readonly id: string;
  /** Shown once; only its hash is kept. */
  readonly key: string;
}

export interface ApiKeyOptions {
  readonly now: () => number;
  /** How long a revoked key may still work in other processes. */
  readonly cacheMs?: number;
  readonly cachedKeys?: number;
}

interface Cached {
  readonly id: string;
  readonly principal: Principal;
  readonly untilMs: number;
}

/** Keys as rows that hold a hash; an authenticated key is remembered for a few seconds, so that not every request asks the table. */
export class ApiKeys extends Authenticator {
  private readonly rows: Repository<ApiKey>;
  private readonly cache = new Map<string, Cached>();
  /** What is being looked up, so that all who come meanwhile with the same key ask once. */
  private readonly asked = new Map<string, Promise<ApiKey | undefined>>();

  constructor(
    dataSource: DataSource,
    private readonly options: ApiKeyOptions,
  ) {
    super();
    this.rows = dataSource.getRepository(ApiKey);
  }

  authenticate(
    authorization: string | undefined,
  ): NotAuthenticated | Principal | Promise<NotAuthenticated | Principal> {
    const bearer = bearerOf(authorization);
    if ('refused' in bearer) return bearer;
    const id = keyIdOf(bearer.token);
    if (id === undefined) return { refused: 'credential_invalid' };

    const hash = keyHash(bearer.token);
    const cached = this.cache.get(hash);
    if (cached && cached.untilMs > this.options.now()) return cached.principal;

    return this.lookUp(id, hash).then((row) =>
      row ? principalFrom(row) : { refused: 'credential_invalid' },
    );
  }

  async issueKey(request: KeyRequest): Promise<IssuedKey> {
    const issued = await this.issueOnce({
      ...request,
      id: withoutDashes(uuidV7(this.options.now())),
    });
    invariant(issued, 'a new id is not taken');
    return issued;
  }

  /** Undefined when a key of this id exists already: its secret was shown then and cannot be shown again. */
  async issueOnce({
    tenant,
    role,
    label,
    partnerId,
    id,
  }: KeyRequest & { readonly id: string }): Promise<IssuedKey | undefined> {
    const key = newKeyText(role, id);
    const createdAt = new Date(this.options.now());
    const row = {
      id,
      tenant,
      role,
      hash: keyHash(key),
      label,
      partnerId: partnerId ?? null,
      createdAt,
    };
    const insert = this.rows.createQueryBuilder().insert().values(row).orIgnore().returning('id');
    const inserted = await insert.execute();
    return (inserted.raw as unknown[]).length > 0 ? { id, key } : undefined;
  }

  /** False when the tenant has no such key. A repeat changes nothing and is true. */
  async revokeKey(tenant: string, id: string): Promise<boolean> {
    await this.rows.update(
      { tenant, id, revokedAt: IsNull() },
      { revokedAt: new Date(this.options.now()) },
    );
    for (const [hash, cached] of this.cache) if (cached.id === id) this.cache.delete(hash);
    // Whoever comes from here on asks anew, whatever an earlier question is answered.
    this.asked.clear();
    return await this.rows.existsBy({ tenant, id });
  }

  async find(tenant: string, id: string): Promise<ApiKey | null> {
    return await this.rows.findOneBy({ tenant, id });
  }

  async list(tenant: string): Promise<ApiKey[]> {
    return await this.rows.find({ where: { tenant }, order: { createdAt: 'asc', id: 'asc' } });
  }

  private lookUp(id: string, hash: string): Promise<ApiKey | undefined> {
    const asked = this.asked.get(hash);
    if (asked) return asked;
    const asking: Promise<ApiKey | undefined> = this.findValid(id, hash)
      .then((row) => {
        // Not what a revocation has overtaken.
        if (row && this.asked.get(hash) === asking) this.rememberRow(hash, row);
        return row;
      })
      .finally(() => {
        if (this.asked.get(hash) === asking) this.asked.delete(hash);
      });
    this.asked.set(hash, asking);
    return asking;
  }

  private async findValid(id: string, hash: string): Promise<ApiKey | undefined> {
    const row = await this.rows.findOneBy({ id, revokedAt: IsNull() });
    const isIt = row !== null && timingSafeEqual(Buffer.from(row.hash), Buffer.from(hash));
    return isIt ? row : undefined;
  }

  private rememberRow(hash: string, row: ApiKey): void {
    const untilMs = this.options.now() + (this.options.cacheMs ?? 5_000);
    this.remember(hash, { id: row.id, principal: principalFrom(row), untilMs });
  }

  private remember(hash: string, entry: Cached): void {
    const limit = this.options.cachedKeys ?? 10_000;
    // The oldest entry goes first; a map keeps the order of insertion.
    for (const oldest of this.cache.keys()) {
      if (this.cache.size < limit) break;
      this.cache.delete(oldest);
    }
    this.cache.set(hash, entry);
  }
}

function principalFrom({ id, tenant, role, partnerId }: ApiKey): Principal {
  invariant(role !== 'partner' || partnerId !== null, 'the key of a partner names the partner');
  return { tenant, role, actor: `key:${id}`, ...(partnerId !== null && { partnerId }) };
}

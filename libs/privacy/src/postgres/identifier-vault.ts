import { invariant, unavailable, withoutDashes } from '@tributary/kernel';
import type { Database } from '@tributary/postgres';
import type { HmacKey } from '../hmac';
import {
  IdentifierVault,
  type Reference,
  checkPseudonym,
  checkReference,
} from '../identifier-vault';
import { lengthPrefixed } from '../length-prefixed';
import { Lru } from '../lru';
import type { Tenants } from './tenants';

const ATTEMPTS = 8;

interface Remembered {
  readonly pseudonym: string;
  /** Of the tenant, when it was looked up. */
  readonly epoch: string;
}

/**
 * Pseudonyms as rows that are found by a keyed hash; what was exchanged lately is remembered, under the hash as well, which no two
 * tenants share.
 */
export class PostgresIdentifierVault extends IdentifierVault {
  private readonly remembered: Lru<Remembered>;

  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
    rememberedMax = 50_000,
  ) {
    super();
    this.remembered = new Lru(rememberedMax);
  }

  async exchange(tenant: string, references: readonly Reference[]): Promise<readonly string[]> {
    if (references.length === 0) return [];
    const { secrets, epoch } = await this.tenants.of(tenant);
    const macs = references.map((reference) => macOf(secrets.vault, reference));
    const remembered = macs.map((mac) => this.recall(epoch, mac));
    const missing = new Set(macs.filter((_, i) => remembered[i] === undefined));
    const settled = new Map<string, string>();
    // A row that another process committed in the middle of our statement is neither made by it nor seen; the next sees it.
    for (let attempt = 1; missing.size > 0; attempt++) {
      if (attempt > ATTEMPTS) throw unavailable('The identifier vault');
      for (const [mac, pseudonym] of await this.makeOrFind(tenant, [...missing])) {
        missing.delete(mac);
        settled.set(mac, pseudonym);
        this.remembered.set(mac, { pseudonym, epoch });
      }
    }
    return macs.map((mac, i) => {
      const pseudonym = remembered[i] ?? settled.get(mac);
      invariant(pseudonym, 'every reference has been exchanged');
      return pseudonym;
    });
  }

  async find(tenant: string, reference: Reference): Promise<string | undefined> {
    const { secrets, epoch } = await this.tenants.of(tenant);
    const mac = macOf(secrets.vault, reference);
    const remembered = this.recall(epoch, mac);
    if (remembered !== undefined) return remembered;
    const { rows } = await this.database.query<Found>(
      `select pseudonym from identifier where tenant = $1 and mac = decode($2, 'hex')`,
      [tenant, mac],
    );
    const pseudonym = rows[0] && withoutDashes(rows[0].pseudonym);
    if (pseudonym !== undefined) this.remembered.set(mac, { pseudonym, epoch });
    return pseudonym;
  }

  async forget(tenant: string, pseudonyms: readonly string[]): Promise<void> {
    pseudonyms.forEach(checkPseudonym);
    if (pseudonyms.length === 0) return;
    await this.tenants.of(tenant);
    const erasures = await this.database.transaction(async (tx) => {
      await tx.query('delete from identifier where tenant = $1 and pseudonym = any($2::uuid[])', [
        tenant,
        pseudonyms,
      ]);
      return await this.tenants.erased(tenant, tx);
    });
    this.tenants.noteErasures(tenant, erasures);
  }

  /** What was looked up before something of the tenant was erased may be what was erased. */
  private recall(epoch: string, mac: string): string | undefined {
    const remembered = this.remembered.get(mac);
    return remembered?.epoch === epoch ? remembered.pseudonym : undefined;
  }

  private async makeOrFind(
    tenant: string,
    macs: readonly string[],
  ): Promise<readonly [mac: string, pseudonym: string][]> {
    const { rows } = await this.database.query<Settled>(MAKE_OR_FIND, [tenant, macs.join()]);
    const [{ macs: settled, pseudonyms } = NOTHING] = rows;
    return settled.map((mac, i) => [mac, pseudonyms[i] as string]);
  }
}

interface Found {
  readonly pseudonym: string;
}

interface Settled {
  readonly macs: readonly string[];
  readonly pseudonyms: readonly string[];
}

const NOTHING: Settled = { macs: [], pseudonyms: [] };

/**
 * Looks up one by one, which is an index scan each: a join would read the whole table while its statistics are young. What is
 * made is sorted, so that two processes with the same new references wait for one another in the same order. There
 * they travel as one text and back as two lists: a value and a row for each would take the driver several times as long.
 */
const MAKE_OR_FIND = `
  with wanted as materialized (
    select asked.mac, (
      select stored.pseudonym from identifier stored
       where stored.tenant = $1 and stored.mac = asked.mac
    ) as known
    from (select decode(digits, 'hex') as mac from unnest(string_to_array($2, ',')) as sent (digits)) as asked
  ), made as (
    insert into identifier (tenant, mac, pseudonym)
    select $1, mac, gen_random_uuid() from wanted where known is null order by mac
    on conflict (tenant, mac) do nothing
    returning mac, pseudonym
  )
  select coalesce(json_agg(encode(mac, 'hex')), '[]') as macs,
         coalesce(json_agg(replace(pseudonym::text, '-', '')), '[]') as pseudonyms
    from (
      select mac, pseudonym from made
      union all
      select mac, known from wanted where known is not null
    ) as settled`;

function macOf(key: HmacKey, reference: Reference): string {
  checkReference(reference);
  return key.hex(lengthPrefixed(reference.kind, reference.value));
}

import { randomUUID } from 'node:crypto';
import { invariant, unavailable, withoutDashes } from '@tributary/kernel';
import type { Database, Queryable } from '@tributary/postgres';
import {
  ERASED,
  type Erased,
  type KeyName,
  KeyStore,
  type SubjectKey,
  checkKeyName,
  checkSubject,
} from '../key-store';
import { Lru } from '../lru';
import { type TenantSecrets, drawKey, unwrapKey, wrapKey } from '../secrets';
import type { Tenant, Tenants } from './tenants';

type Answer = SubjectKey | Erased;

const ATTEMPTS = 8;
const UUID_DIGITS = /^[0-9a-f]{32}$/;

/** Keys as rows, wrapped by their tenant's secret; a destroyed one leaves its name behind and nothing else. */
export class PostgresKeyStore extends KeyStore {
  private readonly remembered: Lru<Answer>;

  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
    rememberedMax = 50_000,
  ) {
    super();
    this.remembered = new Lru(rememberedMax);
  }

  async secretsOf(tenant: string): Promise<TenantSecrets> {
    return (await this.tenants.of(tenant)).secrets;
  }

  async keysFor(tenant: string, names: readonly KeyName[]): Promise<readonly Answer[]> {
    names.forEach(checkKeyName);
    const known = await this.tenants.of(tenant);
    const answers = new Map<string, Answer>();
    const missing = new Map<string, KeyName>();
    for (const name of names) {
      const key = keyOfName(name);
      const remembered = this.remembered.get(known.epoch + key);
      if (remembered === undefined) missing.set(key, name);
      else answers.set(key, remembered);
    }
    for (let attempt = 0; missing.size > 0; attempt++) {
      if (attempt > ATTEMPTS) throw unavailable('The key store');
      // Read after what was made is committed: whoever erases marks the subject first, so one of the two sees the other.
      if (attempt > 0) await this.make(tenant, known, [...missing.values()]);
      for (const row of await this.read(tenant, [...missing.values()])) {
        const key = keyOfName(row);
        const answer = this.answerOf(tenant, known, row);
        // Its subject was erased between the first look and the making.
        if (attempt > 0 && answer === ERASED)
          await this.wipe(this.database.pool, tenant, row.subject);
        answers.set(key, answer);
        missing.delete(key);
        this.remembered.set(known.epoch + key, answer);
        // Whoever asks for many at once is about to open what they have sealed, which names its key by id.
        if (answer !== ERASED) this.remembered.set(known.epoch + answer.id, answer);
      }
    }
    return names.map((name) => {
      const answer = answers.get(keyOfName(name));
      invariant(answer, 'every name has been answered');
      return answer;
    });
  }

  async keyOf(tenant: string, id: string): Promise<Answer | undefined> {
    if (!UUID_DIGITS.test(id)) return undefined;
    const known = await this.tenants.of(tenant);
    const remembered = this.remembered.get(known.epoch + id);
    if (remembered !== undefined) return remembered;
    const { rows } = await this.database.query<KeyRow>(
      `select subject, purpose, id, case when erased_at is null then wrapped end as wrapped
         from subject_key left join erased_subject using (tenant, subject)
        where tenant = $1 and id = $2`,
      [tenant, id],
    );
    const answer = rows[0] && this.answerOf(tenant, known, rows[0]);
    if (answer !== undefined) this.remembered.set(known.epoch + id, answer);
    return answer;
  }

  async destroy(tenant: string, subject: string): Promise<void> {
    checkSubject(subject);
    await this.tenants.of(tenant);
    // Committed by itself and before: a key that is being made meanwhile is either seen below or refused by its maker.
    await this.database.query(
      'insert into erased_subject (tenant, subject) values ($1, $2) on conflict do nothing',
      [tenant, subject],
    );
    const erasures = await this.database.transaction(async (tx) => {
      await this.wipe(tx, tenant, subject);
      return await this.tenants.erased(tenant, tx);
    });
    this.tenants.noteErasures(tenant, erasures);
  }

  private async read(tenant: string, names: readonly KeyName[]): Promise<readonly KeyRow[]> {
    const { rows } = await this.database.query<KeyRow>(FIND, [tenant, ...columnsOf(names)]);
    return rows;
  }

  private async make(tenant: string, known: Tenant, names: readonly KeyName[]): Promise<void> {
    const ids = names.map(() => withoutDashes(randomUUID()));
    const wrapped = names.map((name, index) =>
      wrapKey(known.secrets.wrap, drawKey(), ...contextOf(tenant, name, ids[index] as string)),
    );
    await this.database.query(MAKE, [tenant, ...columnsOf(names), ids, wrapped]);
  }

  private async wipe(on: Queryable, tenant: string, subject: string): Promise<void> {
    await on.query(
      'update subject_key set wrapped = null where tenant = $1 and subject = $2 and wrapped is not null',
      [tenant, subject],
    );
  }

  private answerOf(tenant: string, { secrets }: Tenant, row: KeyRow): Answer {
    if (row.wrapped === null) return ERASED;
    invariant(row.id, 'what is wrapped has an id');
    const id = withoutDashes(row.id);
    return { id, key: unwrapKey(secrets.wrap, row.wrapped, ...contextOf(tenant, row, id)) };
  }
}

interface KeyRow extends KeyName {
  readonly id: string | null;
  /** Null where the subject was erased, whether or not it had this key. */
  readonly wrapped: Buffer | null;
}

/** One row per name that has a key or whose subject was erased. `offset 0` keeps it at one index scan per name. */
const FIND = `
  select subject, purpose, id, case when erased_at is null then wrapped end as wrapped
    from unnest($2::text[], $3::text[]) as wanted (subject, purpose)
    left join lateral (
      select id, wrapped from subject_key
       where tenant = $1 and subject = wanted.subject and purpose = wanted.purpose offset 0
    ) as stored on true
    left join lateral (
      select erased_at from erased_subject where tenant = $1 and subject = wanted.subject offset 0
    ) as erased on true
   where id is not null or erased_at is not null`;

const MAKE = `
  insert into subject_key (tenant, subject, purpose, id, wrapped)
  select $1, subject, purpose, id, wrapped
    from unnest($2::text[], $3::text[], $4::uuid[], $5::bytea[]) as drawn (subject, purpose, id, wrapped)
   order by subject, purpose
  on conflict (tenant, subject, purpose) do nothing`;

const columnsOf = (names: readonly KeyName[]): [string[], string[]] => [
  names.map(({ subject }) => subject),
  names.map(({ purpose }) => purpose),
];

const keyOfName = ({ subject, purpose }: KeyName): string => `${subject} ${purpose}`;

const contextOf = (tenant: string, { subject, purpose }: KeyName, id: string): string[] => [
  'subject',
  tenant,
  subject,
  purpose,
  id,
];

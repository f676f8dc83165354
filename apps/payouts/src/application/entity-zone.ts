import { DEFAULT_PROGRAMME } from '@tributary/contracts';
import type { Database } from '@tributary/postgres';

const ZONE = `select zone from payer_entity where tenant = $1 and entity = $2`;

/** Who has created no entity counts its days as the default says. */
export async function zoneOfEntity(
  database: Pick<Database, 'query'>,
  tenant: string,
  entity: string,
): Promise<string> {
  const { rows } = await database.query<{ zone: string }>(ZONE, [tenant, entity]);
  return rows[0]?.zone ?? DEFAULT_PROGRAMME.zone;
}

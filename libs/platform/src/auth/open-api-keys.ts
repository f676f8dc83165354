import { Database } from '@tributary/postgres';
import { ApiKeys, apiKeySchema } from './api-keys';

export interface OpenApiKeys {
  readonly keys: ApiKeys;
  readonly close: () => Promise<void>;
}

/** The keys where they lie, with their table made if it is missing. */
export async function openApiKeys(
  url: string,
  onConnectionLost: (error: unknown) => void,
): Promise<OpenApiKeys> {
  const { entities, migrations, schema } = apiKeySchema;
  const database = await Database.open({
    url,
    schema,
    entities: [...entities],
    migrations: [...migrations],
    // Keys are looked up once in a while and remembered; the services need the connections.
    poolSize: 2,
    onConnectionLost,
  });
  const keys = new ApiKeys(database.dataSource, { now: Date.now });
  return { keys, close: () => database.close() };
}

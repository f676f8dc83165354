import { Client, type ClientConfig } from 'pg';

import { orUnavailable } from './unavailable';

/**
 * A connection past every pool, for whoever ends it soon. Rejects with `unavailable` when the database is at fault, and so should
 * whoever asks it something: a server may let us in and be gone in the same breath.
 */
export async function openClient(config: ClientConfig): Promise<Client> {
  const client = new Client(config);
  // An error that nobody listens to ends the process, whether somebody waits for an answer or not. The statement fails anyway.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end();
    throw orUnavailable(error);
  }
}

/** For as long as `work` takes, whose errors are told as those of `openClient` are. */
export async function withClient<T>(
  config: ClientConfig,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await openClient(config);
  try {
    return await work(client);
  } catch (error) {
    throw orUnavailable(error);
  } finally {
    await client.end();
  }
}

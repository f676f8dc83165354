import type { Connection, Pool, Submittable } from 'pg';
import { COPIED_COLUMNS, copyMessages } from './copy-rows';
import type { Pending } from './pending';

/**
 * One message, which the server takes for one transaction. The lock comes first, and nothing waits for an answer while it is
 * held: the server itself counts the positions, from where the head stands. What is not dense, it refuses at the end.
 */
const copyOf = (events: number): string => `
  select h.position, setval('event_position', h.position + 1, false)
    from (select position from log_head for update) h;
  copy event (${COPIED_COLUMNS.join(', ')}) from stdin (format binary);
  update log_head set position = case
    when currval('event_position') = position + ${events} then position + ${events} end;`;

/** Writes appends to new streams, all of them or none. Answers the head before them. */
export async function copyBatch(pool: Pool, lines: readonly Pending[]): Promise<bigint> {
  let [events, bytes] = [0, 0];
  for (const pending of lines) {
    events += pending.events.length;
    bytes += pending.bytes;
  }
  const messages = copyMessages(lines, bytes);
  const client = await pool.connect();
  return new Promise((resolve, reject) => {
    const end = (error: Error | undefined, base: bigint): void => {
      client.off('error', lost);
      // After a failure the connection may still hold rows that nobody asks for.
      client.release(error);
      if (error) reject(error);
      else resolve(base);
    };
    const lost = (error: Error): void => copy.handleError(error);
    const copy = new Copy(copyOf(events), messages, end);
    client.on('error', lost);
    client.query(copy);
  });
}

/** Sends the rows together with the statements; the driver's own way would wait for leave to send them, holding the lock. */
class Copy implements Submittable {
  private base = -1n;
  private settled = false;

  constructor(
    private readonly statements: string,
    private readonly messages: Buffer,
    private readonly end: (error: Error | undefined, base: bigint) => void,
  ) {}

  /** The driver replaces it to watch over the time. */
  callback = (error?: Error): void => {
    if (this.settled) return;
    this.settled = true;
    this.end(error, this.base);
  };

  submit(connection: Connection): void {
    const { stream } = connection;
    stream.cork();
    connection.query(this.statements);
    stream.write(this.messages);
    stream.uncork();
  }

  handleDataRow({ fields }: { readonly fields: readonly string[] }): void {
    this.base = BigInt(fields[0] as string);
  }

  handleError(error: Error): void {
    this.callback(error);
  }

  handleReadyForQuery(): void {
    this.callback();
  }

  handleRowDescription(): void {
    // Its rows are read as they come.
  }

  handleCommandComplete(): void {
    // Three statements, of which only the end of the last one counts.
  }

  handleCopyInResponse(): void {
    // The rows are on their way already.
  }
}

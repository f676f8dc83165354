import { type ArchivedEvent, archiveLine } from '@tributary/event-log';
import {
  type JsonObject,
  type Recorded,
  type StreamName,
  canonicalJson,
  leafText,
  msOf,
  prepare,
  uuidV7,
} from '@tributary/kernel';
import { EmbeddedPostgres } from '@tributary/postgres';
import {
  Frontier,
  checkpointText,
  formatNote,
  leafHashOf,
  signNote,
  signerOf,
  verifierKeyOf,
} from '@tributary/proofs';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ChildProgram } from './child-program';
import { type BenchContext, openLog } from './context';
import type { Section } from './report';

const FULL_SIZES = [1_000_000, 10_000_000];
const STANDALONE = resolve(__dirname, '../../../apps/standalone/dist/main.js');
const STILL_LIMIT_MS = 120_000;
const LOOK_EVERY_MS = 500;
/** As often the head has to be the same before nothing more is expected. */
const STILL_LOOKS = 6;
/** So many tenants are at work at a time, so that streams lie between one another as they do in a log. */
const TENANTS_AT_ONCE = 50;
const BYTES_AT_ONCE = 1 << 20;

export interface DemoArchive {
  readonly file: string;
  readonly events: number;
  /** Of all of it, and of its first half. */
  readonly checkpoint: string;
  readonly since: string;
  readonly key: string;
}

/** A section for each size that was asked for, of the same demo. */
export async function measureDemoArchives(
  context: BenchContext,
  measured: (context: BenchContext, archive: DemoArchive) => Promise<Section>,
): Promise<Section[]> {
  const demo = await playDemo(context.directory);
  const sections: Section[] = [];
  for (const count of context.full ? FULL_SIZES : [context.events]) {
    const archive = await writeDemoArchive(demo, count, context.directory);
    sections.push(await measured(context, archive));
  }
  return sections;
}

/** What the whole product has written for its demo programme, by all services, from the first fact to the bank line. */
async function playDemo(directory: string): Promise<readonly Recorded[]> {
  const data = join(directory, 'demo');
  const program = await ChildProgram.start(
    [STANDALONE, '--port', '0', '--data-dir', data],
    /Tributary runs at (http\S+)/,
  );
  try {
    const url = await EmbeddedPostgres.urlOfRunning(join(data, 'postgres'), 'tributary');
    if (url === undefined) throw new Error('The demo has no database.');
    const log = await openLog(url);
    try {
      await untilStill(() => log.head());
      const events: Recorded[] = [];
      for await (const batch of log.readAll(0n)) events.push(...batch.events);
      return events;
    } finally {
      await log.close();
    }
  } finally {
    await program.stop();
  }
}

async function untilStill(head: () => Promise<bigint>): Promise<void> {
  const giveUpMs = performance.now() + STILL_LIMIT_MS;
  for (let last = 0n, looks = 0; looks < STILL_LOOKS;) {
    if (performance.now() > giveUpMs) throw new Error('The demo never comes to rest.');
    await setTimeout(LOOK_EVERY_MS);
    const now = await head();
    looks = now === last ? looks + 1 : 0;
    last = now;
  }
}

/** The demo once for each of many tenants, as an export of one log, with what would have been signed of it. */
async function writeDemoArchive(
  demo: readonly Recorded[],
  count: number,
  directory: string,
): Promise<DemoArchive> {
  const [file, checkpoint, since] = ['log.ndjson', 'checkpoint', 'since'].map((name) =>
    join(directory, `${count}-${name}`),
  ) as [string, string, string];
  const signer = signerOf('bench.tributary.test/log', Buffer.alloc(32, 7));
  const frontier = new Frontier();
  const sign = (into: string): Promise<void> => {
    const text = checkpointText({
      origin: signer.name,
      size: frontier.size,
      root: frontier.root(),
    });
    return writeFile(into, formatNote(signNote(text, signer)));
  };
  const lines = new Lines(file);
  await lines.add('{"archive":"tributary-log@1","tenant":null}\n');
  for (const archived of copiesOf(demo, count)) {
    await lines.add(`${archiveLine(archived, canonicalJson(archived.event.data))}\n`);
    frontier.push(leafHashOf(Buffer.from(leafText(archived.event))));
    if (frontier.size === Math.floor(count / 2)) await sign(since);
  }
  await sign(checkpoint);
  const events = frontier.size;
  await lines.end(events);
  return { file, events, checkpoint, since, key: verifierKeyOf(signer) };
}

/** Everything that is written is part of what its last line says. */
class Lines {
  private readonly hash = createHash('sha256');
  private readonly out;
  private waiting = '';

  constructor(file: string) {
    this.out = createWriteStream(file);
  }

  async add(line: string): Promise<void> {
    this.waiting += line;
    if (this.waiting.length >= BYTES_AT_ONCE) await this.flush();
  }

  async end(events: number): Promise<void> {
    await this.flush();
    const footer = { events, size: events, sha256: this.hash.digest('hex') };
    this.out.end(`${JSON.stringify(footer)}\n`);
    await once(this.out, 'close');
  }

  private async flush(): Promise<void> {
    const text = this.waiting;
    this.waiting = '';
    this.hash.update(text);
    if (!this.out.write(text)) await once(this.out, 'drain');
  }
}

/** As many as that, or a few less: no log ends within a command, of which a replay would find the rest missing. */
function* copiesOf(demo: readonly Recorded[], count: number): Generator<ArchivedEvent> {
  for (let first = 0, from = 0; from + TENANTS_AT_ONCE <= count; first += TENANTS_AT_ONCE) {
    const tenants = Array.from({ length: TENANTS_AT_ONCE }, (_, i) => `t${first + i}`);
    const each = wholeCommands(demo, Math.floor((count - from) / TENANTS_AT_ONCE));
    yield* copiesSideBySide(demo.slice(0, each), tenants, from);
    if (each < demo.length) return;
    from += each * TENANTS_AT_ONCE;
  }
}

/** How many of so many events come to an end together with their command. */
function wholeCommands(demo: readonly Recorded[], most: number): number {
  let count = Math.min(most, demo.length);
  while (count > 0 && demo[count]?.commandId === demo[count - 1]?.commandId) count--;
  return count;
}

/** Each event once for each tenant, before the next one. */
function* copiesSideBySide(
  demo: readonly Recorded[],
  tenants: readonly string[],
  from: number,
): Generator<ArchivedEvent> {
  const copies = tenants.map((tenant) => new Copy(tenant));
  let index = from;
  for (const event of demo)
    for (const copy of copies) {
      yield { index, event: copy.of(event, BigInt(index + 1)) };
      index++;
    }
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** One tenant's: ids of events and commands are its own, and are the same wherever one is named. */
class Copy {
  private readonly ids = new Map<string, string>();

  constructor(private readonly tenant: string) {}

  of(event: Recorded, position: bigint): Recorded {
    const { type, occurredAt, schemaVersion, recordedAt, revision, commandIndex } = event;
    const draw = (id: string): string => {
      const drawn = this.ids.get(id) ?? uuidV7(msOf(recordedAt));
      this.ids.set(id, drawn);
      return drawn;
    };
    const cause = {
      commandId: draw(event.commandId),
      fingerprint: event.fingerprint,
      actor: event.actor,
      causationId: event.causationId === null ? null : draw(event.causationId),
      correlationId: event.correlationId,
      traceParent: event.traceParent,
    };
    const text = JSON.stringify(event.data).replace(UUID, (id) => this.ids.get(id) ?? id);
    const data = JSON.parse(text) as JsonObject;
    const stated = { type, occurredAt, schemaVersion, data };
    const { contentHash } = prepare(stated, cause, commandIndex, draw(event.id));
    const stream = event.stream.replace(`-${event.tenant}.`, `-${this.tenant}.`) as StreamName;
    const place = { stream, tenant: this.tenant, revision, position, recordedAt };
    return { ...event, ...cause, ...place, data, contentHash, id: draw(event.id) };
  }
}

import { createHash, hash } from 'node:crypto';
import { copyFile, open, stat } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { BenchContext } from '../context';
import { type DemoArchive, measureDemoArchives } from '../demo-archive';
import type { Section } from '../report';
import { type Measured, type Variant, alternate, ratioOf, timed } from '../rounds';
import { tributary } from '../tributary-command';

const READ_BYTES = 1 << 20;

/** Levels L0 to L3 of an export, against SHA-256 of the same bytes as they are read. */
export const verifyBench = (context: BenchContext): Promise<Section[]> =>
  measureDemoArchives(context, measured);

async function measured(context: BenchContext, archive: DemoArchive): Promise<Section> {
  const { events, file } = archive;
  const variants: Variant[] = [
    {
      name: 'read, and SHA-256 of it in one piece',
      role: 'limit',
      run: () => timed(events, () => hashed(file)),
    },
    {
      name: 'verify, levels L0 to L3',
      role: 'ours',
      run: () => timed(events, () => assertIntact(archive)),
    },
    {
      name: 'read line by line, and SHA-256 of each',
      role: 'peer',
      run: () => timed(events, () => hashedByLine(file, events)),
    },
  ];
  const all = await alternate(variants, { rounds: context.rounds });
  await assertRefused(archive);
  const [limit, ours, peer] = all as [Measured, Measured, Measured];
  const { size } = await stat(file);
  return {
    title: `verify, ${events} events`,
    measured: all,
    figures: [
      {
        goal: 'verify',
        what: 'levels L0 to L3 against SHA-256 of the same bytes and reading them',
        ratio: ratioOf(ours, limit),
      },
      {
        goal: 'verify lines',
        what: 'levels L0 to L3 against reading line by line and SHA-256 of each',
        ratio: ratioOf(ours, peer),
      },
    ],
    notes: [`${(size / 1e6).toFixed(0)} MB; a byte that was changed in it is refused`],
  };
}

async function hashed(file: string): Promise<void> {
  const whole = createHash('sha256');
  const chunks = createReadStream(file, { highWaterMark: READ_BYTES });
  for await (const chunk of chunks as AsyncIterable<Buffer>) whole.update(chunk);
  if (whole.digest().length !== 32) throw new Error('Nothing was hashed.');
}

async function hashedByLine(file: string, events: number): Promise<void> {
  const input = createReadStream(file, { highWaterMark: READ_BYTES });
  let lines = 0;
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    if (hash('sha256', line).length === 64) lines++;
  }
  if (lines !== events + 2) throw new Error(`${lines} lines were hashed.`);
}

const verified = ({ checkpoint, since, key }: DemoArchive, file: string) =>
  tributary(
    ...['verify', '--archive', file, '--checkpoint', checkpoint, '--since', since],
    ...['--key', key, '--up-to', 'L3'],
  );

async function assertIntact(archive: DemoArchive): Promise<void> {
  const { code, answer } = await verified(archive, archive.file);
  const { events } = answer as { readonly events?: number };
  if (code !== 0 || events !== archive.events)
    throw new Error(`verify ended with ${code}: ${JSON.stringify(answer)}`);
}

/** Whatever is fast because it looks at nothing fails here. */
async function assertRefused(archive: DemoArchive): Promise<void> {
  const changed = `${archive.file}.changed`;
  await copyFile(archive.file, changed);
  const handle = await open(changed, 'r+');
  try {
    const place = Math.floor((await handle.stat()).size / 2);
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, place);
    await handle.write(Buffer.of((buffer[0] ?? 0) ^ 1), 0, 1, place);
  } finally {
    await handle.close();
  }
  const { code } = await verified(archive, changed);
  if (code !== 1) throw new Error(`A changed byte is not found: verify ended with ${code}.`);
}

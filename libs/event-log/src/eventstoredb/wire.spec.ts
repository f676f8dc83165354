import { PassThrough } from 'node:stream';

import { Wire } from './wire';
import type { Said } from './wire';

describe('turning a subscription into something that is asked', () => {
  it('keeps remarks behind the events that came before them, also while those wait in a buffer', async () => {
    const { wire, stream, checkpoint } = opened();
    stream.pause();
    stream.write('a');
    stream.write('b');
    await settled();
    expect(stream.readableLength).toBe(2);
    checkpoint(2n);
    stream.emit('caughtUp');
    stream.write('c');
    stream.resume();
    await settled();
    expect(texts(await wire.next(100))).toEqual(['a', 'b', '2', 'caught_up', 'c']);
  });

  it('holds back a subscription whose reader is slow, and lets it go on', async () => {
    const { wire, stream } = opened();
    const sent = Array.from({ length: 5_000 }, (_, n) => String(n));
    const writing = (async () => {
      for (const text of sent)
        if (!stream.write(text)) await new Promise((resolve) => stream.once('drain', resolve));
    })();
    await settled();
    await settled();
    expect(stream.isPaused()).toBe(true);

    const taken: string[] = [];
    while (taken.length < sent.length) taken.push(...texts(await wire.next(100)));
    await writing;
    expect(taken).toEqual(sent);
    expect(wire.isEmpty).toBe(true);
  });

  it('gives what came before an error, then the error', async () => {
    const { wire, stream } = opened();
    stream.write('a');
    await settled();
    stream.emit('error', new Error('dropped'));
    expect(texts(await wire.next(100))).toEqual(['a']);
    await expect(wire.next(100)).rejects.toThrow('dropped');
  });

  it('tells a clean end from having nothing to say', async () => {
    const { wire, stream } = opened();
    expect(await wire.next(100, 1)).toBe('idle');
    stream.end();
    expect(await wire.next(100)).toBe('ended');
  });

  it('ignores what comes late, and ends who waits', async () => {
    const { wire, stream, checkpoint } = opened();
    const waiting = wire.next(100);
    wire.close();
    expect(await waiting).toBe('ended');
    stream.write('late');
    checkpoint(9n);
    stream.emit('error', new Error('Cancelled on client'));
    await settled();
    expect(await wire.next(100)).toBe('ended');
  });
});

function opened() {
  const stream = Object.assign(new PassThrough({ objectMode: true }), {
    unsubscribe: () => Promise.resolve(),
  });
  let checkpoint: (position: bigint) => void = () => undefined;
  const wire = new Wire((onCheckpoint) => {
    checkpoint = onCheckpoint;
    return stream;
  });
  return { wire, stream, checkpoint: (position: bigint) => checkpoint(position) };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

const texts = (said: readonly Said[] | 'idle' | 'ended'): string[] => {
  if (typeof said === 'string') return [said];
  return said.map((one) =>
    typeof one === 'string'
      ? one
      : 'lookedAt' in one
        ? String(one.lookedAt)
        : (one.event as unknown as string),
  );
};

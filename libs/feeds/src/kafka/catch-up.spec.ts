import { catchUp, startingOffset } from './catch-up';
import { MemoryInbox, MemoryOwner, randomFrom } from './kafka.fixture';

const CHANNEL = 'tributary.attribution/0';
const never = new AbortController().signal;

describe('beginning to listen to an owner', () => {
  it('reads the owner to its head and begins with Kafka at the end that was noted before', async () => {
    const { owner, inbox, source } = scene();
    expect(await startingOffset(source, CHANNEL, { first: 0n, end: 700n }, never)).toBe(700n);
    expect(inbox.applied).toEqual(owner.rows);
    expect(await inbox.offsetOf('attribution', CHANNEL)).toBe(700n);
  });

  it('begins where Postgres says and does not ask the owner again', async () => {
    const { inbox, source } = scene();
    await inbox.receive('attribution', [], { channel: CHANNEL, next: 12n });
    expect(await startingOffset(source, CHANNEL, { first: 5n, end: 40n }, never)).toBe(12n);
    expect(inbox.applied).toEqual([]);
  });

  it.each([
    ['Kafka has thrown away what comes next', { first: 20n, end: 40n }],
    ['the topic was made anew', { first: 0n, end: 3n }],
  ])('asks the owner when %s', async (_, bounds) => {
    const { owner, inbox, source } = scene();
    await inbox.receive('attribution', [], { channel: CHANNEL, next: 12n });
    expect(await startingOffset(source, CHANNEL, bounds, never)).toBe(bounds.end);
    expect(inbox.applied).toEqual(owner.rows);
  });

  it('goes on from where an earlier catch-up ended', async () => {
    const { owner, inbox, source } = scene();
    await catchUp(source, never);
    owner.publish(10, 5, randomFrom(2));
    await catchUp(source, never);
    expect(inbox.applied).toEqual(owner.rows);
    expect(inbox.ignored).toBe(0);
  });

  it('stops between two pages when the partition is taken away', async () => {
    const { inbox, source } = scene();
    const taken = new AbortController();
    taken.abort();
    await expect(catchUp(source, taken.signal)).rejects.toThrow();
    expect(inbox.applied).toEqual([]);
  });
});

function scene() {
  const owner = new MemoryOwner();
  owner.publish(2500, 5, randomFrom(1));
  const inbox = new MemoryInbox();
  return { owner, inbox, source: { owner: 'attribution' as const, reader: owner, inbox } };
}

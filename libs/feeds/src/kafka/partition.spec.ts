import { murmur2, partitionOf } from './partition';

describe('choosing the partition of a stream', () => {
  // From the tests of the Apache Kafka client.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %s as every other client does', (key, hash) => {
    expect(murmur2(Buffer.from(key))).toBe(hash);
  });

  it('stays within the partitions and always gives the same one', () => {
    for (let i = 0; i < 1000; i++) {
      const partition = partitionOf(`line-acme.${i}`, 6);
      expect([0, 1, 2, 3, 4, 5]).toContain(partition);
      expect(partitionOf(`line-acme.${i}`, 6)).toBe(partition);
    }
  });
});

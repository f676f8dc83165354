/**
 * Named by every posting: what computed it, by the content of everything that it computes with. Written, together with
 * closure.json, by apps/commission/test/engine-closure.ts.
 */
export const ENGINE = {
  name: 'v1',
  hash: '90540fe2521fc34c0a7f0037a1d7e49e930c57c941e8d49e15922e840500d6b2',
} as const;

/**
 * Named by every posting: what computed it, by the content of everything that it computes with. Written, together with
 * closure.json, by apps/commission/test/engine-closure.ts.
 */
export const ENGINE = {
  name: 'v1',
  hash: 'f9a971f5b16384dcc757ba802be9741a8488e219de7b2240512e310ab6c9df23',
} as const;

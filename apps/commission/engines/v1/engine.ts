/**
 * Named by every posting: what computed it, by the content of everything that it computes with. Written, together with
 * closure.json, by apps/commission/test/engine-closure.ts.
 */
export const ENGINE = {
  name: 'v1',
  hash: 'a032a9edd6ac044f7d0c2a0d113c81ea89bf2ea5d039d44288600d834efda6e5',
} as const;

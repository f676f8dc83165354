/**
 * Named by every posting: what computed it, by the content of everything that it computes with. Written, together with
 * closure.json, by apps/commission/test/engine-closure.ts.
 */
export const ENGINE = {
  name: 'v1',
  hash: '58ef38672e7bce1dd8be54fc94bc284e8d0b3e7ef2b077c865a3b78d93224648',
} as const;

/**
 * Named by every posting: what computed it, by the content of everything that it computes with. Written, together with
 * closure.json, by apps/commission/test/engine-closure.ts.
 */
export const ENGINE = {
  name: 'v1',
  hash: '219bce2f82f43339d1301f95088894beef41e4fc9c2a698200f7401f8e130c54',
} as const;

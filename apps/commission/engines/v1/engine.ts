/**
 * Named by every posting: what computed it, by the content of everything that it computes with. Written, together with
 * closure.json, by apps/commission/test/engine-closure.ts.
 */
export const ENGINE = {
  name: 'v1',
  hash: 'b80ba1de7f22dadc3198f291671d3f47510c0e04604290e33122d223ec4e509f',
} as const;

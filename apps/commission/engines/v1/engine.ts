/**
 * Named by every posting: what computed it, by the content of everything that it computes with. Written, together with
 * closure.json, by apps/commission/test/engine-closure.ts.
 */
export const ENGINE = {
  name: 'v1',
  hash: 'b8340a052888e652a0f2cb450493c378c9ddcfdd2b671b9741c6e3b30ee31516',
} as const;

/**
 * Named by every posting: what computed it, by the content of everything that it computes with. Written, together with
 * closure.json, by apps/commission/test/engine-closure.ts.
 */
export const ENGINE = {
  name: 'v1',
  hash: '89fccb339a656513c9e387e9db0b57a10cca60c9f9c282aaf38b52147bd91bc1',
} as const;

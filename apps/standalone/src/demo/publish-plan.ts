import { asked, entered } from './front-door';

/** A second person approves what it has read, which the hash names. It reaches back, and so needs a reason. */
export async function publishPlan(
  address: string,
  keys: Readonly<Record<'admin' | 'auditor' | 'programme', string>>,
  { key, plan }: { readonly key: string; readonly plan: { readonly planId: string } },
): Promise<void> {
  const path = `/v1/plans/${plan.planId}`;
  const draft = { key, by: 'programme', path: '/v1/plans', body: plan } as const;
  const { token } = await entered(address, keys, draft);
  const read = await asked<PlanRead>(`${address}${path}?token=${token}`, keys.auditor);
  // Whoever has drafted more since is not overruled.
  if (read.versions.length > 0) return;
  const override = { codes: ['retroactive'], reason: 'The programme began in January.' };
  await entered(address, keys, {
    key: `${key}-approval`,
    by: 'admin',
    path: `${path}/approvals`,
    body: { hash: read.draft?.hash, override },
  });
}

interface PlanRead {
  readonly draft: { readonly hash: string } | null;
  readonly versions: readonly object[];
}

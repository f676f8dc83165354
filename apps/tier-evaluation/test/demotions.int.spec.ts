import { QUALIFICATION } from '@tributary/contracts';
import { type Answer, TestTiers } from './tiers.fixture';

let tiers: TestTiers;

beforeAll(async () => {
  tiers = await TestTiers.start();
});
afterAll(() => tiers.stop());

const OWN = '/v1/partners/northwind';
const INTEGRATION = `${OWN}/standings/integration`;

describe('a tier that falls', () => {
  it('is told to the partner with what became of its appeal, and not with who decided why', async () => {
    await integrated('live', '2026-02-01T00:00:00.000Z');
    for (const level of ['mutual_benefit', 'maintenance', 'joint'] as const)
      await integrated(level);
    await tiers.eventually(`${OWN}/standings`, (found) => appliedIn(found) === 'joint');
    const { token } = await tiers.post('/v1/tier-evaluations', { asOf: '2026-02-02T00:00:00Z' });
    await tiers.get(`${OWN}/demotions?token=${String(token)}`);
    const reason = 'It is live again next week';
    await tiers.post(`${INTEGRATION}/appeals`, { tier: 'joint', reason }, 'northwind');
    const decision = { tier: 'joint', keepUntil: '2127-01-01T00:00:00Z', reason: 'A friend' };
    const decided = await tiers.post(`${INTEGRATION}/appeals/decisions`, decision);

    const path = `${OWN}/demotions?token=${String(decided['token'])}`;
    const ofJoint = ({ items }: Answer) =>
      (items as Answer[]).find(({ tier }) => tier === 'joint')?.['appeal'];
    expect(ofJoint(await tiers.get(path))).toMatchObject({
      decided: { reason: 'A friend', upheld: true },
    });
    expect(ofJoint(await tiers.get(path, 'northwind'))).toEqual({
      decided: { upheld: true, at: expect.any(String) as string },
    });
  });

  it('leaves done what was done for it', async () => {
    const tasks = async (query: string) => (await tiers.get(`/v1/tier-tasks?${query}`))['items'];
    const [task] = (await tasks('state=open')) as { task: string }[];
    await tiers.post(`${INTEGRATION}/tasks/${String(task?.task)}/completions`, {
      note: 'Met them',
    });
    const why = { reason: 'It never ran', evidence: ['case 8'] };
    await tiers.post(`${INTEGRATION}/annulments`, {
      tier: null,
      from: '2026-01-20T00:00:00Z',
      ...why,
    });
    const gone = await tiers.post(`${INTEGRATION}/annulments/approvals`, { annulment: 1 }, 'bea');
    expect(gone['status']).toBe(200);
    const seen = `token=${String(gone['token'])}`;
    expect(await tasks(`state=dropped&${seen}`)).toEqual([]);
    expect(await tasks(`state=done&${seen}`)).toMatchObject([
      { subject: 'co-engineering', state: 'done', note: 'Met them' },
    ]);
  });
});

async function integrated(level: string, validUntil: string | null = null): Promise<void> {
  const record = level.replace('_', '');
  const value = { holds: true, level, validUntil, evidence: ['document 1'] };
  await tiers.says(QUALIFICATION, record, '2026-01-05T00:00:00Z', {
    ...{ partner: 'northwind', kind: 'integration', record },
    steps: [{ at: '2026-01-01T00:00:00.000Z', value }],
  });
}

const appliedIn = ({ items }: Answer): string | null | undefined =>
  (items as { value: { applied: string | null } | null }[])[0]?.value?.applied;

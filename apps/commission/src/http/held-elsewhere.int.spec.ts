import {
  agreed,
  at,
  line,
  partnerIs,
  planOf,
  programme,
  published,
  windowOf,
} from '../domain/earnings/earnings.fixture';
import { earningsStreamOf } from '../domain/earnings/window';
import { CommissionService } from './commission.fixture';

let service: CommissionService;
beforeAll(async () => {
  service = await CommissionService.start();
});
afterAll(() => service.stop());

const since = at('2025-01-01T00:00:00-03:00');
const autumn = at('2025-09-20T12:00:00-03:00');
const winter = at('2025-12-10T12:00:00-03:00');
const asOf = '2026-01-31T00:00:00Z';

const eventsOf = (window: string) =>
  service.events(earningsStreamOf('acme', windowOf('p1', window)));
/** The line as that window posts it. */
const lineIn = async (window: string): Promise<string> => {
  const [id] = await service.until(
    async () =>
      (await eventsOf(window)).flatMap(({ type, data }) =>
        type === 'CommissionPosted' ? [data.lineId] : [],
      ),
    (found) => found.length > 0,
  );
  return id ?? '';
};
const hold = (id: string) =>
  service.post(`/v1/lines/${id}/holds`, {
    reason: 'fraud',
    owner: 'risk',
    condition: 'the review is done',
  });

describe('a line that a person holds', () => {
  it('stays held where its payment is corrected into another window, until somebody lifts it there', async () => {
    await service.terms(
      agreed({}, { since }),
      partnerIs([[since, 'active']]),
      programme(),
      published(planOf(), since),
    );
    await service.credits(line(autumn, 100_000, { sale: 'moving' }));
    const before = await lineIn('2025-q3');
    await service.until(
      () => service.ask('/v1/lines?partner=p1'),
      (answer) => answer.list('items').length === 1,
    );
    const placed = await hold(before);
    expect(placed.status).toBe(201);

    await service.credits(line(winter, 100_000, { sale: 'moving' }));
    const after = await lineIn('2025-q4');
    await service.until(
      () => eventsOf('2025-q4'),
      (events) => events.some(({ type }) => type === 'HoldsChanged'),
    );
    expect((await service.post('/v1/releases', { asOf })).at('released')).toBe(0);
    const held = await service.ask('/v1/holds');
    expect(held.at('items')).toMatchObject([
      { line: after, amount: '25000', waitsFor: [{ reason: 'fraud', owner: 'risk' }] },
    ]);

    const lifts = `/v1/lines/${after}/holds/${placed.text('id')}/lifts`;
    expect((await service.post(lifts, { note: 'reviewed' })).status).toBe(200);
    expect((await service.post('/v1/releases', { asOf })).at('released')).toBe(1);
    // It is lifted where it was placed as well, should the payment come back.
    await service.until(
      () => eventsOf('2025-q3'),
      (events) => events.some(({ type, data }) => type === 'TermLearned' && 'note' in data.data),
    );
    const holds = (await eventsOf('2025-q3')).flatMap(({ type, data }) =>
      type === 'HoldsChanged' ? data.holds : [],
    );
    expect(holds.at(-1)).toMatchObject({ reason: 'fraud', until: expect.any(String) as string });
  });
});

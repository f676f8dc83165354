import type { Answer } from '@tributary/testing';
import { left, line, noon } from '../domain/earnings/earnings.fixture';
import { CommissionService } from './commission.fixture';

let service: CommissionService;
beforeAll(async () => {
  service = await CommissionService.start();
});
afterAll(() => service.stop());

const unplanned = (holds: (answer: Answer) => boolean): Promise<Answer> =>
  service.until(() => service.ask('/v1/unplanned'), holds);

describe('lines that nobody has agreed on', () => {
  it('are listed page by page, with all that they ever named, as they were known at each position', async () => {
    const nobody = (sale: string) => line(noon('05-04'), 1_000, { sale, ...left(1_000, 'p7') });
    const [first, second] = [nobody('nobody1'), nobody('nobody2')];
    await service.credits(first);
    const one = await unplanned((answer) => answer.list('items').length === 1);
    await service.credits(second);
    const both = await unplanned((answer) => answer.list('items').length === 2);
    const [told] = first.steps;
    if (told === undefined) throw new Error('A line has a step.');
    const again = {
      ...told,
      value: { ...told.value, ...left(1_000, 'p8'), paidAt: noon('05-05') },
    };
    await service.credits({ ...first, steps: [told, again] });
    const renamed = await unplanned((answer) => answer.list('items.0.partners').length === 2);
    expect(renamed.at('items')).toMatchObject([
      { sale: 'nobody1', partners: ['p7', 'p8'], paidAt: [noon('05-04'), noon('05-05')] },
      { sale: 'nobody2', partners: ['p7'] },
    ]);
    for (const said of [one, both, renamed]) {
      const path = `/v1/unplanned?position=${said.text('position')}`;
      const standing = { known: expect.any(String) as string, leaf: null, checkpoint: null };
      expect((await service.ask(path)).body).toEqual({ ...(said.body as object), ...standing });
      const page = await service.ask(`${path}&limit=1`);
      const items = [...page.list('items')];
      for (let { next } = page.body as { next: string | null }; next !== null;) {
        const more = await service.ask(`${path}&limit=1&after=${next}`);
        items.push(...more.list('items'));
        ({ next } = more.body as { next: string | null });
      }
      expect(items).toEqual(said.at('items'));
    }
  });

  it('are none at a moment before all of them', async () => {
    const known = '2020-01-01T00:00:00.000Z';
    expect((await service.ask(`/v1/unplanned?known=${known}`)).body).toMatchObject({
      ...{ known, position: '0', creditedPosition: '0', items: [], next: null },
    });
  });
});

import type { EntityData, ProgrammeData } from '@tributary/contracts';
import type { JsonObject } from '@tributary/kernel';
import type { EarningsCommand } from '../domain/earnings/commands';
import {
  agreed,
  learned,
  line,
  noon,
  partnerIs,
  programme,
  published,
  windowOf,
} from '../domain/earnings/earnings.fixture';
import { QuestionsService } from './explain.fixture';

let service: QuestionsService;
beforeAll(async () => {
  service = await QuestionsService.start();
});
afterAll(() => service.stop());

const id = windowOf();
const at = noon('03-20');

/** The programme goes over into the books of another entity. */
function moved(): readonly EarningsCommand[] {
  const { told } = programme({ revision: 2 });
  const { programme: name, steps } = told.data as unknown as ProgrammeData;
  const [first] = steps;
  if (first === undefined) throw new Error('A programme has a step.');
  const gone = { at, value: { ...first.value, entity: 'other' } };
  const data = { programme: name, steps: [first, gone] } as unknown as JsonObject;
  // Its books are told of last, so that they say since when.
  const zone = {
    entity: 'other',
    steps: [{ at, value: { zone: first.value.zone } }],
  };
  const entity = zone as unknown as EntityData & JsonObject;
  return [
    { type: 'LearnTerm', id, at, told: { ...told, data } },
    {
      type: 'LearnTerm',
      id,
      at,
      told: { topic: 'entity:other', key: 'other', revision: 1, data: entity },
    },
  ];
}

describe('what is held of a programme that moved to the books of another entity', () => {
  it('stands on each day with the entity whose Held account it was in', async () => {
    const sale = learned(line(noon('03-05'), 170_910));
    await service.tell(sale, agreed(), partnerIs(), programme(), published(), ...moved());
    const held = async (day: string) => {
      const found = await service.shown(`/v1/holds?on=${encodeURIComponent(noon(day))}`);
      const items = found.list('items') as readonly Record<'amount' | 'entity', string>[];
      return [found.list('totals'), items.map(({ entity, amount }) => [entity, amount])];
    };
    const of = (entity: string) => [
      [{ entity, asset: 'BRL/2', amount: '42728' }],
      [[entity, '42728']],
    ];
    expect(await held('03-10')).toEqual(of('main'));
    expect(await held('03-21')).toEqual(of('other'));
  });
});

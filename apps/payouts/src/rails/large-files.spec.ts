import { cnab240 } from './cnab240/rail';
import { itau341 } from './cnab240/itau-341';
import { csvRegister } from './csv-register/rail';
import { type Turns, atOnce } from '../turns';
import { byMail, fileOf, paid } from './payments.fixture';
import { writtenFile } from './rails';

const many = Array.from({ length: 2_000 }, (_, i) =>
  paid(`A${String(i).padStart(14, '0')}`, 100n, byMail),
);
const itau = cnab240(itau341);

describe('writing a large file', () => {
  it.each([
    ['pix', itau],
    ['register', csvRegister],
  ])(
    'pauses for every few items, both when it is written and when it is read back: %s',
    (kind, rail) => {
      const file = fileOf(kind, ...many);
      expect(pausesOf(rail.write(file))).toBeGreaterThan(many.length / 1_000);
      const bytes = atOnce(rail.write(file));
      expect(pausesOf(rail.readBack(bytes, file))).toBeGreaterThan(many.length / 1_000);
    },
  );

  it('lets others work meanwhile', async () => {
    let isWriting = true;
    let turns = 0;
    const others = (): void => {
      turns += 1;
      if (isWriting) setImmediate(others);
    };
    setImmediate(others);
    const { count } = await writtenFile(itau, fileOf('pix', ...many));
    isWriting = false;
    expect(count).toBe(many.length);
    expect(turns).toBeGreaterThan(1);
  });
});

function pausesOf(work: Turns<unknown>): number {
  let pauses = 0;
  while (work.next().done !== true) pauses += 1;
  return pauses;
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { atOnce } from '../../turns';
import { itau341 } from './itau-341';
import { readReturn } from './read-return';

const sample = (name: string) => readFileSync(join(__dirname, 'samples', name));
/** Segment A is the same at every bank; what differs is not read from answers. */
const of = (bank: string) => ({ ...itau341, bank });

describe('reading return files of other people', () => {
  it('believes paid only what is dated', () => {
    const { items, sequence } = atOnce(readReturn(of('077'), sample('inter-pix-retorno.ret')));
    expect(sequence).toBe(5);
    expect(
      items.map(({ item, answer, amountMinor, on }) => [item, answer, amountMinor, on]),
    ).toEqual([
      ['66752639', 'claimed_paid', 100n, '2025-09-30'],
      ['66752638', 'claimed_paid', 100n, '2025-09-30'],
      ['66879309', 'unknown', 100n, null],
      ['66879308', 'unknown', 100n, null],
    ]);
  });

  it('finds no answer in payments that are not ours', () => {
    const { items, warnings } = atOnce(
      readReturn(itau341, sample('itau-sispag-boleto-retorno.ret')),
    );
    expect(items).toEqual([]);
    expect(warnings).toContain('segment J is not read');
  });

  it('finds no answer in receivables', () => {
    const { items, fileRefused } = atOnce(readReturn(of('104'), sample('caixa-cobranca.ret')));
    expect([items, fileRefused]).toEqual([[], []]);
  });
});

import type { CommandBus } from '@nestjs/cqrs';
import { instant, uuidV5 } from '@tributary/kernel';
import type { CommandContext, ServiceRuntime } from '@tributary/platform';
import { withholding } from '../read-model/withholding.projection';
import { RemittanceDesk, type SaidRemitted } from './remittances';

const REMITTANCE = uuidV5('spec', 'remittance');
const said: SaidRemitted = {
  ...{ entity: 'main', asset: 'BRL/2', rule: 'irrf', month: '2026-04', amount: '300' },
  ...{ offset: '0', paidOn: '2026-05-20', rail: null, reference: 'DARF 1', evidence: [] },
};

describe('saying what was paid to the tax authority', () => {
  it('is refused while the register does not have all that was paid', async () => {
    const asked: unknown[][] = [];
    const waitUntil = (...of: unknown[]) => {
      asked.push(of);
      return Promise.resolve(false);
    };
    const log = { head: () => Promise.resolve(17n) };
    // Nobody is asked what the register says, and nothing is decided: there is nobody who could.
    const runtime = { feeds: { waitUntil }, log } as unknown as ServiceRuntime;
    const desk = new RemittanceDesk({} as CommandBus, runtime);
    const receivedAt = instant('2026-05-21T12:00:00Z');
    const context = { tenant: 'acme', cause: { actor: 'ana' }, receivedAt } as CommandContext;
    expect(await desk.propose(said, REMITTANCE, context)).toEqual({
      kind: 'rejected',
      rejected: { code: 'register_behind' },
    });
    expect(asked).toEqual([[[withholding.name], 17n, expect.any(Number)]]);
  });
});

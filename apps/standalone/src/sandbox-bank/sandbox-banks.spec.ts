import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SandboxBank, openBank } from '@tributary/sandbox-bank';
import { SandboxBanks } from './sandbox-banks';

const ACCOUNT = {
  ...{ bank: '341', branch: '1234', number: '56789', digit: '0' },
  ...{ holder: 'TRIBUTARY DEMO LTDA', document: '11222333000181' },
};

describe('keeping a sandbox bank for each tenant', () => {
  let directory: string;
  let banks: SandboxBanks;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tributary-bank-'));
    banks = new SandboxBanks(directory);
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('begins with none, and keeps what was opened for that tenant alone', async () => {
    await deposit('acme', 1n);
    expect(await banks.find('other')).toBeNull();
    expect((await new SandboxBanks(directory).find('acme'))?.balanceMinor).toBe(1n);
  });

  it('loses nothing of two changes at the same time', async () => {
    await Promise.all([deposit('acme', 1n), deposit('acme', 2n), deposit('acme', 4n)]);
    expect((await banks.find('acme'))?.balanceMinor).toBe(7n);
  });

  it('keeps nothing of a change that fails, and goes on', async () => {
    await deposit('acme', 1n);
    const failing = banks.change('acme', (bank) => {
      bank?.enter({ side: 'credit', amountMinor: '5', text: 'LOST' });
      throw new Error('The bank says no.');
    });
    await expect(failing).rejects.toThrow('The bank says no.');
    await deposit('acme', 2n);
    expect((await banks.find('acme'))?.balanceMinor).toBe(3n);
  });

  const deposit = (tenant: string, amount: bigint): Promise<void> =>
    banks.change(tenant, (found) => {
      const opening = { account: ACCOUNT, openingMinor: '0', on: '2026-04-15' };
      const bank = found ?? new SandboxBank(openBank(opening));
      bank.enter({ side: 'credit', amountMinor: String(amount), text: 'DEPOSIT' });
      return { bank, answer: undefined };
    });
});

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BankState, SandboxBank, bankStateOf } from '@tributary/sandbox-bank';

/** One bank per tenant, each in a file of its own. */
export class SandboxBanks {
  private readonly turns = new Map<string, Promise<unknown>>();

  constructor(private readonly directory: string) {}

  /** Null where the tenant has opened none. */
  async find(tenant: string): Promise<SandboxBank | null> {
    return await this.inTurn(tenant, () => this.read(tenant));
  }

  /** Whatever `change` leaves in the bank is kept; when it throws, nothing is. One change of a bank at a time. */
  async change<T>(
    tenant: string,
    change: (bank: SandboxBank | null) => { readonly bank: SandboxBank; readonly answer: T },
  ): Promise<T> {
    return await this.inTurn(tenant, async () => {
      const { bank, answer } = change(await this.read(tenant));
      // Each answer is numbered as soon as there is one, and can be fetched as often as it is asked for.
      bank.returnFiles();
      await this.keep(tenant, bank.state);
      return answer;
    });
  }

  private async read(tenant: string): Promise<SandboxBank | null> {
    try {
      const written: unknown = JSON.parse(await readFile(this.pathOf(tenant), 'utf8'));
      return new SandboxBank(bankStateOf(written));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /** In one step, so that a process that ends half-way leaves the bank as it was. */
  private async keep(tenant: string, state: BankState): Promise<void> {
    const path = this.pathOf(tenant);
    await mkdir(this.directory, { recursive: true });
    await writeFile(`${path}.new`, JSON.stringify(state), { mode: 0o600 });
    await rename(`${path}.new`, path);
  }

  private async inTurn<T>(tenant: string, work: () => Promise<T>): Promise<T> {
    const before = this.turns.get(tenant) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.turns.set(tenant, turn);
    return await turn;
  }

  private pathOf(tenant: string): string {
    return join(this.directory, `${tenant}.json`);
  }
}

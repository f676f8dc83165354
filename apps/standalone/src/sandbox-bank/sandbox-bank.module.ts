import { Module, type Type } from '@nestjs/common';
import { SandboxBankController } from './sandbox-bank.controller';
import { SandboxBanks } from './sandbox-banks';

/** A bank to try payouts with, which keeps itself in a directory. It belongs to no service, and stands nowhere else than on laptops. */
export function sandboxBankIn(directory: string): Type {
  @Module({
    controllers: [SandboxBankController],
    providers: [{ provide: SandboxBanks, useValue: new SandboxBanks(directory) }],
  })
  class SandboxBankModule {}
  return SandboxBankModule;
}

import type {
  Asset,
  Cause,
  Decider,
  DomainEvent,
  Instant,
  Rejected,
  StreamName,
  Uuid,
} from '@tributary/kernel';
import type { Type } from '@nestjs/common';
import { resolve } from 'node:path';

/** The inside of the service is nobody's business but its own, and it lets no project in; a bench looks at what was built. */
const BUILT = resolve(__dirname, '../../../apps/payouts/dist');
const built = async <T>(file: string): Promise<T> => (await import(resolve(BUILT, file))) as T;

type AnyDecider = Decider<object, DomainEvent<string, object>, object, Rejected>;

export interface CommandContext {
  readonly tenant: string;
  readonly cause: Cause;
  readonly newId: string;
  readonly receivedAt: Instant;
}

interface Outcome {
  readonly kind: 'accepted' | 'nothing' | 'rejected' | 'replayed';
  readonly position: bigint;
}

export interface PayeesService {
  propose(context: CommandContext, partner: string, payee: object): Promise<Outcome>;
}

export interface BankStatementsService {
  take(
    rail: string,
    bytes: Uint8Array,
    declared: { readonly opening: null; readonly closing: null },
    by: {
      readonly tenant: string;
      readonly actor: string;
      readonly correlationId: string;
      readonly traceParent: null;
      readonly at: Instant;
    },
  ): Promise<{ readonly statements: readonly { readonly outcome: string }[] }>;
}

export interface OfAccount {
  readonly partner: string;
  readonly entity: string;
  readonly asset: Asset;
}

export interface BuiltPayouts {
  readonly module: Type;
  readonly account: AnyDecider;
  readonly payee: AnyDecider;
  readonly rail: AnyDecider;
  readonly accountStreamOf: (tenant: string, account: OfAccount) => StreamName;
  readonly payeeStreamOf: (tenant: string, partner: string) => StreamName;
  readonly railStreamOf: (tenant: string, rail: string) => StreamName;
  readonly taxStreamOf: (tenant: string, entity: string) => StreamName;
  readonly Payees: Type<PayeesService>;
  readonly BankStatements: new (
    commands: object,
    privacy: object,
    runtime: object,
  ) => BankStatementsService;
  readonly readBankFile: (
    bytes: Uint8Array,
    options: { readonly zone: string; readonly counterpartyOf: (account: string) => string | null },
  ) => { readonly statements: readonly { readonly lines: readonly object[] }[] };
}

type Built<K extends keyof BuiltPayouts> = Pick<BuiltPayouts, K>;

export async function loadPayouts(): Promise<BuiltPayouts> {
  const { PayoutsModule } = await built<{ readonly PayoutsModule: Type }>('payouts.module.js');
  return {
    module: PayoutsModule,
    ...(await built<Built<'account'>>('domain/account/decide.js')),
    ...(await built<Built<'accountStreamOf'>>('domain/account/terms.js')),
    ...(await built<Built<'payee'>>('domain/payee/decide.js')),
    ...(await built<Built<'payeeStreamOf'>>('domain/payee/events.js')),
    ...(await built<Built<'rail'>>('domain/rail/decide.js')),
    ...(await built<Built<'railStreamOf'>>('domain/rail/file-events.js')),
    ...(await built<Built<'taxStreamOf'>>('domain/withholding/events.js')),
    ...(await built<Built<'Payees'>>('application/payees.js')),
    ...(await built<Built<'BankStatements'>>('application/statements-in.js')),
    ...(await built<Built<'readBankFile'>>('bank-files/reader.js')),
  };
}

export const causeOf = (commandId: Uuid): Cause => ({
  ...{ commandId, fingerprint: commandId, actor: 'bench', correlationId: 'bench' },
  ...{ causationId: null, traceParent: null },
});

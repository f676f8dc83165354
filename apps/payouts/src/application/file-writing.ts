import { Injectable } from '@nestjs/common';
import { Command, type CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  CodedError,
  type Instant,
  type Outcome,
  type Uuid,
  hasCode,
  invariant,
} from '@tributary/kernel';
import { type DispatchContext, ServiceRuntime } from '@tributary/platform';
import type { ReservedItem } from '../domain/account/terms';
import type { ItemId } from '../domain/item';
import { rail as railDecider } from '../domain/rail/decide';
import type { RailRejected } from '../domain/rail/commands';
import { railStreamOf } from '../domain/rail/file-events';
import type { OpenPayee, PaymentFile, PaymentItem } from '../rails/rail';
import { type WrittenFile, railNamed, writtenFile } from '../rails/rails';
import { type FileOfRail, type LoadedFile, loadFile, loadSettings, payingAccountOf } from './files';
import { PayeeOpening, type PayeeVersion } from './payee-opening';
import { allOf, slicesOf } from './runs-fan-out';

const PAYEES_AT_ONCE = 1_000;

/** What makes an item impossible to write, without what is personal about it. */
export interface FoundFault {
  readonly code: string;
  readonly field: string;
  readonly message: string;
}
type Faults = ReadonlyMap<ItemId, readonly FoundFault[]>;

/** Files as bytes. What is personal is opened here, written, and kept nowhere. */
@Injectable()
export class PaymentFiles {
  constructor(
    private readonly runtime: ServiceRuntime,
    private readonly opening: PayeeOpening,
  ) {}

  load(file: FileOfRail): Promise<LoadedFile | undefined> {
    return loadFile(this.runtime.log, file);
  }

  /** The same bytes whenever it is asked, as long as no payee of it was erased: then it rejects with `erased`. */
  async render(
    tenant: string,
    { numbered, items }: LoadedFile,
    rail = railNamed(numbered.from.format),
  ): Promise<WrittenFile> {
    const { rail: id, from, run, sequence, kind, madeAt, payOn, asset } = numbered;
    const payees = await this.openAll(tenant, items);
    const paid = items.map(({ item, amount }, i): PaymentItem => {
      const payee = payees[i];
      if (payee?.status === 'fulfilled')
        return { item, amountMinor: BigInt(amount), payee: payee.value };
      throw payee?.reason;
    });
    const { zone } = from;
    const about = { run, sequence, kind, madeAt, zone, payOn, asset };
    const file: PaymentFile = { from: payingAccountOf(id, from), ...about, items: paid };
    return writtenFile(rail, file);
  }

  /** Asked before a run is locked. Somebody whose details are gone cannot be paid either. */
  async faultsOf(tenant: string, id: string, items: readonly ReservedItem[]): Promise<Faults> {
    const settings = await loadSettings(this.runtime.log, tenant, id);
    if (!settings) throw new CodedError('account_unknown', `Nobody has registered ${id}.`, { id });
    const [rail, from] = [railNamed(settings.format), payingAccountOf(id, settings)];
    const wanted = items.map(({ partner, method }) => ({ partner, version: method.version }));
    const payees = await this.openAll(tenant, wanted);
    const found = items.map(({ item, net }, i): [ItemId, readonly FoundFault[]] => {
      const payee = payees[i];
      if (payee?.status !== 'fulfilled') return [item, [goneOr(payee?.reason)]];
      const asked = { item, amountMinor: BigInt(net), payee: payee.value };
      return [item, rail.faultsOf(asked, from).map(({ item: _item, ...fault }) => fault)];
    });
    return new Map(found.filter(([, faults]) => faults.length > 0));
  }

  private async openAll(
    tenant: string,
    wanted: readonly PayeeVersion[],
  ): Promise<readonly PromiseSettledResult<OpenPayee>[]> {
    const opened: PromiseSettledResult<OpenPayee>[] = [];
    // Two at a time, so that the next are looked up while these are opened.
    for (const some of slicesOf(slicesOf(wanted, PAYEES_AT_ONCE), 2)) {
      const found = await allOf(some.map((slice) => this.opening.openAll(tenant, slice)));
      opened.push(...found.flat());
    }
    return opened;
  }
}

function goneOr(reason: unknown): FoundFault {
  if (!hasCode(reason, 'erased', 'payee_unknown')) throw reason;
  const message = 'Where the money is to go is not known any more.';
  return { code: reason.code, field: 'payee', message };
}

/** Over the bus, because a reaction is handed nothing else of what the module has. */
export class FindItemFaults extends Command<Faults> {
  constructor(
    readonly tenant: string,
    readonly rail: string,
    readonly items: readonly ReservedItem[],
  ) {
    super();
  }
}

@CommandHandler(FindItemFaults)
export class FindItemFaultsHandler implements ICommandHandler<FindItemFaults> {
  constructor(private readonly files: PaymentFiles) {}

  execute({ tenant, rail, items }: FindItemFaults): Promise<Faults> {
    return this.files.faultsOf(tenant, rail, items);
  }
}

/** For whoever locks a run. */
export const faultsThrough =
  (bus: CommandBus) =>
  (tenant: string, payingAccount: string, items: readonly ReservedItem[]): Promise<Faults> =>
    bus.execute(new FindItemFaults(tenant, payingAccount, items));

type WrittenOutcome = { readonly kind: 'nothing' } | Outcome<RailRejected>;

export interface WriteFileStep {
  readonly type: 'WriteFile';
  readonly rail: string;
  readonly file: Uuid;
  readonly from: bigint;
  readonly at: Instant;
}

/** Writes a file that has all its items, passes it through the gate, and notes what its bytes are. */
export class WriteFile extends Command<WrittenOutcome> {
  constructor(
    readonly step: WriteFileStep,
    readonly context: DispatchContext,
  ) {
    super();
  }
}

@CommandHandler(WriteFile)
export class WriteFileHandler implements ICommandHandler<WriteFile> {
  constructor(
    private readonly files: PaymentFiles,
    private readonly runtime: ServiceRuntime,
  ) {}

  async execute({ step, context }: WriteFile): Promise<WrittenOutcome> {
    const { rail, file, from, at } = step;
    const { tenant, cause } = context;
    const loaded = await this.files.load({ tenant, rail, file, from });
    invariant(loaded, 'a file is numbered before it is written');
    // Delivered once more, it is known by its hash, and what was erased since then does not matter.
    if (loaded.exported || loaded.isVoided) return { kind: 'nothing' };
    // Everything in it was left out: nothing is sent, and two persons may void the number.
    if (loaded.items.length === 0) return { kind: 'nothing' };
    const { bytes, sha256, count, totalMinor } = await this.files.render(tenant, loaded);
    const totals = { sha256, bytes: bytes.length, count, total: String(totalMinor) };
    return await this.runtime.runner.run(
      railDecider,
      railStreamOf(tenant, rail),
      { type: 'ExportFile', rail, file, ...totals, at },
      cause,
    );
  }
}

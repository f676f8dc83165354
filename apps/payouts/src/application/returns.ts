import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { CodedError, type Instant, type Uuid, sha256Hex, uuidV5 } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import type { AnswerToItem, FileCommand, FileRejected } from '../domain/rail/file-commands';
import { type BankAnswer, railStreamOf } from '../domain/rail/file-events';
import type { ReturnedItem } from '../rails/rail';
import { railNamed } from '../rails/rails';
import { inTurns } from '../turns';
import { DecideFile, loadSettings } from './files';

export interface UploadedBy {
  readonly tenant: string;
  readonly actor: string;
  readonly correlationId: string;
  readonly traceParent: string | null;
  readonly at: Instant;
}

export interface TakenReturn {
  readonly sha256: string;
  /** The file that it answers, where it says so. */
  readonly sequence: number | null;
  /** Why the bank took nothing of that file; empty where it was taken. */
  readonly fileRefused: readonly string[];
  readonly answers: Readonly<Record<BankAnswer, number>>;
  readonly warnings: readonly string[];
  /** These bytes had been read before; nothing was added. */
  readonly duplicate: boolean;
  readonly position: bigint;
}

/** Of some 200 bytes each, so that an event stays well below its limit. */
const ANSWERS_PER_EVENT = 200;
const MOST_WARNINGS = 100;

/** Return files of banks. What was read is known by its bytes, so that the same file adds nothing however often it is sent. */
@Injectable()
export class ReturnFiles {
  constructor(
    private readonly commands: CommandBus,
    private readonly runtime: ServiceRuntime,
  ) {}

  async take(rail: string, bytes: Uint8Array, by: UploadedBy): Promise<TakenReturn> {
    const settings = await loadSettings(this.runtime.log, by.tenant, rail);
    if (!settings)
      throw new CodedError('account_unknown', `Nobody has registered ${rail}.`, { rail });
    const { sequence, fileRefused, items, warnings } = await inTurns(
      railNamed(settings.format).readReturn(bytes),
    );
    const sha256 = sha256Hex(bytes);
    const on = { rail, at: by.at };
    const shown = shortened(warnings);
    const read = { sha256, sequence, fileRefused, count: items.length, warnings: shown };
    const noted = { type: 'NoteReturnFile', ...on, ...read, by: by.actor } as const;
    let { position, isNew } = await this.tell(noted, `return ${sha256}`, by);
    for (let i = 0; i < items.length; i += ANSWERS_PER_EVENT) {
      const chunk = i / ANSWERS_PER_EVENT;
      const part = items.slice(i, i + ANSWERS_PER_EVENT).map(answerOf);
      const command = { type: 'AnswerItems', ...on, return: sha256, chunk, answers: part } as const;
      const told = await this.tell(command, `answers ${sha256} ${String(chunk)}`, by);
      // Taken up again where another try broke off, it is no repeat.
      isNew ||= told.isNew;
      position = told.position > position ? told.position : position;
    }
    const counted = countsOf(items);
    return {
      sha256,
      sequence,
      fileRefused,
      answers: counted,
      warnings: shown,
      duplicate: !isNew,
      position,
    };
  }

  private async tell(
    command: FileCommand,
    what: string,
    { tenant, actor, correlationId, traceParent }: UploadedBy,
  ): Promise<{ readonly position: bigint; readonly isNew: boolean }> {
    const commandId: Uuid = uuidV5(tenant, railStreamOf(tenant, command.rail), what);
    const cause = {
      commandId,
      fingerprint: what,
      actor,
      causationId: null,
      correlationId,
      traceParent,
    };
    const outcome = await this.commands.execute(new DecideFile(command, { tenant, cause }));
    if (outcome.kind === 'rejected') throw refused(outcome.rejected);
    return { position: outcome.position, isNew: outcome.kind === 'accepted' };
  }
}

const refused = ({ code, ...facts }: FileRejected): CodedError =>
  new CodedError(code, 'The return file was refused.', facts);

const answerOf = ({ amountMinor, ...rest }: ReturnedItem): AnswerToItem => ({
  ...rest,
  amount: amountMinor === null ? null : String(amountMinor),
});

function countsOf(items: readonly ReturnedItem[]): Record<BankAnswer, number> {
  const counts = { accepted: 0, claimed_paid: 0, rejected: 0, returned: 0, unknown: 0 };
  for (const { answer } of items) counts[answer] += 1;
  return counts;
}

function shortened(warnings: readonly string[]): readonly string[] {
  const more = warnings.length - MOST_WARNINGS;
  return more > 0 ? [...warnings.slice(0, MOST_WARNINGS), `and ${String(more)} more`] : warnings;
}

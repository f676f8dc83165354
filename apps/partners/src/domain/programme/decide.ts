import type { ProgrammeValue } from '@tributary/contracts';
import { type Decider, type Decision, accept, reject } from '@tributary/kernel';
import { type Change, type NotInHistory, type Timing, revised } from '../history';
import type { ProgrammeEvent } from './events';

export type ProgrammeSettings = Omit<ProgrammeValue, 'entity'>;

export type ProgrammeCommand = Timing & { readonly programme: string } & (
    | { readonly type: 'OpenProgramme'; readonly value: ProgrammeValue }
    | { readonly type: 'ChangeProgrammeSettings'; readonly changed: Partial<ProgrammeSettings> }
  );

export type ProgrammeRejected =
  | NotInHistory
  | { readonly code: 'programme_exists' }
  | { readonly code: 'programme_unknown' }
  | { readonly code: 'source_twice'; readonly source: string };

export interface Programme {
  readonly changes: readonly Change<ProgrammeValue>[];
}

export const programme: Decider<ProgrammeCommand, ProgrammeEvent, Programme, ProgrammeRejected> = {
  initial: { changes: [] },
  decide,
  evolve: ({ changes }, { data: { at, changed } }) => ({ changes: [...changes, { at, changed }] }),
};

function decide(
  command: ProgrammeCommand,
  { changes }: Programme,
): Decision<ProgrammeEvent, ProgrammeRejected> {
  const opens = command.type === 'OpenProgramme';
  if (opens !== (changes.length === 0))
    return reject({ code: opens ? 'programme_exists' : 'programme_unknown' });

  const changed: Partial<ProgrammeValue> = opens ? command.value : command.changed;
  const { sources = [] } = changed;
  const source = sources.find((each, i) => sources.indexOf(each) !== i);
  if (source !== undefined) return reject({ code: 'source_twice', source });

  const next = revised(changes, changed, command);
  if ('code' in next) return reject(next);
  const type = opens ? 'ProgrammeOpened' : 'ProgrammeSettingsChanged';
  const data = { programme: command.programme, ...next, changed };
  return accept({ type, data, occurredAt: command.receivedAt });
}

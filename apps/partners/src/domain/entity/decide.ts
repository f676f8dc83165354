import type { EntityValue } from '@tributary/contracts';
import { type Decider, type Decision, accept, reject } from '@tributary/kernel';
import { type Change, type NotInHistory, type Timing, revised } from '../history';
import type { EntityEvent } from './events';

export type EntityCommand = Timing & { readonly entity: string } & (
    | { readonly type: 'RegisterEntity'; readonly value: EntityValue }
    | { readonly type: 'RenameEntity'; readonly name: string }
  );

export type EntityRejected =
  NotInHistory | { readonly code: 'entity_exists' } | { readonly code: 'entity_unknown' };

export interface Entity {
  readonly changes: readonly Change<EntityValue>[];
}

/** Only the name changes: the months of the books are cut in the entity's zone and kept in its currency. */
export const entity: Decider<EntityCommand, EntityEvent, Entity, EntityRejected> = {
  initial: { changes: [] },
  decide,
  evolve: ({ changes }, { data: { at, changed } }) => ({ changes: [...changes, { at, changed }] }),
};

function decide(
  command: EntityCommand,
  { changes }: Entity,
): Decision<EntityEvent, EntityRejected> {
  const registers = command.type === 'RegisterEntity';
  if (registers !== (changes.length === 0))
    return reject({ code: registers ? 'entity_exists' : 'entity_unknown' });

  const changed = registers ? command.value : { name: command.name };
  const next = revised(changes, changed, command);
  if ('code' in next) return reject(next);
  const type = registers ? 'EntityRegistered' : 'EntityRenamed';
  const data = { entity: command.entity, ...next, changed };
  return accept({ type, data, occurredAt: command.receivedAt });
}

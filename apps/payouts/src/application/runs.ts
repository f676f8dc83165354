import type { EventLog } from '@tributary/event-log';
import { type Uuid, uuidV5 } from '@tributary/kernel';
import { Dispatched, commandHandler } from '@tributary/platform';
import type { RunCommand, RunRejected } from '../domain/run/commands';
import { run } from '../domain/run/decide';
import { type RunEvent, runStreamOf } from '../domain/run/events';
import { type Run, newRun } from '../domain/run/state';

export class DecideRun extends Dispatched<RunCommand, RunRejected> {}

export const runHandler = commandHandler(DecideRun, run, (command, tenant) =>
  runStreamOf(tenant, command.run),
);

/** A run as its own stream tells it now. */
export async function loadRun(log: EventLog, tenant: string, id: Uuid): Promise<Run> {
  let state = newRun();
  for await (const event of log.read(runStreamOf(tenant, id)))
    state = run.evolve(state, event as unknown as RunEvent);
  return state;
}

/** The run of a month of an entity has one name, whoever drafts it and however often. */
export const monthlyRunOf = (
  tenant: string,
  of: { readonly entity: string; readonly asset: string; readonly period: string },
): Uuid => uuidV5('run', tenant, of.entity, of.asset, of.period, 'monthly');

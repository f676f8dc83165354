import { specFor } from '@tributary/kernel/testing';
import type { RailCommand, RailRejected } from './commands';
import { rail } from './decide';
import type { RailEvent } from './events';
import { RAIL } from './file.fixture';
import { AT, RailBook } from './rail.fixture';

export const spec = specFor<RailCommand, RailEvent, typeof rail.initial, RailRejected>(rail);

export const registered = () => RailBook.registered();

export const by = (name: string) => ({ rail: RAIL, at: AT, by: name });

export const typesOf = (events: readonly RailEvent[]) => events.map(({ type }) => type);

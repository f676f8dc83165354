import type { ProgrammeData, ProgrammeValue } from '@tributary/contracts';
import type { DomainEvent } from '@tributary/kernel';
import type { Change } from '../history';

/** What changed since when, and the whole timeline as it now stands. */
type Told = Change<ProgrammeValue> & ProgrammeData;

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. */
export type ProgrammeOpened = DomainEvent<'ProgrammeOpened', Told>;
export type ProgrammeSettingsChanged = DomainEvent<'ProgrammeSettingsChanged', Told>;
export type ProgrammeEvent = ProgrammeOpened | ProgrammeSettingsChanged;

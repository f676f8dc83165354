import type { Instant, Step } from '@tributary/kernel';
import type { Published } from '../published';
import { MAIN_ENTITY } from './entity';

export const PROGRAMME = 'partners.programme.v1';

/** The programme of an event that names none. Nobody has to create it. */
export const MAIN_PROGRAMME = 'main';

export interface ClaimSettings {
  readonly protectionDays: number;
  /** How often the protection of a claim may be prolonged, and by how many days each time. */
  readonly extensions: number;
  readonly extensionDays: number;
  readonly decisionBusinessDays: number;
  /** Days of the programme's zone, `YYYY-MM-DD`, that are no business days; weekends never are. */
  readonly holidays: readonly string[];
}

export interface ProgrammeValue {
  readonly name: string;
  /** Fixed with the first step: what was booked stays in its entity. */
  readonly entity: string;
  readonly zone: string;
  /** Sources of facts, best first; one that is not named stands behind all that are. */
  readonly sources: readonly string[];
  /** Sales paid before are shown, and not booked. */
  readonly bookFrom: Instant | null;
  readonly claims: ClaimSettings;
}

export const DEFAULT_CLAIMS: ClaimSettings = {
  protectionDays: 90,
  extensions: 1,
  extensionDays: 90,
  decisionBusinessDays: 3,
  holidays: [],
};

/** What holds where no programme was created, and where a created one leaves something out. */
export const DEFAULT_PROGRAMME: ProgrammeValue = {
  name: 'Main',
  entity: MAIN_ENTITY,
  zone: 'UTC',
  sources: [],
  bookFrom: null,
  claims: DEFAULT_CLAIMS,
};

export interface ProgrammeData {
  readonly programme: string;
  readonly steps: readonly Step<ProgrammeValue>[];
}

export type ProgrammeTold = Published<typeof PROGRAMME, ProgrammeData>;

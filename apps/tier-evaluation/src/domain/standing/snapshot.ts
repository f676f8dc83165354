import { type Json, type KeyedRows, PersistentMap } from '@tributary/kernel';
import { scheduleOf } from '../evaluation/entitled';
import { talliesOf } from '../evaluation/tallies';
import type { Fact } from '../facts/fact';
import type { StandingEvent } from './events';
import { type Standing, factsOf, initialStanding } from './state';

const HEAD = 'head';
const FACT = 'fact/';

/** A fact that was learned writes its own row, so that a partner with ten thousand customers stays cheap to keep. */
export const snapshot: KeyedRows<StandingEvent, Standing> = {
  decider: 'standing',
  stateVersion: 3,
  touched: ({ type, data }) =>
    type === 'FactLearned' ? [HEAD, `${FACT}${data.fact.key}`] : [HEAD],
  row(state, key) {
    if (key !== HEAD) return state.facts.get(key.slice(FACT.length)) as unknown as Json | undefined;
    const { facts: _rows, tallies: _derived, ...head } = state;
    return head as unknown as Json;
  },
  restore(rows) {
    const facts = [...rows].flatMap(([key, row]): [string, Fact][] =>
      key.startsWith(FACT) ? [[key.slice(FACT.length), row as unknown as Fact]] : [],
    );
    const head = rows.get(HEAD) as unknown as Omit<Standing, 'facts' | 'tallies'> | undefined;
    const state = { ...initialStanding, ...head, facts: PersistentMap.of(facts) };
    const { track, rules } = state;
    if (track === null) return state;
    return { ...state, tallies: talliesOf(factsOf(state), scheduleOf(track, rules.steps)) };
  },
};

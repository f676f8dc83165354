import { type Json, type KeyedRows, PersistentMap } from '@tributary/kernel';
import type { Fact } from '../facts/fact';
import type { StandingEvent } from './events';
import { type Standing, initialStanding } from './state';

const HEAD = 'head';
const FACT = 'fact/';

/** A fact that was learned writes its own row, so that a partner with ten thousand customers stays cheap to keep. */
export const snapshot: KeyedRows<StandingEvent, Standing> = {
  decider: 'standing',
  stateVersion: 1,
  touched: ({ type, data }) =>
    type === 'FactLearned' ? [HEAD, `${FACT}${data.fact.key}`] : [HEAD],
  row(state, key) {
    if (key !== HEAD) return state.facts.get(key.slice(FACT.length)) as unknown as Json | undefined;
    const { facts: _rows, ...head } = state;
    return head as unknown as Json;
  },
  restore(rows) {
    const facts = [...rows].flatMap(([key, row]): [string, Fact][] =>
      key.startsWith(FACT) ? [[key.slice(FACT.length), row as unknown as Fact]] : [],
    );
    const head = rows.get(HEAD) as unknown as Omit<Standing, 'facts'> | undefined;
    return { ...initialStanding, ...head, facts: PersistentMap.of(facts) };
  },
};

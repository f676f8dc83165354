import { canonicalJson } from './canonical-json';
import type { Decider, Decision, KeyedRows, Rejected } from './decider';
import { type DomainEvent, prepare } from './envelope';
import type { Json, JsonObject } from './json';

type AnyEvent = DomainEvent<string, object>;

type Folding<E extends AnyEvent, S> = Pick<Decider<never, E, S>, 'evolve' | 'initial' | 'upcast'>;

export interface Given<C, E, R> {
  when(command: C): Then<E, R>;
  /** The next step of a decision that is too large for one append. */
  whenStepping(): Then<E, R>;
}

export interface Then<E, R> {
  /** Exactly these facts, in this order. */
  then(...expected: readonly [E, ...E[]]): void;
  /** Accepted without a fact: the repeat of something done. */
  thenNothing(): void;
  /** Refused with exactly this code and these facts. */
  thenRejected(expected: R): void;
}

export interface Spec<C, E, R> {
  given(...events: readonly E[]): Given<C, E, R>;
}

/**
 * The given/when/then kit. Besides the answer it checks what no case should have to spell out: state is made from what the
 * log gives back, a snapshot restores it, decisions repeat, nothing given is changed, and what is decided can be appended
 * and folded again.
 */
export function specFor<C, E extends AnyEvent, S, R extends Rejected>(
  decider: Decider<C, E, S, R>,
): Spec<C, E, R> {
  return {
    given: (...events) => ({
      when: (command) => {
        deepFreeze(command);
        return expecting(answerOf(decider, events, (state) => decider.decide(command, state)));
      },
      whenStepping: () => {
        const step = (state: S) => ({ events: decider.step?.(state) ?? [] });
        return expecting<E, R>(answerOf(decider, events, step));
      },
    }),
  };
}

const expecting = <E, R>(decision: Decision<E, R>): Then<E, R> => ({
  then: (...expected) => same('The decided facts', { events: expected }, decision),
  thenNothing: () => same('The decided facts', { events: [] }, decision),
  thenRejected: (rejected) => same('The decision', { rejected }, decision),
});

function answerOf<C, E extends AnyEvent, S, R extends Rejected>(
  decider: Decider<C, E, S, R>,
  given: readonly E[],
  decide: (state: S) => Decision<E, R>,
): Decision<E, R> {
  const pristine = show(decider.initial);
  const stored = given.map(throughTheLog);
  const state = fold(decider, stored);
  const shown = show(state);
  same('The states of two foldings', show(fold(decider, given)), shown);
  if (decider.snapshot)
    same('The state from its snapshot', shown, show(restored(decider.snapshot, decider, stored)));

  const decision = decide(state);
  same('The answers to the same command', decision, decide(state));
  same('The state after deciding', shown, show(state));
  if ('events' in decision) fold(decider, [...stored, ...decision.events.map(throughTheLog)]);
  same('The initial state afterwards', pristine, show(decider.initial));
  return decision;
}

function fold<E extends AnyEvent, S>(decider: Folding<E, S>, events: readonly E[]): S {
  return events.reduce((state, event) => {
    const next = decider.evolve(state, typed(decider, deepFreeze(event)));
    if (next === undefined) throw new SpecFailure(`evolve gave no state for ${event.type}.`);
    return deepFreeze(next);
  }, decider.initial);
}

const typed = <E extends AnyEvent, S>(decider: Folding<E, S>, event: E): E =>
  decider.upcast ? decider.upcast(event) : event;

/** What the next process would start from: only the rows that the events touched, as JSON keeps them. */
function restored<E extends AnyEvent, S>(
  rows: KeyedRows<E, S>,
  decider: Folding<E, S>,
  events: readonly E[],
): S {
  const state = fold(decider, events);
  const stored = new Map<string, Json>();
  for (const key of new Set(events.flatMap((event) => rows.touched(typed(decider, event))))) {
    const row = rows.row(state, key);
    if (row !== undefined) stored.set(key, JSON.parse(canonicalJson(row)) as Json);
  }
  return rows.restore(stored);
}

const SOME_ID = '00000000-0000-5000-8000-000000000000';
const SOMEONE = { actor: 'spec', fingerprint: 'spec', correlationId: 'spec' };
const SOME_CAUSE = { ...SOMEONE, commandId: SOME_ID, causationId: null, traceParent: null };

/** As the log gives it back; refuses what `prepare` refuses, such as an entry that does not balance. */
function throughTheLog<E extends AnyEvent>(event: E): E {
  const { dataText } = prepare(event, SOME_CAUSE, 0, SOME_ID);
  return { ...event, data: JSON.parse(dataText) as JsonObject };
}

/** Named, so that a failed expectation is not taken for a defect of the decider. */
export class SpecFailure extends Error {
  override readonly name = 'SpecFailure';
}

function same(what: string, expected: unknown, actual: unknown): void {
  const [wanted, found] = [show(expected), show(actual)];
  if (wanted === found) return;
  throw new SpecFailure(
    `${what} differ from what was expected (- expected, + found):\n\n${difference(wanted, found)}`,
  );
}

/** What both have in common before and after is kept for orientation. */
function difference(wanted: string, found: string): string {
  const [left, right] = [wanted.split('\n'), found.split('\n')];
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start++;
  let end = 0;
  while (
    end < Math.min(left.length, right.length) - start &&
    left.at(-1 - end) === right.at(-1 - end)
  )
    end++;
  return [
    ...left.slice(0, start).map((line) => `  ${line}`),
    ...left.slice(start, left.length - end).map((line) => `- ${line}`),
    ...right.slice(start, right.length - end).map((line) => `+ ${line}`),
    ...left.slice(left.length - end).map((line) => `  ${line}`),
  ].join('\n');
}

/** A value as text, whatever the order of its keys; equal texts are equal values. */
function show(value: unknown, indent = ''): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);

  const deeper = `${indent}  `;
  const lines = linesOf(value).map(([key, each]) => `${deeper}${key}${show(each, deeper)},\n`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return lines.length === 0
    ? `${nameOf(value)}${open}${close}`
    : `${nameOf(value)}${open}\n${lines.join('')}${indent}${close}`;
}

function linesOf(value: object): (readonly [string, unknown])[] {
  const entries = entriesOf(value);
  if (entries) return entries.map(([key, each]) => [`${show(key)} => `, each]);
  if (Array.isArray(value)) return value.map((each: unknown) => ['', each]);
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => [`${key}: `, each]);
}

/** Maps of any make: what they hold counts, not how they keep it. */
function entriesOf(value: object): (readonly [unknown, unknown])[] | undefined {
  if (Array.isArray(value) || !('entries' in value) || typeof value.entries !== 'function')
    return undefined;
  return [...(value.entries() as Iterable<readonly [unknown, unknown]>)];
}

function nameOf(value: object): string {
  const { constructor } = value;
  return Array.isArray(value) || typeof constructor !== 'function' || constructor.name === 'Object'
    ? ''
    : `${constructor.name} `;
}

/** Plain data only: a map that keeps itself in order may change inside without anybody seeing it. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  const plain = Array.isArray(value) || nameOf(value) === '';
  if (!plain) return value;
  for (const each of Object.values(value)) deepFreeze(each);
  return Object.freeze(value);
}

import type { Published } from '@tributary/contracts';

/** What is known of one stream: the last revision applied (null: none), and what arrived too early. */
export interface StreamState {
  readonly last: bigint | null;
  readonly aside: readonly Published[];
}

export interface Admitted {
  /** To be applied, in this order. */
  readonly accepted: readonly Published[];
  /** Arrived before what stands between; waits at the side. */
  readonly aside: readonly Published[];
  readonly after: ReadonlyMap<string, StreamState>;
  readonly ignored: number;
}

interface Working {
  last: bigint;
  readonly aside: Map<bigint, Published>;
}

const NOTHING_YET = -1n;

/** Apply when `previous <= last < revision`, ignore what is known, keep aside what has come too early. Pure. */
export function admit(
  before: ReadonlyMap<string, StreamState>,
  events: readonly Published[],
): Admitted {
  const states = new Map<string, Working>();
  const accepted: Published[] = [];
  const asideNow = new Map<Published, string>();
  let ignored = 0;

  for (const event of events) {
    const state = states.get(event.stream) ?? workingOf(before.get(event.stream));
    states.set(event.stream, state);
    if (event.revision <= state.last || state.aside.has(event.revision)) {
      ignored++;
    } else if ((event.previous ?? NOTHING_YET) > state.last) {
      state.aside.set(event.revision, event);
      asideNow.set(event, event.stream);
    } else {
      state.last = event.revision;
      accepted.push(event);
      for (const next of drain(state)) {
        accepted.push(next);
        asideNow.delete(next);
      }
    }
  }

  const after = new Map<string, StreamState>();
  for (const [stream, { last, aside }] of states) {
    after.set(stream, { last: last === NOTHING_YET ? null : last, aside: [...aside.values()] });
  }
  const stillAside = [...asideNow.keys()].filter((event) =>
    states.get(event.stream)?.aside.has(event.revision),
  );
  return { accepted, aside: stillAside, after, ignored };
}

const workingOf = (state: StreamState | undefined): Working => ({
  last: state?.last ?? NOTHING_YET,
  aside: new Map((state?.aside ?? []).map((event) => [event.revision, event])),
});

/** What stood aside and fits now, in order; what has been overtaken is dropped. */
function* drain(state: Working): Generator<Published> {
  const waiting = [...state.aside.values()].sort((a, b) => (a.revision < b.revision ? -1 : 1));
  for (const event of waiting) {
    if (event.revision > state.last) {
      if ((event.previous ?? NOTHING_YET) > state.last) return;
      state.last = event.revision;
      yield event;
    }
    state.aside.delete(event.revision);
  }
}

import { type Decider, type Decision, accept, nothing, reject } from './decider';
import type { DomainEvent } from './envelope';
import { instant } from './instant';
import { type Money, formatMoney, money, parseMoney } from './money';
import { PersistentMap } from './commands/persistent-map';
import { type Spec, SpecFailure, specFor } from './testing';

type Reversed = DomainEvent<
  'Reversed',
  { cause: string; amount: { amount: string; asset: string } }
>;
type Reverse = { readonly cause: string; readonly amount: Money };
type Rejected = { readonly code: 'exceeds'; readonly left: Money };
type State = { readonly left: Money; readonly causes: PersistentMap<boolean> };
type Sketch = Decider<Reverse, Reversed, State, Rejected>;

const brl = (minor: bigint) => money(minor, 'BRL/2');
const AT = instant('2026-03-01T00:00:00Z');
const reverse = (minor: bigint, cause: string): Reverse => ({ amount: brl(minor), cause });
const reversed = (minor: bigint, cause: string): Reversed => ({
  type: 'Reversed',
  data: { cause, amount: formatMoney(brl(minor)) },
  occurredAt: AT,
});

const reversing: Sketch = {
  initial: { left: brl(1000n), causes: PersistentMap.empty() },
  decide({ amount, cause }, { left, causes }) {
    if (causes.has(cause)) return nothing;
    if (amount.amount > left.amount) return reject({ code: 'exceeds', left });
    return accept(reversed(amount.amount, cause));
  },
  evolve: ({ left, causes }, { data }) => ({
    left: brl(left.amount - parseMoney(data.amount).amount),
    causes: causes.set(data.cause, true),
  }),
};

describe('a specification of a decider', () => {
  const { given } = specFor(reversing);

  it('passes when the facts are the expected ones', () => {
    given().when(reverse(400n, 'r1')).then(reversed(400n, 'r1'));
  });

  it('passes when nothing new is decided', () => {
    given(reversed(400n, 'r1')).when(reverse(400n, 'r1')).thenNothing();
  });

  it('passes when it is refused as expected, amounts included', () => {
    given(reversed(400n, 'r1'))
      .when(reverse(601n, 'r2'))
      .thenRejected({ code: 'exceeds', left: brl(600n) });
  });

  it('passes whatever the order of the keys of a fact', () => {
    const { data, ...rest } = reversed(400n, 'r1');
    const { cause, amount } = data;
    given()
      .when(reverse(400n, 'r1'))
      .then({ data: { amount, cause }, ...rest });
  });

  it('shows expected and found line by line, with what they have in common', () => {
    const wrong = () => given().when(reverse(400n, 'r1')).then(reversed(401n, 'r1'));
    expect(wrong).toThrow(SpecFailure);
    expect(wrong).toThrow(/ {10}asset: "BRL\/2"/);
    expect(wrong).toThrow(/^- +amount: "401",$/m);
    expect(wrong).toThrow(/^\+ +amount: "400",$/m);
  });

  it.each<[string, (spec: ReturnType<Spec<Reverse, Reversed, Rejected>['given']>) => void]>([
    ['a fact where none was expected', (spec) => spec.when(reverse(1n, 'r1')).thenNothing()],
    [
      'a fact where a refusal was expected',
      (spec) => spec.when(reverse(1n, 'r1')).thenRejected({ code: 'exceeds', left: brl(1n) }),
    ],
    [
      'a refusal where a fact was expected',
      (spec) => spec.when(reverse(2000n, 'r1')).then(reversed(2000n, 'r1')),
    ],
    [
      'a refusal with other facts',
      (spec) => spec.when(reverse(2000n, 'r1')).thenRejected({ code: 'exceeds', left: brl(999n) }),
    ],
    [
      'one fact too many',
      (spec) => spec.when(reverse(1n, 'r1')).then(reversed(1n, 'r1'), reversed(1n, 'r1')),
    ],
  ])('fails on %s', (_what, attempt) => {
    expect(() => attempt(given())).toThrow(SpecFailure);
  });
});

describe('what every specification checks unasked', () => {
  const attempt =
    (change: Partial<Sketch>, ...given: Reversed[]) =>
    () =>
      specFor({ ...reversing, ...change })
        .given(...given)
        .when(reverse(400n, 'r2'))
        .then(reversed(400n, 'r2'));

  it('accepts a decider without fault', () => {
    expect(attempt({}, reversed(1n, 'r1'))).not.toThrow();
  });

  it('finds a state that rests on something JSON does not keep', () => {
    const seen = new WeakSet<object>();
    const evolve: Sketch['evolve'] = (state, { data }) => {
      const known = seen.has(data);
      seen.add(data);
      return known ? state : { ...state, left: brl(state.left.amount - 1n) };
    };
    const given = reversed(1n, 'r1');
    expect(attempt({ evolve }, given)).not.toThrow();
    expect(attempt({ evolve }, given)).toThrow('two foldings');
  });

  it('refuses facts that the log would refuse, given or decided', () => {
    const broken = {
      ...reversed(1n, 'r1'),
      data: { cause: 'r1', amount: 1n },
    } as unknown as Reversed;
    expect(attempt({}, broken)).toThrow(expect.objectContaining({ code: 'invalid_json' }));
    const decide = () => accept(broken);
    expect(attempt({ decide })).toThrow(expect.objectContaining({ code: 'invalid_json' }));
    const unbalanced = { ...broken, data: { entry: { legs: [] } } } as unknown as Reversed;
    expect(attempt({ decide: () => accept(unbalanced) })).toThrow(
      expect.objectContaining({ code: 'unbalanced_entry' }),
    );
  });

  it('finds a decision that does not repeat', () => {
    let calls = 0;
    const decide = (): Decision<Reversed, Rejected> => accept(reversed(BigInt(calls++), 'r2'));
    expect(attempt({ decide })).toThrow('same command');
  });

  it('finds a decider that changes what it was given', () => {
    const changesEvent: Sketch['evolve'] = (state, event) => {
      (event.data as { cause: string }).cause = 'other';
      return state;
    };
    expect(attempt({ evolve: changesEvent }, reversed(1n, 'r1'))).toThrow(TypeError);
    const changesState: Sketch['decide'] = (_command, state) => {
      (state as { left: Money }).left = brl(0n);
      return accept(reversed(400n, 'r2'));
    };
    expect(attempt({ decide: changesState }, reversed(1n, 'r1'))).toThrow(TypeError);
    expect(attempt({ decide: changesState, initial: { ...reversing.initial } })).toThrow(
      'after deciding',
    );
  });

  it('finds an evolve that forgets to answer', () => {
    expect(attempt({ evolve: () => undefined as unknown as State }, reversed(1n, 'r1'))).toThrow(
      'no state',
    );
  });

  it('finds an evolve that cannot take what was decided', () => {
    const evolve: Sketch['evolve'] = () => {
      throw new Error('Never foreseen.');
    };
    expect(attempt({ evolve })).toThrow('Never foreseen.');
  });

  it('finds a snapshot that restores something else', () => {
    const rows = (left: (state: State) => bigint): NonNullable<Sketch['snapshot']> => ({
      decider: 'reversing',
      stateVersion: 1,
      touched: ({ data }) => ['left', data.cause],
      row: (state, key) => (key === 'left' ? String(left(state)) : true),
      restore: (stored) => ({
        left: brl(BigInt((stored.get('left') as string | undefined) ?? 1000)),
        causes: PersistentMap.of(
          [...stored.keys()].filter((key) => key !== 'left').map((key) => [key, true]),
        ),
      }),
    });
    const given = [reversed(1n, 'r1'), reversed(2n, 'r3')];
    expect(attempt({ snapshot: rows(({ left }) => left.amount) }, ...given)).not.toThrow();
    expect(attempt({ snapshot: rows(({ left }) => left.amount + 1n) }, ...given)).toThrow(
      'snapshot',
    );
  });
});

describe('specifying what goes on in steps, and older facts', () => {
  const stepping: Sketch = {
    ...reversing,
    step: ({ left }) => (left.amount > 0n ? [reversed(1n, `step ${left.amount}`)] : []),
    upcast: (stored) => (stored.schemaVersion === 1 ? reversed(999n, 'old') : (stored as Reversed)),
  };

  it('asks for the next step, and brings older facts into the shape of today', () => {
    const { given } = specFor(stepping);
    given({ ...reversed(1n, 'r1'), schemaVersion: 1 })
      .whenStepping()
      .then(reversed(1n, 'step 1'));
    given(reversed(1000n, 'r1')).whenStepping().thenNothing();
    specFor(reversing).given().whenStepping().thenNothing();
  });
});

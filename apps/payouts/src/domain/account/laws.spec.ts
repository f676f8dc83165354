import { type Json, assertAppendable, canonicalJson, prepare } from '@tributary/kernel';
import fc from 'fast-check';
import {
  RULES,
  Told,
  adjustment,
  answered,
  cancel,
  comesBack,
  decision,
  dispute,
  frozen,
  instruct,
  itemIn,
  noon,
  OF,
  partnerIs,
  payee,
  recovered,
  release,
  remitted,
  repayment,
  reserve,
  settle,
  writeOff,
} from './account.fixture';
import type { AccountCommand } from './commands';
import { brokenLawsOf } from './laws';
import { MOST_LINES } from './reserve';
import { snapshot } from './snapshot';
import { type Account, type Item, type Sums, withheldOf } from './state';

const anyLine = fc.constantFrom('a', 'b', 'c', 'd');
const anyRun = fc.constantFrom('r1', 'r2', 'r3', 'r4', 'r5', 'r6');
const anyAmount = fc.integer({ min: 1, max: 60 });
const anySigned = fc.integer({ min: -60, max: 60 }).filter((n) => n !== 0);

/** The net of the item as it is, so that the bank says what it was told; a wrong amount now and then. */
type Step = (state: Account) => readonly AccountCommand[];
const netOf = (state: Account, run: string): string => state.items.get(itemIn(run))?.net ?? '1';
const said =
  (...commands: readonly AccountCommand[]): Step =>
  () =>
    commands;

const undoing = (type: 'UnreturnItem' | 'UnsettleItem', run: string): AccountCommand => ({
  type,
  account: OF,
  at: noon('04-21'),
  item: itemIn(run),
  rail: 'itau1',
  bankLine: `${type === 'UnsettleItem' ? 'paid' : 'back'} ${run}`,
  by: 'ana',
  reason: 'somebody else',
});

let names = 0;
const fresh = (): string => `00000000-0000-4000-8000-${String(++names).padStart(12, '0')}`;

const anyFact: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(anyLine, anySigned).map(([line, amount]) => said(release(line, amount))),
  fc.tuple(anyLine, fc.integer({ min: 0, max: 80 })).map(([line, n]) => said(frozen(line, n))),
  anySigned.map((amount) => () => adjustment(amount, fresh())),
);
/** How far a payment comes when nothing comes between. */
const anyPayment: fc.Arbitrary<readonly Step[]> = fc
  .tuple(anyRun, fc.nat(4), fc.constantFrom('accepted', 'accepted', 'unknown', 'rejected'))
  .map(([run, length, answer]) => {
    const steps: readonly Step[] = [
      said(reserve(run, { minimum: '5', rules: RULES })),
      said(instruct(run)),
      said(answered(run, answer)),
      (state) => [settle(run, netOf(state, run))],
      (state) => [comesBack(run, netOf(state, run))],
    ];
    return steps.slice(0, length + 1);
  });
/** The authority gets, or gives back, some of what was withheld of an item, wherever the item is by then. */
const anyTaxNote: fc.Arbitrary<Step> = fc
  .tuple(anyRun, fc.integer({ min: 1, max: 3 }), fc.boolean())
  .map(([run, amount, isBack]) => said((isBack ? recovered : remitted)(run, amount, fresh())));
const anyMoneyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(anyRun, fc.boolean())
      .map(([run, taxed]) => said(reserve(run, { minimum: '5', rules: taxed ? RULES : null }))),
  },
  { weight: 4, arbitrary: anyRun.map((run) => said(instruct(run))) },
  anyRun.map((run) => said(cancel(run))),
  fc
    .tuple(anyRun, fc.constantFrom('accepted', 'doubted', 'rejected', 'unknown'))
    .map(([run, answer]) => said(answered(run, answer))),
  { weight: 4, arbitrary: anyRun.map((run): Step => (state) => [settle(run, netOf(state, run))]) },
  anyRun.map((run) => said(settle(run, 1))),
  {
    weight: 2,
    arbitrary: fc
      .tuple(anyRun, fc.nat(2))
      .map(([run, fee]): Step => (state) => [
        comesBack(run, BigInt(netOf(state, run)) - BigInt(fee), { fee: String(fee) }),
      ]),
  },
  { weight: 4, arbitrary: anyTaxNote },
  anyRun.map((run) => said(undoing('UnsettleItem', run))),
  anyRun.map((run) => said(undoing('UnreturnItem', run))),
  anyRun.map((run) =>
    said({ type: 'VoidItem', account: OF, at: noon('04-17'), item: itemIn(run), file: 'f1' }),
  ),
);
const anyPersonStep: fc.Arbitrary<Step> = fc.oneof(
  fc.subarray(['a', 'b', 'c'], { minLength: 1 }).map((lines) => said(dispute(...lines))),
  fc
    .tuple(
      fc.subarray(['a', 'b', 'c'], { minLength: 1 }),
      fc.option(fc.integer({ min: 0, max: 60 })),
    )
    .map(([lines, due]) => said(...decision(...lines.map((line) => [line, due] as const)))),
  anyAmount.map((amount) => () => writeOff(amount, fresh())),
  anyAmount.map((amount) => said(repayment(amount))),
  fc.integer({ min: 0, max: 40 }).map((allowance) =>
    said({
      type: 'AllowForReceivable',
      account: OF,
      by: 'ana',
      receivedAt: noon('05-07'),
      allowance: String(allowance),
      reason: 'old',
    }),
  ),
  fc.constant(said(partnerIs(['01-01', 'active'], ['02-01', 'ended'], ['03-01', 'active']))),
  fc.constant(said(partnerIs(['01-01', 'active'], ['02-01', 'ended']))),
);
/** A partner that owes something ends, its debt is written off, and it comes back. */
const anyReturn: fc.Arbitrary<readonly Step[]> = anyAmount.map((amount) => [
  said(release('a', -amount)),
  said(partnerIs(['01-01', 'active'], ['02-01', 'ended'])),
  () => writeOff(amount, fresh()),
  said(partnerIs(['01-01', 'active'], ['02-01', 'ended'], ['03-01', 'active'])),
]);
/** A payment large enough to have a tax of its own, which is paid to the authority and asked back in any order. */
const anyTaxed: fc.Arbitrary<readonly Step[]> = fc
  .tuple(
    anyRun,
    fc.array(fc.constantFrom('back', 'not back', 'remit', 'recover', 'reject', 'void'), {
      minLength: 2,
      maxLength: 7,
    }),
    fc.integer({ min: 1, max: 200 }),
  )
  .map(([run, happens, amount]) => {
    const steps: Record<(typeof happens)[number], Step> = {
      back: (state) => [settle(run, netOf(state, run)), comesBack(run, netOf(state, run))],
      'not back': said(undoing('UnreturnItem', run)),
      remit: said(remitted(run, amount, fresh())),
      recover: said(recovered(run, amount, fresh())),
      reject: said(answered(run, 'rejected')),
      void: said(
        { type: 'VoidItem', account: OF, at: noon('04-17'), item: itemIn(run), file: 'f1' },
        instruct(run),
      ),
    };
    const paid = said(release('a', 20_000), reserve(run, { rules: RULES }), instruct(run));
    return [paid, ...happens.map((each) => steps[each])];
  });
const alone = (step: Step): readonly Step[] => [step];
const anyHistory = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: anyFact.map(alone) },
      { weight: 4, arbitrary: anyMoneyStep.map(alone) },
      { weight: 2, arbitrary: anyPayment },
      { weight: 1, arbitrary: anyPersonStep.map(alone) },
      { weight: 1, arbitrary: anyReturn },
      { weight: 2, arbitrary: anyTaxed },
    ),
    { minLength: 1, maxLength: 50, size: 'max' },
  )
  .map((steps) => steps.flat());

/** Whatever is refused changes nothing; every law is checked after every event by `Told`. */
function lived(history: readonly Step[], watch?: (told: Told, before: Account) => void): Told {
  const told = Told.after(payee());
  for (const step of history)
    for (const command of step(told.state)) {
      const before = told.state;
      if (told.tell(command) === undefined && told.state !== before) watch?.(told, before);
    }
  return told;
}

const KEPT_BACK: readonly string[] = ['instructed', 'accepted', 'unknown', 'settled'];
const paidOf = ({ taxPaid }: Item): bigint =>
  Object.values(taxPaid?.byRule ?? {}).reduce((sum, amount) => sum + BigInt(amount), 0n);
const amountsOf = (events: readonly { readonly data: { readonly amount: string } }[]): bigint =>
  events.reduce((sum, { data }) => sum + BigInt(data.amount), 0n);

const n = (sums: Sums, ...names: readonly (keyof Sums)[]): bigint =>
  names.reduce((sum, name) => sum + BigInt(sums[name]), 0n);

describe('whatever happens to an account', () => {
  it('M121: keeps its identity, and no bucket below zero', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        lived(history);
      }),
      { numRuns: 300 },
    );
  });

  it('comes to everything that may become of it in the histories by which this is proved', () => {
    const seen = new Set<string>();
    for (const history of fc.sample(anyHistory, { seed: 6, numRuns: 400 })) {
      for (const { type } of lived(history).events) seen.add(type);
    }
    const wanted = [
      ...['PayoutAccepted', 'PayoutUnknown', 'PayoutRejected', 'PayoutReturned'],
      ...['PayoutSettled', 'ReservationCancelled', 'LineFrozenNoted', 'AdjustmentBooked'],
      ...['DisputeEnded', 'LinesSetAside', 'PayoutVoided', 'ReceivableWrittenOff'],
      ...['ReturnUndone', 'SettlementUndone', 'WriteOffReversed', 'RejectionNoted'],
      ...['ItemTaxRecovered', 'ItemTaxRemitted'],
    ];
    expect(wanted.filter((name) => !seen.has(name))).toEqual([]);
  });

  it('has a journal that says what its sums say', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const told = lived(history);
        const { sums } = told.state;
        const owedToPartner = (name: string) => -told.balance(`Liabilities:${name}`);
        expect(owedToPartner('Commission:Payable')).toBe(n(sums, 'payable', 'reserved'));
        expect(owedToPartner('Commission:Disputed')).toBe(n(sums, 'disputed'));
        expect(owedToPartner('InTransit')).toBe(n(sums, 'inFlight'));
        expect(owedToPartner('Tax:Withholding') - told.balance('Assets:TaxRecoverable')).toBe(
          n(sums, 'withheld'),
        );
        expect(told.balance('Assets:ClawbackReceivable')).toBe(n(sums, 'owed'));
        expect(told.balance('Liabilities:Commission:Released')).toBe(n(sums, 'taken'));
        expect(told.balance('Expenses:Commission:Adjustments')).toBe(n(sums, 'adjusted'));
        const cash = told.balance('Assets:Cash') + told.balance('Expenses:PayoutFees');
        expect(cash).toBe(n(sums, 'repaid') - n(sums, 'settled'));
        const badDebt =
          told.balance('Expenses:BadDebt') + told.balance('Assets:ClawbackReceivable:Allowance');
        expect(badDebt).toBe(n(sums, 'writtenOff'));
      }),
      { numRuns: 150 },
    );
  });

  it('owes the authority what is withheld and not remitted, and asks back what came back since', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const told = lived(history);
        const items = told.state.items.entries().map(([, item]) => item);
        const kept = items.filter(({ status }) => KEPT_BACK.includes(status));
        const away = items.filter(({ status }) => !KEPT_BACK.includes(status));
        const sum = (of: readonly Item[], amount: (item: Item) => bigint) =>
          of.reduce((total, item) => total + amount(item), 0n);
        // The other side of both stands with the remittances, in another stream.
        const owed =
          -told.balance('Liabilities:Tax:Withholding') - amountsOf(told.of('ItemTaxRemitted'));
        expect(owed).toBe(sum(kept, (item) => withheldOf(item.taxes) - paidOf(item)));
        const asked =
          told.balance('Assets:TaxRecoverable') - amountsOf(told.of('ItemTaxRecovered'));
        expect(asked).toBe(sum(away, paidOf));
        for (const item of items) {
          expect(paidOf(item)).toBeGreaterThanOrEqual(0n);
          expect(paidOf(item)).toBeLessThanOrEqual(withheldOf(item.taxes));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('never promises more than came nor a line twice, and never touches what is promised', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        lived(history, ({ state, events }, before) => {
          const { sums } = state;
          const last = events.at(-1)?.type;
          if (last === 'PayoutReserved')
            expect(n(sums, 'reserved', 'inFlight', 'settled', 'withheld')).toBeLessThanOrEqual(
              n(sums, 'taken', 'adjusted', 'repaid', 'writtenOff'),
            );
          const busy = before.open.flatMap((item) => before.items.get(item)?.lines ?? []);
          const promised =
            last === 'PayoutReserved' ? state.items.get(state.open.at(-1) ?? '') : null;
          expect(
            promised?.lines.filter(({ line }) => busy.some((each) => each.line === line)) ?? [],
          ).toEqual([]);
          for (const item of before.open) {
            const [was, is] = [before.items.get(item), state.items.get(item)];
            if (was?.status === is?.status)
              expect({ ...is, taxPaid: null }).toEqual({ ...was, taxPaid: null });
          }
        });
      }),
      { numRuns: 150 },
    );
  });

  it('is what its snapshot restores', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const { state, events } = lived(history);
        const rows = new Map<string, Json>();
        for (const key of new Set(events.flatMap(snapshot.touched))) {
          const row = snapshot.row(state, key);
          if (row !== undefined) rows.set(key, JSON.parse(canonicalJson(row)) as Json);
        }
        expect(shown(snapshot.restore(rows))).toEqual(shown(state));
      }),
      { numRuns: 200 },
    );
  });
});

const shown = ({ lines, items, ...rest }: Account) => ({
  ...rest,
  lines: lines.entries(),
  items: items.entries(),
});

describe('the order of facts', () => {
  it('does not change the net position once nothing is on its way', () => {
    const anyReleases = fc.array(fc.tuple(anyLine, anySigned), { minLength: 1, maxLength: 12 });
    const twoOrders = anyReleases.chain((releases) =>
      fc.tuple(
        fc.constant(releases),
        fc.shuffledSubarray(releases, { minLength: releases.length }),
      ),
    );
    fc.assert(
      fc.property(twoOrders, fc.array(fc.nat(12), { maxLength: 4 }), ([one, other], paidAfter) => {
        expect(netOfHistory(one, paidAfter)).toBe(netOfHistory(other, [...paidAfter].reverse()));
      }),
      { numRuns: 150 },
    );
  });
});

/** A payment is made, and settled, after some of the facts. */
function netOfHistory(
  releases: readonly (readonly [string, number])[],
  paidAfter: readonly number[],
): bigint {
  const told = Told.after(payee());
  releases.forEach(([line, amount], i) => {
    told.and(release(line, amount));
    if (!paidAfter.includes(i)) return;
    told.and(reserve(`r${String(i)}`, { minimum: '1' }));
    if (told.tell(instruct(`r${String(i)}`)) === undefined)
      told.and(settle(`r${String(i)}`, netOf(told.state, `r${String(i)}`)));
  });
  const { sums } = told.state;
  return n(sums, 'payable', 'disputed', 'settled', 'withheld') - n(sums, 'owed');
}

describe('an account of many lines', () => {
  const many = MOST_LINES + 500;
  const lines = Array.from({ length: many }, (_, i) => `l${String(i)}`);
  const anyCause = {
    commandId: fresh(),
    fingerprint: '',
    actor: 'spec',
    causationId: null,
    correlationId: '',
    traceParent: null,
  };

  it('is paid piece by piece, in events and appends that the log takes', () => {
    const told = Told.after(payee(), ...lines.map((line) => release(line, 100)));
    told.and(reserve('r1'), instruct('r1'));
    const [reserved] = told.of('PayoutReserved');
    expect(reserved?.data).toMatchObject({ lineCount: MOST_LINES, gross: '200000' });
    expect(told.state.sums).toMatchObject({ payable: '50000', inFlight: '200000' });

    told.and(...lines.map((line) => frozen(line, 100)));
    told.and(settle('r1', 200_000), comesBack('r1', 200_000));
    expect(told.state.sums).toMatchObject({ disputed: '250000', payable: '0', settled: '0' });
    told.and(...lines.map((line) => frozen(line, 0)), release('other', -249_950));
    expect(told.state.sums).toMatchObject({ disputed: '0', payable: '50', owed: '0' });
    expect(brokenLawsOf(told.state)).toEqual([]);
    for (const append of told.appends.filter(({ length }) => length > 1))
      expect(() =>
        assertAppendable(append.map((event, i) => prepare(event, anyCause, i, fresh()))),
      ).not.toThrow();
  });
});

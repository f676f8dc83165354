import type { Account, Sums } from './state';

const BUCKETS = [
  'payable',
  'reserved',
  'disputed',
  'inFlight',
  'settled',
  'withheld',
  'owed',
] as const satisfies readonly (keyof Sums)[];

/** What must hold of every account after every event; each sentence is one that does not. */
export function brokenLawsOf(account: Account): readonly string[] {
  const { sums, lines, items, open } = account;
  const n = (name: keyof Sums): bigint => BigInt(sums[name]);
  const broken: string[] = BUCKETS.filter((name) => n(name) < 0n).map(
    (name) => `${name} is below zero: ${sums[name]}.`,
  );
  const say = (holds: boolean, sentence: string) => {
    if (!holds) broken.push(sentence);
  };
  const came = n('taken') + n('adjusted') + n('repaid') + n('writtenOff');
  const went =
    n('payable') + n('reserved') + n('disputed') + n('inFlight') + n('settled') + n('withheld');
  say(
    came === went - n('owed'),
    `What came (${String(came)}) is not what became of it (${String(went)} less ${sums.owed}).`,
  );
  say(n('owed') === 0n || n('payable') === 0n, 'Something is payable while something is owed.');

  let [payable, disputed] = [0n, 0n];
  for (const [name, line] of lines.entries()) {
    payable += BigInt(line.payable);
    disputed += BigInt(line.disputed);
    say(!line.payable.startsWith('-') && !line.disputed.startsWith('-'), `${name} is below zero.`);
  }
  say(payable === n('payable'), 'The lines do not sum to what is payable.');
  say(disputed === n('disputed'), 'The lines do not sum to what is disputed.');

  let [reserved, inFlight] = [0n, 0n];
  for (const each of open) {
    const { status, gross = '0', net = '0' } = items.get(each) ?? {};
    if (status === 'reserved') reserved += BigInt(gross);
    else inFlight += BigInt(net);
  }
  say(reserved === n('reserved'), 'The items do not sum to what is reserved.');
  say(inFlight === n('inFlight'), 'The items do not sum to what is in flight.');
  return broken;
}

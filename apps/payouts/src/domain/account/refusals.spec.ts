import { specFor } from '@tributary/kernel/testing';
import {
  INSTRUCTED,
  OWING,
  RESERVED,
  RETURNED,
  SETTLED,
  person,
  unsettle,
  voided,
  DISPUTE,
  Told,
  WRITE_OFF,
  adjustment,
  answered,
  cancel,
  decision,
  dispute,
  instruct,
  lineOf,
  noon,
  partnerIs,
  payee,
  release,
  repayment,
  runOf,
  settle,
  writeOff,
} from './account.fixture';
import type { AccountCommand, AccountRejected } from './commands';
import { account } from './decide';

const spec = specFor(account);
const after = (...commands: readonly AccountCommand[]) =>
  spec.given(...Told.after(...commands).events);

describe('refusing', () => {
  const [proposed, approved] = adjustment(100) as [AccountCommand, AccountCommand];
  const [suggested, decided] = decision(['a', 5]) as [AccountCommand, AccountCommand];
  const [writtenOff, agreed] = writeOff(500) as [AccountCommand, AccountCommand];
  const as = (command: AccountCommand, by: string) => ({ ...command, by }) as AccountCommand;
  const withdrawal: AccountCommand = {
    type: 'WithdrawProposal',
    ...person('ana'),
    proposal: WRITE_OFF,
    reason: 'x',
  };
  const demand: AccountCommand = {
    type: 'DemandReceivable',
    ...person('ana'),
    payBy: noon('05-10'),
  };
  const allow = (allowance: string): AccountCommand => ({
    type: 'AllowForReceivable',
    ...person('ana'),
    allowance,
    reason: 'x',
  });
  const none: readonly AccountCommand[] = [];

  it.each<[string, readonly AccountCommand[], AccountCommand, AccountRejected]>([
    ['an item that nobody reserved', none, settle('r', 1), { code: 'item_unknown' }],
    [
      'an item of another run',
      RESERVED,
      { ...instruct('r'), run: runOf('s') } as AccountCommand,
      { code: 'item_unknown' },
    ],
    [
      'to instruct what was cancelled',
      [...RESERVED, cancel('r')],
      instruct('r'),
      { code: 'item_cancelled' },
    ],
    [
      'to instruct to details that hold no longer',
      [...RESERVED, payee({ changePending: true }, 2)],
      instruct('r'),
      { code: 'details_changed' },
    ],
    [
      'to instruct a partner whose suspension has begun since',
      [partnerIs(['01-01', 'active'], ['04-16', 'suspended']), ...RESERVED],
      instruct('r'),
      { code: 'partner_suspended' },
    ],
    [
      'to instruct a payee that is held since',
      [...RESERVED, payee({ missing: [{ hold: 'kyc', what: 'identity' }] }, 2)],
      instruct('r'),
      { code: 'documents_missing' },
    ],
    ['to cancel what is on its way', INSTRUCTED, cancel('r'), { code: 'item_instructed' }],
    [
      'an answer about what is not instructed',
      RESERVED,
      answered('r', 'accepted'),
      { code: 'item_not_instructed' },
    ],
    [
      'to undo a settlement that came back',
      RETURNED,
      unsettle('paid r'),
      { code: 'item_returned' },
    ],
    [
      'to void what was accepted',
      [...INSTRUCTED, answered('r', 'accepted')],
      voided,
      { code: 'item_accepted' },
    ],
    [
      'to void what may have been paid',
      [...INSTRUCTED, answered('r', 'unknown')],
      voided,
      { code: 'item_accepted' },
    ],
    ['to void what was paid', SETTLED, voided, { code: 'item_settled' }],
    [
      'an adjustment of nothing',
      none,
      { ...proposed, amount: '0' } as AccountCommand,
      { code: 'invalid_amount' },
    ],
    ['an adjustment of a name that waits', [proposed], proposed, { code: 'adjustment_exists' }],
    ['an adjustment that nobody proposed', none, approved, { code: 'adjustment_unknown' }],
    ['an adjustment by one person', [proposed], as(approved, 'ana'), { code: 'same_person' }],
    ['to withdraw what nobody proposed', [proposed], withdrawal, { code: 'proposal_unknown' }],
    ['a dispute of a name that is open', [dispute('a')], dispute('b'), { code: 'dispute_exists' }],
    ['a dispute of no line', none, dispute(), { code: 'lines_differ' }],
    ['a dispute of a line twice', none, dispute('a', 'a'), { code: 'lines_differ' }],
    [
      'a dispute of a line that is disputed',
      [dispute('a')],
      { ...dispute('a'), dispute: WRITE_OFF } as AccountCommand,
      { code: 'line_already_disputed', line: lineOf('a') },
    ],
    ['a decision about no dispute', none, suggested, { code: 'dispute_unknown' }],
    [
      'a decision about some of its lines',
      [dispute('a', 'b')],
      suggested,
      { code: 'lines_differ' },
    ],
    [
      'a decision that is less than nothing',
      [dispute('a')],
      decision(['a', -1])[0] as AccountCommand,
      { code: 'invalid_amount' },
    ],
    ['a decision that nobody proposed', [dispute('a')], decided, { code: 'decision_unknown' }],
    ['a decision of a dispute that nobody opened', none, decided, { code: 'dispute_unknown' }],
    [
      'a decision by one person',
      [dispute('a'), suggested],
      as(decided, 'ana'),
      { code: 'same_person' },
    ],
    [
      'a second decision',
      [release('a', 9), dispute('a'), suggested, decided],
      suggested,
      { code: 'dispute_decided' },
    ],
    [
      'to decide what is decided',
      [release('a', 9), dispute('a'), suggested, decided],
      decided,
      { code: 'dispute_decided' },
    ],
    [
      'to end what nobody disputes',
      none,
      { type: 'EndDispute', ...person('ana'), dispute: DISPUTE, note: 'x' },
      { code: 'dispute_unknown' },
    ],
    ['to demand nothing', none, demand, { code: 'nothing_owed' }],
    [
      'a write-off of more than is owed',
      OWING,
      writeOff(501)[0] as AccountCommand,
      { code: 'more_than_owed', owed: '500' },
    ],
    [
      'a write-off of a name that waits',
      [...OWING, writtenOff],
      writtenOff,
      { code: 'write_off_exists' },
    ],
    ['a write-off that nobody proposed', OWING, agreed, { code: 'write_off_unknown' }],
    [
      'a write-off by one person',
      [...OWING, writtenOff],
      as(agreed, 'ana'),
      { code: 'same_person' },
    ],
    [
      'a write-off of what was repaid meanwhile',
      [...OWING, writtenOff, repayment(100)],
      agreed,
      { code: 'more_than_owed', owed: '400' },
    ],
    ['an allowance below nothing', OWING, allow('-1'), { code: 'invalid_amount' }],
    [
      'an allowance beyond what is owed',
      OWING,
      allow('501'),
      { code: 'more_than_owed', owed: '500' },
    ],
  ])('%s', (_what, before, command, rejected) => {
    after(...before)
      .when(command)
      .thenRejected(rejected);
  });
});
